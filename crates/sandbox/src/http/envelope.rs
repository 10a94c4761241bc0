//! Between HTTP and the engine: opens a request, and puts an answer on the wire.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{ConnectInfo, FromRequestParts, RawPathParams, Request};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::Connection;
use crate::engine::{Answer, Engine, Exchange, Reply};
use crate::error::ApiError;
use crate::form::{Form, FormError};
use crate::keys::{Key, Power, no_key};
use crate::model::API_VERSION;
use crate::ops::{Access, Call, Verb};

const BODY_BYTES_MAX: usize = 256 * 1024;

/// Serves one call of a verb.
pub async fn serve(engine: Arc<Engine>, verb: Verb, request: Request) -> Response {
    let id = engine.ids.id("req");
    let connection = request.extensions().get::<ConnectInfo<Connection>>().map(|info| info.0.clone());
    let key = header(request.headers(), "idempotency-key").map(str::to_owned);
    let exchange = match open(request, verb, &id, key.clone()).await {
        Ok(exchange) => exchange,
        Err(error) => return respond(&Answer::error(&error), &id, key.as_deref()),
    };
    tracing::debug!(request = %id, verb = verb.name, "call");
    // A task of its own: a caller who hangs up must not undo what has begun.
    let reply = tokio::spawn(async move { engine.perform(exchange).await }).await;
    match (reply, connection) {
        (Ok(Reply::Answer(answer)), _) => {
            tracing::info!(request = %id, verb = verb.name, status = answer.status, "answered");
            respond(&answer, &id, key.as_deref())
        }
        (Ok(Reply::Dropped), Some(connection)) => {
            tracing::info!(request = %id, verb = verb.name, "dropped by a scenario");
            connection.cut();
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        (Ok(Reply::Dropped), None) | (Err(_), _) => {
            let error = ApiError::api(500, "An unknown error occurred.");
            respond(&Answer::error(&error), &id, key.as_deref())
        }
    }
}

async fn open(request: Request, verb: Verb, id: &str, key: Option<String>) -> Result<Exchange, ApiError> {
    let (mut parts, body) = request.into_parts();
    let path_ids = match RawPathParams::from_request_parts(&mut parts, &()).await {
        Ok(params) => params.iter().map(|(_, value)| value.to_owned()).collect(),
        Err(_) => return Err(unrecognized(&parts)),
    };
    let bytes = to_bytes(body, BODY_BYTES_MAX).await;
    let bytes =
        bytes.map_err(|_| ApiError::invalid("The request is too large or was cut off.").status(413))?;
    let mut form = read_form(&parts, &bytes)?;
    let form_key = form.take_text("key");
    let caller = match (header(&parts.headers, AUTHORIZATION.as_str()), form_key) {
        (Some(authorization), _) => Key::from_authorization(authorization)?,
        (None, Some(key)) => Key::parse(&key)?,
        (None, None) => return Err(no_key()),
    };
    match (verb.access, caller.power) {
        (Access::Secret, Power::Publishable) => caller.require_secret()?,
        (Access::Secret | Access::Anyone | Access::ClientSecret, _) => {}
    }
    let is_write = parts.method == Method::POST;
    let target = format!("{} {}", parts.method, parts.uri.path());
    let call = Call { path_ids, form, key: caller };
    let origin = origin(&parts.headers);
    Ok(Exchange { verb, call, target, is_write, idempotency_key: key, request: id.to_owned(), origin })
}

/// Where the caller reached the processor. A host that is spelled like none is none.
fn origin(headers: &HeaderMap) -> Option<String> {
    let is_plain = |host: &&str| {
        host.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']'))
    };
    header(headers, HOST.as_str()).filter(is_plain).map(|host| format!("http://{host}"))
}

/// Parameters come in the query, or in the body of a `POST`; the sandbox's own calls also read JSON.
fn read_form(parts: &Parts, bytes: &[u8]) -> Result<Form, ApiError> {
    let kind = header(&parts.headers, CONTENT_TYPE.as_str()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_own = parts.uri.path().starts_with("/sandbox/");
    let form = match (bytes.is_empty(), kind.as_str()) {
        (true, _) => Form::decode(parts.uri.query().unwrap_or_default().as_bytes()),
        (false, "application/json") if is_own => Form::from_json(bytes),
        (false, "" | "application/x-www-form-urlencoded") => Form::decode(bytes),
        (false, _) => {
            let message =
                "Invalid request (check that your POST content type is application/x-www-form-urlencoded).";
            return Err(ApiError::invalid(message));
        }
    };
    form.map_err(|why: FormError| ApiError::invalid(format!("Invalid request: {why}.")))
}

/// The answer to a path that is not there.
pub fn unrecognized(parts: &Parts) -> ApiError {
    let path = crate::error::printable(parts.uri.path());
    ApiError::invalid(format!("Unrecognized request URL ({}: {path}).", parts.method)).status(404)
}

/// A header's text.
pub fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Puts an answer on the wire.
pub fn respond(answer: &Answer, request: &str, idempotency_key: Option<&str>) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, answer.body.clone()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, no-store"));
    headers.insert("stripe-version", HeaderValue::from_static(API_VERSION));
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("request-id", request);
    if let Some(key) = idempotency_key {
        set("idempotency-key", key);
    }
    // As the real one: a key under way is worth another try, a fault that a key remembers is not.
    match (answer.status, &answer.replays) {
        (409, _) => set("stripe-should-retry", "true"),
        (500.., Some(_)) => set("stripe-should-retry", "false"),
        _ => {}
    }
    if let Some(original) = &answer.replays {
        set("idempotent-replayed", "true");
        set("original-request", original);
    }
    response
}
