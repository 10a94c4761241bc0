//! Lets pages of any origin call, as the real one does: the key is the only protection.

use axum::extract::Request;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Answers preflights and opens every answer to its page.
pub async fn open_to_all(request: Request, next: Next) -> Response {
    let is_preflight = request.method() == Method::OPTIONS;
    let wanted = request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let mut response = if is_preflight { StatusCode::OK.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET,HEAD,PUT,PATCH,POST,DELETE"));
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("Request-Id, Stripe-Should-Retry, Idempotent-Replayed"),
    );
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("300"));
    if let (true, Some(wanted)) = (is_preflight, wanted) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, wanted);
    }
    response
}
