//! `POST /v1/clients`

use axum::extract::State;
use axum::response::Response;

use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::created;
use crate::wire::{ClientView, NewClient};

/// Make a client: a login, its account with this organization, and its people.
#[utoipa::path(post, path = "/v1/clients", tag = "clients", request_body = NewClient,
    params(("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 201, description = "Made.", body = ClientView)), security(("key" = [])))]
pub async fn create_client(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    body: JsonBody<NewClient>,
) -> Result<Response, ApiError> {
    created(&state.app, &caller.tenant, &key, &body.request_hash, |tx| {
        state.app.create_client(tx, body.value)
    })
    .await
}
