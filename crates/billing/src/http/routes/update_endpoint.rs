//! `POST /v1/webhook_endpoints/{id}`

use axum::extract::{Path, State};
use axum::response::Response;

use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::changed;
use crate::wire::webhooks::{ChangedEndpoint, EndpointView};

/// Change an endpoint: where it is, what it is told, whether it is told anything.
#[utoipa::path(post, path = "/v1/webhook_endpoints/{id}", tag = "webhooks", request_body = ChangedEndpoint,
    params(("id" = String, Path, description = "`whe_…`"),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "Changed.", body = EndpointView)), security(("key" = [])))]
pub async fn update_endpoint(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    Path(id): Path<String>,
    body: JsonBody<ChangedEndpoint>,
) -> Result<Response, ApiError> {
    changed(&state.app, &caller.tenant, &key, &body.request_hash, |tx| {
        state.app.update_endpoint(tx, &id, body.value)
    })
    .await
}
