//! The frame page. It may be embedded by the page that it was asked for, if an organization registered that page.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use serde::Deserialize;

use crate::app::text::normal_origin;
use crate::http::HttpState;
use crate::http::body::Params;
use crate::http::error::{ApiError, Told};

/// Which page embeds the frame.
#[derive(Debug, Deserialize)]
pub struct FrameQuery {
    /// The embedding page's origin.
    parent: Option<String>,
}

/// `GET /frame/checkout?parent=…`
///
/// # Errors
/// When the database fails.
pub async fn checkout(
    State(state): State<HttpState>,
    Params(query): Params<FrameQuery>,
) -> Result<Response, ApiError> {
    let parent = query.parent.as_deref().and_then(normal_origin);
    let Some(parent) = parent else {
        return Ok(refused());
    };
    if !state.app.store.origin_is_registered(&parent).await? {
        return Ok(refused());
    }
    let Some(folder) = &state.settings.static_dir else {
        return Ok(Told::of_status(StatusCode::NOT_FOUND).into_response());
    };
    let Ok(page) = tokio::fs::read_to_string(folder.join("index.html")).await else {
        tracing::error!("there is no index.html in static_dir: build the widget first");
        return Ok(Told::of_status(StatusCode::SERVICE_UNAVAILABLE).into_response());
    };
    let processor = state.app.processor.public_side();
    let mut response = Html(page).into_response();
    let policy = policy(&parent, &processor.base_url, &processor.challenge_origins.join(" "));
    let Ok(policy) = HeaderValue::from_str(&policy) else {
        return Ok(refused());
    };
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// All values are origins in their normal spelling: nothing in them can end a directive. A payer's bank asks on a page of the
/// processor's, and they come back to one of ours.
fn policy(parent: &str, processor: &str, asks: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self' {processor}; frame-src 'self' {asks}; base-uri 'none'; object-src 'none'; form-action 'none'; \
         frame-ancestors {parent}; require-trusted-types-for 'script'; trusted-types 'none'"
    )
}

/// `GET /frame/refused.js`: the script of the page that says that there is no checkout.
pub async fn refused_script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("refused.js")).into_response()
}

fn refused() -> Response {
    // Readable inside any page: it holds nothing, and says why there is no checkout; its script tells the page.
    let policy =
        "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";
    let page = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Checkout not available</title>\
                <script src=\"/frame/refused.js\" defer></script>\
                <h1>Checkout not available</h1>\
                <p>This page is not registered to show the checkout. Its owner can register it with the organization \
                that is to be paid.</p>\
                <p lang=\"fr\">Cette page n’est pas inscrite pour afficher le paiement. Son propriétaire peut l’inscrire \
                auprès de l’organisation à payer.</p></html>";
    let headers = [(header::CONTENT_SECURITY_POLICY, policy)];
    (StatusCode::FORBIDDEN, headers, Html(page)).into_response()
}
