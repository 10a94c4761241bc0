//! `POST /v1/checkout_sessions`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::app::AppError;
use crate::app::create_session::SessionMade;
use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::once;
use crate::wire::{CreatedSession, NewSession};

/// Make a checkout session for an invoice. Its secret is shown this once and goes to the payer's browser.
///
/// Only the secret's hash is kept. A repeated request therefore gets the same session with another secret, which is as
/// good as the first.
#[utoipa::path(post, path = "/v1/checkout_sessions", tag = "checkout sessions", request_body = NewSession,
    params(("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 201, description = "Made.", body = CreatedSession)), security(("key" = [])))]
pub async fn create_session(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    body: JsonBody<NewSession>,
) -> Result<(StatusCode, Json<CreatedSession>), ApiError> {
    let app = &state.app;
    let kept =
        once(app, &caller.tenant, &key, &body.request_hash, |tx| app.create_session(tx, body.value)).await?;
    let made: SessionMade = serde_json::from_str(&kept.body)
        .map_err(|_| AppError::Inconsistent("a kept answer that cannot be read".into()))?;
    Ok((StatusCode::CREATED, Json(app.reveal_session(&caller.tenant, made).await?)))
}
