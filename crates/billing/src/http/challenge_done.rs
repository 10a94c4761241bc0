//! The page that payers come back to from their bank. It holds nothing: what became of the payment, the server knows.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{Html, IntoResponse as _, Response};
use serde::Deserialize;

use crate::app::text::normal_origin;
use crate::http::HttpState;
use crate::http::body::Params;
use crate::http::error::ApiError;

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Which page embeds the checkout. What the processor adds is ignored: it is a hint, and not from the processor.
#[derive(Debug, Deserialize)]
pub struct DoneQuery {
    /// The embedding page's origin.
    parent: Option<String>,
}

/// `GET /challenge-done?parent=…`
///
/// A browser asks every page above a frame whether it may be shown, so that ours alone would not do: the embedding page is
/// named as well, where an organization registered it.
///
/// # Errors
/// When the database fails.
pub async fn page(
    State(state): State<HttpState>,
    Params(query): Params<DoneQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let parent = query.parent.as_deref().and_then(normal_origin);
    let ancestors = match parent {
        Some(parent) if state.app.store.origin_is_registered(&parent).await? => format!("'self' {parent}"),
        Some(_) | None => "'self'".to_owned(),
    };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    );
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let mut response = Html(text(asked.unwrap_or_default())).into_response();
    let headers = response.headers_mut();
    // Spelled by us: an origin in its normal spelling ends no directive.
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    // In a window of its own it must still know which page opened it.
    headers.insert(OPENER_POLICY, HeaderValue::from_static("unsafe-none"));
    Ok(response)
}

/// `GET /challenge-done.js`
pub async fn script() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (kind, include_str!("challenge_done.js")).into_response()
}

/// `GET /challenge-done.css`
pub async fn style() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/css; charset=utf-8")];
    (kind, include_str!("challenge_done.css")).into_response()
}

/// The page in the first language of the visitor's that is known here.
fn text(accept_language: &str) -> String {
    let is_french = accept_language
        .split(',')
        .filter_map(|part| part.trim().get(..2))
        .map(str::to_ascii_lowercase)
        .find(|tag| tag == "fr" || tag == "en")
        .is_some_and(|tag| tag == "fr");
    let (language, title, told) = match is_french {
        true => (
            "fr",
            "C’est fait",
            "Votre banque a votre réponse. Vous pouvez fermer cette fenêtre et revenir au paiement : il se met à jour tout seul.",
        ),
        false => (
            "en",
            "That is done",
            "Your bank has your answer. You can close this window and go back to the checkout, which is brought up to date by itself.",
        ),
    };
    format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"/challenge-done.css\"><script src=\"/challenge-done.js\" defer></script></head>\
         <body><main><h1>{title}</h1><p>{told}</p></main></body></html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_speaks_the_visitors_language() {
        for (asked, language) in
            [("fr-CA,en;q=0.8", "fr"), ("de,fr", "fr"), ("en,fr", "en"), ("", "en"), ("é", "en")]
        {
            assert!(text(asked).contains(&format!("lang=\"{language}\"")), "{asked}");
        }
    }
}
