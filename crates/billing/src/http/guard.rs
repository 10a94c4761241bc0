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
use jiff::civil::Date;
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

/// A day as our API writes it: `2026-12-31`.
fn is_day(text: &str) -> bool {
    text.len() == 10 && text.contains('-') && text.parse::<Date>().is_ok()
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
            // Digits in pieces: [4242, 4242, 4242, 4242]. Days are no pieces: a dozen of them hold many digits, and some of those pass for
            // a card number by chance.
            let pieces: Vec<String> = values
                .iter()
                .filter_map(|value| {
                    value
                        .as_str()
                        .filter(|text| !is_day(text))
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Positive control: without `is_day`, some of these lists of days are refused; with every text left out of the pieces, the
    /// number in pieces is let in.
    #[test]
    fn days_are_no_pieces_of_a_card_number() {
        let mut look_alike = 0;
        for year in 2026..2046 {
            for day in 1..=28 {
                let days: Vec<String> = (1..=7).map(|month| format!("{year}-{month:02}-{day:02}")).collect();
                look_alike += u32::from(holds_card_number(&days.join(" ")));
                let body = Bytes::from(json!({"dates": days}).to_string());
                assert!(!suspicious_body(&body), "{days:?}");
            }
        }
        assert!(look_alike > 0, "or this proves nothing");
        for pieces in [json!(["4242", "4242", "4242", "4242"]), json!(["2026-01-01", 4242, 4242, 4242, 4242])]
        {
            assert!(suspicious_body(&Bytes::from(pieces.to_string())), "{pieces}");
        }
    }
}
