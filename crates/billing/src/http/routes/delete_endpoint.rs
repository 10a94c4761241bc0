//! `DELETE /v1/webhook_endpoints/{id}`

use axum::extract::{Path, State};
use axum::response::Response;

use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::error::ApiError;
use crate::http::routes::changed;
use crate::secret::sha256_hex;
use crate::wire::webhooks::DeletedEndpoint;

/// Delete an endpoint with its secrets and its deliveries. The events stay.
#[utoipa::path(delete, path = "/v1/webhook_endpoints/{id}", tag = "webhooks",
    params(("id" = String, Path, description = "`whe_…`"),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "Deleted.", body = DeletedEndpoint)), security(("key" = [])))]
pub async fn delete_endpoint(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    // There is no body: method and path are all that is asked for.
    let request_hash = sha256_hex(format!("DELETE /v1/webhook_endpoints/{id}\n").as_bytes());
    changed(&state.app, &caller.tenant, &key, &request_hash, |tx| state.app.delete_endpoint(tx, &id)).await
}
