//! The frame page. It may be embedded by the page that it was asked for, if an organization registered that page.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sha2::{Digest as _, Sha384};

use crate::app::text::normal_origin;
use crate::http::body::Params;
use crate::http::error::{ApiError, Told};
use crate::http::{HttpState, statics};

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
    headers: HeaderMap,
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
    let file = folder.join("index.html");
    let (Ok(page), Some(mut response)) =
        (tokio::fs::read_to_string(&file).await, statics::packed(&file, &headers).await)
    else {
        tracing::error!("there is no index.html in static_dir: build the widget first");
        return Ok(Told::of_status(StatusCode::SERVICE_UNAVAILABLE).into_response());
    };
    let processor = state.app.processor.public_side();
    let policy = policy(&page, &parent, &processor.base_url, &processor.challenge_origins.join(" "));
    let Ok(policy) = HeaderValue::from_str(&policy) else {
        return Ok(refused());
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// All values are origins in their normal spelling: nothing in them can end a directive. A payer's bank asks on a page of the
/// processor's, and they come back to one of ours. What is written into the page is allowed by its hash, and nothing else of
/// that kind.
fn policy(page: &str, parent: &str, processor: &str, asks: &str) -> String {
    let (script, style) = (hashes(page, "script"), hashes(page, "style"));
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{script}; style-src 'self'{style}; img-src 'self' data:; \
         connect-src 'self' {processor}; frame-src 'self' {asks}; base-uri 'none'; object-src 'none'; form-action 'none'; \
         frame-ancestors {parent}; require-trusted-types-for 'script'; trusted-types 'none'"
    )
}

/// The sources of a policy for every element of this name that is written into the page without attributes, as the build does.
fn hashes(page: &str, name: &str) -> String {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let inside = page.split(open.as_str()).skip(1).filter_map(|rest| rest.split(close.as_str()).next());
    inside.map(|text| format!(" 'sha384-{}'", STANDARD.encode(Sha384::digest(text)))).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_page_is_allowed_by_its_hash() {
        // The hash is that of the example in the specification of subresource integrity.
        let hash = "'sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO'";
        let page = "<style>a{}</style><script src=\"x.js\"></script><script>alert('Hello, world.');</script>";
        let policy = policy(page, "https://shop.example", "https://processor.example", "");
        assert!(
            policy
                .contains(&format!("script-src 'self' 'wasm-unsafe-eval' {hash}; style-src 'self' 'sha384-"))
        );
        assert!(!policy.contains("unsafe-inline"));
        assert_eq!(hashes("<!doctype html><title>frame</title>", "script"), "");
    }
}
