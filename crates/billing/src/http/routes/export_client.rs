//! `GET /v1/clients/{id}/export`

use axum::extract::{Path, State};
use axum::response::Response;

use crate::http::auth::OrganizationCaller;
use crate::http::error::ApiError;
use crate::http::{HttpState, download};

/// Everything that you have of one of your clients, as one file: also the methods that you may charge, and of others nothing.
#[utoipa::path(get, path = "/v1/clients/{id}/export", tag = "clients",
    params(("id" = String, Path, description = "`acc_…`")),
    responses((status = 200, description = "A JSON file.", body = Object, content_type = "application/json")),
    security(("key" = [])))]
pub async fn export_client(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let pieces = state.app.export_client(&caller.tenant, &id).await?;
    Ok(download::json(&format!("paydesk-client-{id}"), pieces)?)
}
