//! `GET /v1/installment_configurations` and `GET /v1/installment_configurations/{id}`

use axum::Json;
use axum::extract::{Path, State};

use crate::http::HttpState;
use crate::http::auth::OrganizationCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::wire::{InstallmentConfigurationView, InstallmentConfigurationsQuery, List};

/// The ways in which things may be paid in parts, newest first.
#[utoipa::path(get, path = "/v1/installment_configurations", tag = "plans", params(InstallmentConfigurationsQuery),
    responses((status = 200, description = "A page.", body = List<InstallmentConfigurationView>)), security(("key" = [])))]
pub async fn list_installment_configurations(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Params(query): Params<InstallmentConfigurationsQuery>,
) -> Result<Json<List<InstallmentConfigurationView>>, ApiError> {
    Ok(Json(state.app.list_installment_configurations(&caller.tenant, query).await?))
}

/// One of them.
#[utoipa::path(get, path = "/v1/installment_configurations/{id}", tag = "plans",
    params(("id" = String, Path, description = "`icf_…`")),
    responses((status = 200, description = "The configuration.", body = InstallmentConfigurationView)),
    security(("key" = [])))]
pub async fn read_installment_configuration(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Path(id): Path<String>,
) -> Result<Json<InstallmentConfigurationView>, ApiError> {
    Ok(Json(state.app.read_installment_configuration(&caller.tenant, &id).await?))
}
