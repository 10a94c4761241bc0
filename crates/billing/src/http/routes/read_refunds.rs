//! `GET /v1/refunds` and `GET /v1/refunds/{id}`

use axum::Json;
use axum::extract::{Path, State};

use crate::http::HttpState;
use crate::http::auth::OrganizationCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::wire::{List, RefundView, RefundsQuery};

/// Refunds, newest first.
#[utoipa::path(get, path = "/v1/refunds", tag = "refunds", params(RefundsQuery),
    responses((status = 200, description = "A page.", body = List<RefundView>)), security(("key" = [])))]
pub async fn list_refunds(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Params(query): Params<RefundsQuery>,
) -> Result<Json<List<RefundView>>, ApiError> {
    Ok(Json(state.app.list_refunds(&caller.tenant, query).await?))
}

/// One refund.
#[utoipa::path(get, path = "/v1/refunds/{id}", tag = "refunds",
    params(("id" = String, Path, description = "`ref_…`")),
    responses((status = 200, description = "The refund.", body = RefundView)), security(("key" = [])))]
pub async fn read_refund(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Path(id): Path<String>,
) -> Result<Json<RefundView>, ApiError> {
    Ok(Json(state.app.read_refund(&caller.tenant, &id).await?))
}
