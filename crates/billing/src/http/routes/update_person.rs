//! `PATCH /v1/people/{id}`

use axum::extract::{Path, State};
use axum::response::Response;

use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::changed;
use crate::wire::{ChangedPerson, ListedPersonView};

/// Say what has changed about somebody: their name, the activities that they take part in, and what they are members of.
#[utoipa::path(patch, path = "/v1/people/{id}", tag = "clients", request_body = ChangedPerson,
    params(("id" = String, Path, description = "`per_…`"),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "Changed.", body = ListedPersonView)), security(("key" = [])))]
pub async fn update_person(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    Path(id): Path<String>,
    body: JsonBody<ChangedPerson>,
) -> Result<Response, ApiError> {
    changed(&state.app, &caller.tenant, &key, &body.request_hash, |tx| {
        state.app.update_person(tx, &id, body.value)
    })
    .await
}
