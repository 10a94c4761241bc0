//! `PATCH /v1/organization`

use axum::extract::State;
use axum::response::Response;

use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::changed;
use crate::wire::{ChangedOrganization, OrganizationView};

/// Change settings of your organization.
///
/// Currency, country and the pages that may embed the checkout are set by whoever runs the server.
#[utoipa::path(patch, path = "/v1/organization", tag = "organization", request_body = ChangedOrganization,
    params(("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "Changed.", body = OrganizationView)), security(("key" = [])))]
pub async fn update_organization(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    body: JsonBody<ChangedOrganization>,
) -> Result<Response, ApiError> {
    changed(&state.app, &caller.tenant, &key, &body.request_hash, |tx| {
        state.app.update_organization(tx, body.value)
    })
    .await
}
