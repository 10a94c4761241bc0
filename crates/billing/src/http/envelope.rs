//! What surrounds every request: its id, its line in the log, its figures, the security headers, and the document
//! that says what went wrong.

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use paydesk_domain::id::RequestId;
use tracing::Instrument as _;

use crate::http::HttpState;
use crate::http::error::Told;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Headers of every answer, unless it brings its own.
static HEADERS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin-allow-popups"),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), \
         microphone=(), midi=(), serial=(), usb=(), payment=(self)",
    ),
];
const HSTS: &str = "max-age=31536000; includeSubDomains";

/// Surrounds a request.
pub async fn envelope(State(state): State<HttpState>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let method = known(request.method());
    let id = state
        .app
        .mint
        .id(RequestId::new)
        .map_or_else(|_| "req_unknown".to_owned(), |id| id.as_str().to_owned());
    let begun = state.app.mint.now();
    let span = tracing::info_span!("request", id, method, route);
    let response = next.run(request).instrument(span.clone()).await;
    let response = document(response, &id);
    let took = state.app.mint.now().duration_since(begun).unsigned_abs();
    let status = response.status().as_u16();
    state.app.metrics.request(method, &route, status, took);
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(status, took_ms, "answered"));
    with_headers(response, &id, state.settings.hsts)
}

/// A method may be any word, so that only the usual ones are written down.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// Writes the problem document of an error that has none yet.
fn document(mut response: Response, id: &str) -> Response {
    let status = response.status();
    let told = response.extensions_mut().remove::<Told>();
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let told = match told {
        Some(told) => told,
        None if (status.is_client_error() || status.is_server_error()) && !is_page => Told::of_status(status),
        None => return response,
    };
    let retry_after = response.headers().get(header::RETRY_AFTER).cloned();
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut document = (status, Json(told.document(id))).into_response();
    let headers = document.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    for (name, value) in [(header::RETRY_AFTER, retry_after), (header::ALLOW, allow)] {
        if let Some(value) = value {
            headers.insert(name, value);
        }
    }
    document
}

fn with_headers(mut response: Response, id: &str, hsts: bool) -> Response {
    let headers = response.headers_mut();
    for (name, value) in &HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if hsts {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}
