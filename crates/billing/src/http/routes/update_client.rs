//! `PATCH /v1/clients/{id}`

use axum::extract::{Path, State};
use axum::response::Response;

use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::changed;
use crate::wire::{ChangedClient, ClientView};

/// Say what has changed about a client: when they last signed in, and the account's address.
#[utoipa::path(patch, path = "/v1/clients/{id}", tag = "clients", request_body = ChangedClient,
    params(("id" = String, Path, description = "`acc_…`"),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "Changed.", body = ClientView)), security(("key" = [])))]
pub async fn update_client(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    Path(id): Path<String>,
    body: JsonBody<ChangedClient>,
) -> Result<Response, ApiError> {
    changed(&state.app, &caller.tenant, &key, &body.request_hash, |tx| {
        state.app.update_client(tx, &id, body.value)
    })
    .await
}
