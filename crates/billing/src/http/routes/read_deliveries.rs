//! `GET /v1/webhook_endpoints/{id}/deliveries`

use axum::Json;
use axum::extract::{Path, State};

use crate::http::HttpState;
use crate::http::auth::OrganizationCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::wire::webhooks::DeliveryView;
use crate::wire::{List, PageQuery};

/// What became of the deliveries to an endpoint, newest first.
#[utoipa::path(get, path = "/v1/webhook_endpoints/{id}/deliveries", tag = "webhooks",
    params(("id" = String, Path, description = "`whe_…`"), PageQuery),
    responses((status = 200, description = "A page.", body = List<DeliveryView>)), security(("key" = [])))]
pub async fn list_deliveries(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Path(id): Path<String>,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<DeliveryView>>, ApiError> {
    Ok(Json(state.app.list_deliveries(&caller.tenant, &id, query).await?))
}
