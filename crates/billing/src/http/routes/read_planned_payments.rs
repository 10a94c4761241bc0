//! `GET /v1/planned_payments` and `GET /v1/planned_payments/{id}`

use axum::Json;
use axum::extract::{Path, State};

use crate::http::HttpState;
use crate::http::auth::OrganizationCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::wire::{List, PlannedPaymentView, PlannedPaymentsQuery};

/// Planned payments with their days, those that were planned last first.
#[utoipa::path(get, path = "/v1/planned_payments", tag = "plans", params(PlannedPaymentsQuery),
    responses((status = 200, description = "A page.", body = List<PlannedPaymentView>)), security(("key" = [])))]
pub async fn list_planned_payments(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Params(query): Params<PlannedPaymentsQuery>,
) -> Result<Json<List<PlannedPaymentView>>, ApiError> {
    Ok(Json(state.app.list_planned_payments(&caller.tenant, query).await?))
}

/// One planned payment.
#[utoipa::path(get, path = "/v1/planned_payments/{id}", tag = "plans",
    params(("id" = String, Path, description = "`ppm_…`")),
    responses((status = 200, description = "It.", body = PlannedPaymentView)), security(("key" = [])))]
pub async fn read_planned_payment(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Path(id): Path<String>,
) -> Result<Json<PlannedPaymentView>, ApiError> {
    Ok(Json(state.app.read_planned_payment(&caller.tenant, &id).await?))
}
