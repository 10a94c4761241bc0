//! `POST /v1/clients/{id}/payment_methods`

use axum::extract::{Path, State};
use axum::response::Response;

use crate::app::write_once::Begun;
use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::body::{JsonBody, stored};
use crate::http::error::ApiError;
use crate::wire::{BringMethod, SavedMethodView};

/// Bring a card that is in the processor's vault already into a client's wallet, and let this organization charge it.
#[utoipa::path(post, path = "/v1/clients/{id}/payment_methods", tag = "clients", request_body = BringMethod,
    params(("id" = String, Path, description = "`acc_…`"),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 201, description = "Kept.", body = SavedMethodView)), security(("key" = [])))]
pub async fn add_method(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    Path(id): Path<String>,
    body: JsonBody<BringMethod>,
) -> Result<Response, ApiError> {
    let write = match state.app.begin_write(&caller.tenant, &key, &body.request_hash).await? {
        Begun::Answered(answer) => return Ok(stored(answer)),
        Begun::Fresh(write) => write,
    };
    let done = state.app.add_method(&caller.tenant, &write, &id, body.value).await;
    Ok(stored(write.settle(201, done).await?))
}
