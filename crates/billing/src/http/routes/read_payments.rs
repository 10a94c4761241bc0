//! `GET /v1/payments`, `GET /v1/payments/{id}` and `GET /v1/receipts/{id}`

use axum::Json;
use axum::extract::{Path, State};

use crate::http::HttpState;
use crate::http::auth::OrganizationCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::wire::{List, OwnReceiptView, PaymentView, PaymentsQuery};

/// Payments, newest first.
#[utoipa::path(get, path = "/v1/payments", tag = "payments", params(PaymentsQuery),
    responses((status = 200, description = "A page.", body = List<PaymentView>)), security(("key" = [])))]
pub async fn list_payments(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Params(query): Params<PaymentsQuery>,
) -> Result<Json<List<PaymentView>>, ApiError> {
    Ok(Json(state.app.list_payments(&caller.tenant, query).await?))
}

/// One payment.
#[utoipa::path(get, path = "/v1/payments/{id}", tag = "payments",
    params(("id" = String, Path, description = "`pay_…`")),
    responses((status = 200, description = "The payment.", body = PaymentView)), security(("key" = [])))]
pub async fn read_payment(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Path(id): Path<String>,
) -> Result<Json<PaymentView>, ApiError> {
    Ok(Json(state.app.read_payment(&caller.tenant, &id).await?))
}

/// One receipt.
#[utoipa::path(get, path = "/v1/receipts/{id}", tag = "payments",
    params(("id" = String, Path, description = "`rcp_…`")),
    responses((status = 200, description = "The receipt.", body = OwnReceiptView)), security(("key" = [])))]
pub async fn read_receipt(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Path(id): Path<String>,
) -> Result<Json<OwnReceiptView>, ApiError> {
    Ok(Json(state.app.read_receipt(&caller.tenant, &id).await?))
}
