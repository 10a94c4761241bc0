//! Refuses card numbers, before anything else reads or logs the request.
//!
//! Looked at are the method, the path and the query (as sent and percent-decoded), every header (but the tracing ones, which are
//! made of hexadecimal digits, and the processor's own signature), the body as sent and percent-decoded, and every
//! text, number and name inside a JSON body. Nothing of a refused request is kept: the log has its method, its route's
//! pattern and the status.

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use paydesk_domain::pan_scan::holds_card_number;
use paydesk_domain::wire::error::ErrorCode;
use percent_encoding::percent_decode;
use serde_json::Value;

use crate::http::HttpState;
use crate::http::error::Told;
use crate::http::routes::receive_event;

/// Headers that are not looked at: random hexadecimal digits trip the alarm now and then.
const UNSEEN: [&str; 3] = ["traceparent", "tracestate", "stripe-signature"];
const TOLD: &str = "The request holds something that looks like a card number. Card numbers go from the browser \
                    straight to the processor, never here. Nothing of this request was stored or logged.";

/// Reads the whole request, within the limit, and lets it through when it holds no card number.
pub async fn guard(State(state): State<HttpState>, request: Request, next: Next) -> Response {
    // The processor's own deliveries are not looked through: they are signed, what they say of people is not kept, and
    // a telephone number in one must not make it come again for ever.
    if request.uri().path() == receive_event::PATH {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let target = format!("{} {}", parts.method, parts.uri);
    if suspicious_bytes(target.as_bytes()) || suspicious_headers(&parts.headers) {
        return refuse(&state);
    }
    let body = match Limited::new(body, state.settings.body_bytes_max).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            return Told::new(ErrorCode::BodyTooLarge, "The body is larger than the limit.").into_response();
        }
        Err(_) => return Told::new(ErrorCode::InvalidRequest, "The body ended early.").into_response(),
    };
    if suspicious_body(&body) {
        return refuse(&state);
    }
    next.run(Request::from_parts(parts, Body::from(body))).await
}

fn refuse(state: &HttpState) -> Response {
    state.app.metrics.turned_away(ErrorCode::PanNotAccepted.as_str());
    Told::new(ErrorCode::PanNotAccepted, TOLD).into_response()
}

fn suspicious_headers(headers: &HeaderMap) -> bool {
    headers.iter().any(|(name, value)| {
        !UNSEEN.contains(&name.as_str())
            && (suspicious_bytes(name.as_str().as_bytes()) || suspicious_bytes(value.as_bytes()))
    })
}

fn suspicious_body(body: &Bytes) -> bool {
    suspicious_bytes(body) || serde_json::from_slice(body).is_ok_and(|json: Value| suspicious_json(&json))
}

fn suspicious_bytes(bytes: &[u8]) -> bool {
    if holds_card_number(&String::from_utf8_lossy(bytes)) {
        return true;
    }
    // Decoded until it stays as it is, a few times over: `%2534` is a 4 to somebody who decodes twice.
    let mut text = bytes.to_vec();
    for _ in 0..3 {
        let decoded: Vec<u8> = percent_decode(&text).collect();
        if decoded == text {
            return false;
        }
        if holds_card_number(&String::from_utf8_lossy(&decoded)) {
            return true;
        }
        text = decoded;
    }
    false
}

fn suspicious_json(json: &Value) -> bool {
    match json {
        Value::String(text) => suspicious_bytes(text.as_bytes()),
        // `4.242424242424242e15` is a number too.
        Value::Number(number) => {
            let whole = number.as_f64().filter(|value| value.abs() < 1e20).map(|value| format!("{value:.0}"));
            holds_card_number(&number.to_string())
                || (!number.is_i64() && whole.is_some_and(|text| holds_card_number(&text)))
        }
        Value::Array(values) => {
            // Digits in pieces: [4242, 4242, 4242, 4242].
            let pieces: Vec<String> = values
                .iter()
                .filter_map(|value| {
                    value
                        .as_str()
                        .map(str::to_owned)
                        .or_else(|| value.as_u64().map(|number| number.to_string()))
                })
                .collect();
            holds_card_number(&pieces.join(" ")) || values.iter().any(suspicious_json)
        }
        Value::Object(fields) => {
            fields.iter().any(|(name, value)| suspicious_bytes(name.as_bytes()) || suspicious_json(value))
        }
        Value::Null | Value::Bool(_) => false,
    }
}
