//! The page of a pretended bank, on which a payer proves who they are, or does not. It needs no key: its secret is in its
//! address.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{Path, Request};
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get};
use base64::Engine as _;
use paydesk_domain::money::{Currency, Money};
use sha2::{Digest as _, Sha256};

use super::envelope::header;
use super::words::Words;
use crate::engine::{Account, Engine, Exchange, Reply};
use crate::form::Form;
use crate::keys::{Key, Power};
use crate::model::{Challenge, IntentStatus, SetupStatus};
use crate::ops::{Call, challenge};

const BODY_BYTES_MAX: usize = 1_024;
const STYLE: &str = include_str!("challenge.css");

/// What a page is about.
struct Asked {
    challenge: Challenge,
    account: Arc<Account>,
    client_secret: String,
    /// Who asks, as far as that is known.
    name: Option<String>,
    /// How much; nothing where a card is only kept.
    money: Option<Money>,
    /// What a browser is told of it: nothing before it has been answered.
    ended: Option<&'static str>,
}

/// `GET` and `POST /challenge/{intent}/{secret}`.
pub fn page(engine: &Arc<Engine>) -> MethodRouter {
    let (showing, answering) = (Arc::clone(engine), Arc::clone(engine));
    get(async move |Path((intent, secret)): Path<(String, String)>, headers: HeaderMap| {
        let words = Words::of(header(&headers, ACCEPT_LANGUAGE.as_str()).unwrap_or_default());
        match find(&showing, &intent, &secret).await {
            Some(asked) => show(&asked, &intent, words),
            None => html(StatusCode::NOT_FOUND, "'none'", words, words.unknown, ""),
        }
    })
    .post(async move |Path((intent, secret)): Path<(String, String)>, request: Request| {
        answer(&answering, &intent, &secret, request).await
    })
}

async fn answer(engine: &Arc<Engine>, intent: &str, secret: &str, request: Request) -> Response {
    let words = Words::of(header(request.headers(), ACCEPT_LANGUAGE.as_str()).unwrap_or_default());
    let refuse = |status| html(status, "'none'", words, words.unknown, "");
    let Some(asked) = find(engine, intent, secret).await else { return refuse(StatusCode::NOT_FOUND) };
    if asked.ended.is_none() {
        let bytes = to_bytes(request.into_body(), BODY_BYTES_MAX).await.unwrap_or_default();
        let Ok(form) = Form::decode(&bytes) else { return refuse(StatusCode::BAD_REQUEST) };
        let key = Key { power: Power::Publishable, account: asked.account.id.clone() };
        let exchange = Exchange {
            verb: challenge::ANSWER,
            call: Call { path_ids: vec![intent.to_owned(), secret.to_owned()], form, key },
            target: "POST /challenge".to_owned(),
            is_write: true,
            idempotency_key: None,
            request: engine.ids.id("req"),
            origin: None,
        };
        // A task of its own, as for every call. What the bank said is for the server to ask: a browser is only sent back.
        let engine = Arc::clone(engine);
        let performed = tokio::spawn(async move { engine.perform(exchange).await }).await;
        match performed {
            Ok(Reply::Answer(answer)) if answer.status < 500 => {}
            Ok(Reply::Answer(_) | Reply::Dropped) | Err(_) => {
                return refuse(StatusCode::INTERNAL_SERVER_ERROR);
            }
        }
    }
    let outcome = find(engine, intent, secret).await.and_then(|asked| asked.ended);
    match outcome {
        Some(outcome) => go_back(&asked, intent, outcome),
        None => refuse(StatusCode::BAD_REQUEST),
    }
}

/// Whose question it is and how far: among the accounts, as the page's address does not tell.
async fn find(engine: &Engine, intent: &str, secret: &str) -> Option<Asked> {
    for account in engine.accounts() {
        // A question whose time is over is over.
        engine.catch_up_with(&account).await.ok()?;
        let found = in_account(&account, intent).filter(|asked| asked.challenge.secret == secret);
        if found.is_some() {
            return found;
        }
    }
    None
}

