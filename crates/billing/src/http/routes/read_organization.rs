//! `GET /v1/organization`

use axum::Json;
use axum::extract::State;

use crate::http::HttpState;
use crate::http::auth::OrganizationCaller;
use crate::http::error::ApiError;
use crate::wire::OrganizationView;

/// Your organization and its settings.
#[utoipa::path(get, path = "/v1/organization", tag = "organization",
    responses((status = 200, description = "The organization.", body = OrganizationView)), security(("key" = [])))]
pub async fn read_organization(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
) -> Result<Json<OrganizationView>, ApiError> {
    Ok(Json(state.app.read_organization(&caller.tenant).await?))
}
