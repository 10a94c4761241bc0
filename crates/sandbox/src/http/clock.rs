//! The sandbox's own clock: what it shows, and how a test moves it ahead. It needs the account's secret key,
//! and is the whole processor's.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::routing::{MethodRouter, get};
use serde::Deserialize;
use serde_json::{Value, json};

use super::own::{account, answer};
use crate::engine::Engine;
use crate::error::ApiError;

const BODY_BYTES_MAX: usize = 1_024;
/// As far as the clock can be moved at once: ten years, in seconds.
const ADVANCE_S_MAX: u64 = 10 * 366 * 24 * 60 * 60;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_s: u64,
}

/// `GET` and `POST /sandbox/clock`.
pub fn clock(engine: &Arc<Engine>) -> MethodRouter {
    let (reading, moving) = (Arc::clone(engine), Arc::clone(engine));
    get(async move |headers: HeaderMap| {
        let shown = account(&reading, &headers).map(|_| show(&reading));
        answer(&reading, shown)
    })
    .post(async move |request: Request| {
        let moved = advance(&moving, request).await;
        answer(&moving, moved)
    })
}

fn show(engine: &Engine) -> Value {
    let now = engine.config.clock.now();
    json!({ "now": now.to_string(), "now_s": now.as_second(), "ahead_s": engine.ahead_ms() / 1_000 })
}

async fn advance(engine: &Engine, request: Request) -> Result<Value, ApiError> {
    let account = account(engine, request.headers())?;
    let bytes = to_bytes(request.into_body(), BODY_BYTES_MAX).await;
    let bytes = bytes.map_err(|_| ApiError::invalid("The request is too large.").status(413))?;
    let advance: Advance = serde_json::from_slice(&bytes)
        .map_err(|why| ApiError::invalid(format!("Not a move of the clock: {why}")))?;
    if advance.advance_s > ADVANCE_S_MAX {
        return Err(ApiError::invalid("The clock moves ten years at most.").param("advance_s"));
    }
    let by_ms = i64::try_from(advance.advance_s).unwrap_or(0) * 1_000;
    let done = engine.move_clock(&account.id, by_ms).await;
    let done = done.map_err(|_| ApiError::api(500, "The processor cannot write its log."))?;
    let mut view = show(engine);
    if let Some(view) = view.as_object_mut() {
        view.insert("done".to_owned(), json!(done));
    }
    Ok(view)
}
