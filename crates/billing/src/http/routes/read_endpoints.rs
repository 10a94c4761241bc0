//! `GET /v1/webhook_endpoints` and `GET /v1/webhook_endpoints/{id}`

use axum::Json;
use axum::extract::{Path, State};

use crate::http::HttpState;
use crate::http::auth::OrganizationCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::wire::webhooks::EndpointView;
use crate::wire::{List, PageQuery};

/// Endpoints, newest first. Their secrets are not shown.
#[utoipa::path(get, path = "/v1/webhook_endpoints", tag = "webhooks", params(PageQuery),
    responses((status = 200, description = "A page.", body = List<EndpointView>)), security(("key" = [])))]
pub async fn list_endpoints(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<EndpointView>>, ApiError> {
    Ok(Json(state.app.list_endpoints(&caller.tenant, query).await?))
}

/// One endpoint.
#[utoipa::path(get, path = "/v1/webhook_endpoints/{id}", tag = "webhooks",
    params(("id" = String, Path, description = "`whe_…`")),
    responses((status = 200, description = "The endpoint.", body = EndpointView)), security(("key" = [])))]
pub async fn read_endpoint(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Path(id): Path<String>,
) -> Result<Json<EndpointView>, ApiError> {
    Ok(Json(state.app.read_endpoint(&caller.tenant, &id).await?))
}