fn in_account(account: &Arc<Account>, id: &str) -> Option<Asked> {
    let book = account.book();
    if let Some(intent) = book.setup_intents.row(id) {
        let ended = match intent.status {
            SetupStatus::RequiresAction => None,
            SetupStatus::Succeeded => Some("succeeded"),
            _ => Some("failed"),
        };
        return Some(Asked {
            challenge: intent.challenge.clone()?,
            account: Arc::clone(account),
            client_secret: intent.client_secret.clone(),
            name: intent.description.clone(),
            money: None,
            ended,
        });
    }
    let intent = book.payment_intents.row(id)?;
    let ended = match intent.status {
        IntentStatus::RequiresAction => None,
        IntentStatus::Succeeded { .. } | IntentStatus::RequiresCapture { .. } => Some("succeeded"),
        _ => Some("failed"),
    };
    let currency: Option<Currency> = intent.currency.parse().ok();
    Some(Asked {
        challenge: intent.challenge.clone()?,
        account: Arc::clone(account),
        client_secret: intent.client_secret.clone(),
        name: intent.statement_descriptor.clone().or_else(|| intent.description.clone()),
        money: currency.map(|currency| Money::new(intent.amount, currency)),
        ended,
    })
}

/// Back to where the payer came from, with the words that the dialect adds. What they say is a hint.
fn way_back(asked: &Asked, intent: &str, outcome: &str) -> String {
    let url = &asked.challenge.return_url;
    let separator = if url.contains('?') { '&' } else { '?' };
    let name = if intent.starts_with("seti_") { "setup_intent" } else { "payment_intent" };
    let secret = &asked.client_secret;
    format!("{url}{separator}{name}={intent}&{name}_client_secret={secret}&redirect_status={outcome}")
}

fn go_back(asked: &Asked, intent: &str, outcome: &str) -> Response {
    let headers = [(LOCATION, way_back(asked, intent, outcome)), (CACHE_CONTROL, "no-store".to_owned())];
    (StatusCode::SEE_OTHER, headers).into_response()
}

fn show(asked: &Asked, intent: &str, words: &Words) -> Response {
    // A form is also held to where its answer leads.
    let back = origin_of(&asked.challenge.return_url);
    let targets = format!("'self' {back}");
    if let Some(outcome) = asked.ended {
        let link = escape(&way_back(asked, intent, outcome));
        return html(
            StatusCode::OK,
            &targets,
            words,
            words.over,
            &format!("<p><a href=\"{link}\">{}</a></p>", words.back),
        );
    }
    let name = asked.name.as_deref().unwrap_or(back);
    let name = escape(name.trim_start_matches("https://").trim_start_matches("http://"));
    let money = asked.money.map(|money| {
        format!("<dt>{}</dt><dd>{}</dd>", words.amount, escape(&words.money(&money.to_string())))
    });
    let body = format!(
        "<dl><dt>{}</dt><dd>{name}</dd>{}</dl><form method=\"post\"><button name=\"answer\" value=\"complete\">{}</button>\
         <button name=\"answer\" value=\"fail\">{}</button></form><p>{}</p>",
        words.asks,
        money.unwrap_or_default(),
        words.complete,
        words.fail,
        words.close
    );
    html(StatusCode::OK, &targets, words, words.question, &body)
}

fn html(status: StatusCode, targets: &str, words: &Words, title: &str, body: &str) -> Response {
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(STYLE));
    let policy =
        format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action {targets}");
    let page = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{}</title><style>{STYLE}</style></head>\
         <body><main><h1>{title}</h1>{body}</main></body></html>\n",
        words.language, words.bank
    );
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
        (REFERRER_POLICY, "no-referrer".to_owned()),
        (CONTENT_SECURITY_POLICY, policy),
    ];
    (status, headers, page).into_response()
}

/// The origin of an address, if it is a plain one: it stands in a policy.
fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(host..).and_then(|rest| rest.find(['/', '?', '#'])).map_or(url.len(), |at| host + at);
    let origin = url.get(..end).unwrap_or_default();
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'/' | b'[' | b']');
    if host > 0 && origin.bytes().all(plain) { origin } else { "" }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_origins_stand_in_a_policy() {
        assert_eq!(origin_of("http://127.0.0.1:4100/challenge-done"), "http://127.0.0.1:4100");
        assert_eq!(origin_of("https://pay.example?x=1"), "https://pay.example");
        for bad in ["javascript:alert(1)", "https://a; script-src *", "/challenge-done", ""] {
            assert_eq!(origin_of(bad), "", "{bad}");
        }
    }

    #[test]
    fn nothing_that_is_shown_is_markup() {
        assert_eq!(escape("<b a=\"x\">&"), "&lt;b a=&quot;x&quot;&gt;&amp;");
    }
}
