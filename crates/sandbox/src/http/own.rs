//! The sandbox's own calls: the journal and the faults on order. They need the account's secret key.

use std::sync::Arc;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{FromRequestParts, Path, RawQuery, Request};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get};
use serde_json::{Value, json};

use super::envelope::{header, respond};
use crate::engine::{Account, Answer, Engine};
use crate::error::ApiError;
use crate::form::Form;
use crate::keys::{Key, no_key};
use crate::scenario::Scenario;

const BODY_BYTES_MAX: usize = 64 * 1024;
const ROWS_MAX: usize = 1_000;

/// `GET /sandbox/journal?after=N&limit=M`.
pub fn journal(engine: &Arc<Engine>) -> MethodRouter {
    let engine = Arc::clone(engine);
    get(async move |headers: HeaderMap, RawQuery(query): RawQuery| {
        let page = read_journal(&engine, &headers, &query.unwrap_or_default()).await;
        answer(&engine, page)
    })
}

/// `GET`, `POST` and `DELETE /sandbox/scenarios`.
pub fn scenarios(engine: &Arc<Engine>) -> MethodRouter {
    let (listing, ordering, cancelling) = (Arc::clone(engine), Arc::clone(engine), Arc::clone(engine));
    get(async move |headers: HeaderMap| {
        let list = account(&listing, &headers).map(|account| json!({ "data": account.scenarios().all() }));
        answer(&listing, list)
    })
    .post(async move |request: Request| {
        let ordered = order(&ordering, request).await;
        answer(&ordering, ordered)
    })
    .delete(async move |headers: HeaderMap| {
        let removed = account(&cancelling, &headers)
            .map(|account| json!({ "removed": account.scenarios().remove(None) }));
        answer(&cancelling, removed)
    })
}

/// `DELETE /sandbox/scenarios/{id}`.
pub fn scenario(engine: &Arc<Engine>) -> MethodRouter {
    let engine = Arc::clone(engine);
    delete(async move |request: Request| {
        let (mut parts, _) = request.into_parts();
        let id =
            Path::<String>::from_request_parts(&mut parts, &()).await.map(|Path(id)| id).unwrap_or_default();
        let removed = account(&engine, &parts.headers).and_then(|account| {
            match account.scenarios().remove(Some(&id)) {
                0 => Err(ApiError::not_found("scenario", &id, "scenario")),
                removed => Ok(json!({ "removed": removed })),
            }
        });
        answer(&engine, removed)
    })
}

async fn read_journal(engine: &Engine, headers: &HeaderMap, query: &str) -> Result<Value, ApiError> {
    let account = account(engine, headers)?;
    let form = Form::decode(query.as_bytes());
    let form = form.map_err(|why| ApiError::invalid(why.to_string()))?;
    let node = form.node();
    node.allow(&["after", "limit"])?;
    let after = usize::try_from(node.integer("after")?.unwrap_or(0))
        .map_err(|_| ApiError::invalid("Invalid after").param("after"))?;
    let limit = usize::try_from(node.integer("limit")?.unwrap_or(100)).unwrap_or(0);
    if !(1..=ROWS_MAX).contains(&limit) {
        return Err(ApiError::invalid("`limit` is from 1 to 1000").param("limit"));
    }
    // What is due by now belongs in it.
    engine.catch_up_with(&account).await.map_err(|_| ApiError::api(500, "The log cannot be written."))?;
    let book = account.book();
    // Rows count from 1 without a gap, so row `after + 1` is at the index `after`.
    let rows = book.journal.get(after..).unwrap_or_default();
    let page = rows.get(..limit.min(rows.len())).unwrap_or_default();
    Ok(json!({ "data": page, "has_more": rows.len() > limit, "last_seq": book.journal.len() }))
}

async fn order(engine: &Engine, request: Request) -> Result<Value, ApiError> {
    let account = account(engine, request.headers())?;
    let bytes = to_bytes(request.into_body(), BODY_BYTES_MAX).await;
    let bytes = bytes.map_err(|_| ApiError::invalid("The request is too large.").status(413))?;
    let scenario: Scenario =
        serde_json::from_slice(&bytes).map_err(|why| ApiError::invalid(format!("Not a scenario: {why}")))?;
    scenario.check().map_err(|why| ApiError::invalid(format!("Not a scenario: {why}")))?;
    let mut scenarios = account.scenarios();
    let active = scenarios.add(engine.ids.id("scn"), scenario);
    active.map(|active| json!(active)).ok_or_else(|| ApiError::invalid("There are too many scenarios."))
}

pub(super) fn account(engine: &Engine, headers: &HeaderMap) -> Result<Arc<Account>, ApiError> {
    let key = header(headers, AUTHORIZATION.as_str()).ok_or_else(no_key)?;
    let key = Key::from_authorization(key)?;
    key.require_secret()?;
    Ok(engine.account(&key.account))
}

pub(super) fn answer(engine: &Engine, result: Result<Value, ApiError>) -> Response {
    match result {
        Ok(value) => Json(value).into_response(),
        Err(error) => respond(&Answer::error(&error), &engine.ids.id("req"), None),
    }
}
