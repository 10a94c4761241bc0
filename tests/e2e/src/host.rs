//! A page of an organization, plainer than the demo store: it embeds as many checkouts as its address asks for,
//! under the strictest policy that the widget is meant to bear, and writes down all that they tell it.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use serde_json::Value;

use crate::examples::Shop;
use crate::{Context, Failure, place};

/// A running host page.
#[derive(Debug)]
pub struct Host {
    /// `http://localhost:PORT`.
    pub origin: String,
    /// The pages of `examples/` on it.
    pub shop: Shop,
    server: JoinHandle<()>,
}

/// What the page embeds.
#[derive(Clone, Debug, Default)]
pub struct Embed {
    /// Session secrets, one for each element.
    pub sessions: Vec<String>,
    /// The attribute `locale`.
    pub locale: Option<&'static str>,
    /// The attribute `theme`.
    pub theme: Option<&'static str>,
    /// Load `embed.js` a second time, after the first.
    pub twice: bool,
    /// Write `embed.js` into the page, which then allows it by its hash in the list of scripts.
    pub inline: bool,
    /// A policy that lets no form go to the pay origin.
    pub formless: bool,
}

impl Embed {
    /// One element for a session.
    pub fn of(session: &str) -> Self {
        Self { sessions: vec![session.to_owned()], ..Self::default() }
    }

    fn query(&self) -> String {
        let mut parts: Vec<String> =
            self.sessions.iter().map(|session| format!("session={session}")).collect();
        parts.extend(self.locale.map(|locale| format!("locale={locale}")));
        parts.extend(self.theme.map(|theme| format!("theme={theme}")));
        parts.extend(self.twice.then(|| "twice=1".to_owned()));
        parts.extend(self.inline.then(|| "inline=1".to_owned()));
        parts.extend(self.formless.then(|| "formless=1".to_owned()));
        parts.join("&")
    }
}

impl Host {
    /// Serves the page on a free port; `pay` is told later, because its configuration names this origin.
    ///
    /// # Errors
    /// Where no port is free.
    pub async fn start(pay: Arc<std::sync::OnceLock<String>>) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("the host page's port")?;
        let port = listener.local_addr().context("the host page's port")?.port();
        let shop = Shop { pay: pay.clone(), ..Shop::default() };
        let router = Router::new()
            .route("/", get(page))
            .route("/other", get(other))
            .route("/watch.js", get(script("text/javascript", include_str!("../host/watch.js"))))
            .route("/host.css", get(script("text/css", include_str!("../host/host.css"))))
            .route("/favicon.ico", get(StatusCode::NO_CONTENT))
            .with_state(pay)
            .merge(shop.clone().router());
        let server = tokio::spawn(async move {
            // It serves until the test ends, which ends it.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { origin: format!("http://localhost:{port}"), shop, server })
    }

    /// The address of the page with these elements.
    pub fn page(&self, embed: &Embed) -> String {
        format!("{}/?{}", self.origin, embed.query())
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn script(kind: &'static str, text: &'static str) -> impl Fn() -> std::future::Ready<Response> + Clone {
    move || std::future::ready(([(header::CONTENT_TYPE, kind)], text).into_response())
}

async fn other() -> Response {
    let text = "<!doctype html><html lang=en><title>Elsewhere</title><main><h1>Elsewhere</h1></main></html>";
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response()
}

async fn page(State(pay): State<Arc<std::sync::OnceLock<String>>>, RawQuery(query): RawQuery) -> Response {
    let pay = pay.get().cloned().unwrap_or_default();
    let pairs: Vec<(String, String)> = query.unwrap_or_default().split('&').filter_map(pair).collect();
    let one: HashMap<&str, &str> =
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let attribute =
        |name: &str| one.get(name).map(|value| format!(" {name}=\"{value}\"")).unwrap_or_default();
    let (allowed, embed, base) = match one.get("inline").and_then(|_| written_in()) {
        Some((hash, text)) => {
            (format!("'{hash}'"), format!("<script>{text}</script>"), format!(" base=\"{pay}\""))
        }
        None => (pay.clone(), format!("<script src=\"{pay}/embed.js\" async></script>"), String::new()),
    };
    let elements: String = pairs
        .iter()
        .filter(|(name, _)| name == "session")
        .map(|(_, session)| {
            let (locale, theme) = (attribute("locale"), attribute("theme"));
            let tag = if session.starts_with("ws_") { "paydesk-wallet" } else { "paydesk-checkout" };
            format!("<section><{tag} session=\"{session}\"{locale}{theme}{base}></{tag}></section>\n")
        })
        .collect();
    let again = if one.contains_key("twice") {
        format!("<script src=\"{pay}/embed.js\" async></script>")
    } else {
        String::new()
    };
    let lang = one.get("locale").copied().unwrap_or("en");
    let html = include_str!("../host/index.html")
        .replace("%LANG%", lang)
        .replace("%EMBED%", &embed)
        .replace("%AGAIN%", &again)
        .replace("%ELEMENTS%", &elements);
    let forms = if one.contains_key("formless") { "'none'" } else { &pay };
    let policy = format!(
        "default-src 'none'; script-src 'self' {allowed}; frame-src {pay}; style-src 'self'; img-src 'self'; \
         connect-src 'none'; base-uri 'none'; form-action {forms}; frame-ancestors 'none'"
    );
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    (headers, html).into_response()
}

/// `embed.js` and its hash in the list of scripts.
fn written_in() -> Option<(String, String)> {
    let dist = place::dist().ok()?;
    let list: Value =
        serde_json::from_str(&std::fs::read_to_string(dist.join("script-inventory.json")).ok()?).ok()?;
    let is_embed = |script: &&Value| script.get("name").is_some_and(|name| name == "embed.js");
    let embed = list.get("scripts")?.as_array()?.iter().find(is_embed)?;
    let hash = embed.get("integrity")?.as_str()?.to_owned();
    Some((hash, std::fs::read_to_string(dist.join("embed.js")).ok()?))
}

/// A part of the query, if it is as plain as everything that the tests put there.
fn pair(part: &str) -> Option<(String, String)> {
    let (name, value) = part.split_once('=')?;
    let plain = |text: &str| {
        text.chars().all(|character| character.is_ascii_alphanumeric() || "_-".contains(character))
    };
    (plain(name) && plain(value)).then(|| (name.to_owned(), value.to_owned()))
}
