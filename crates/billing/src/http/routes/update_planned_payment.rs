//! `PATCH /v1/planned_payments/{id}`

use axum::extract::{Path, State};
use axum::response::Response;

use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::changed;
use crate::wire::{ChangedPlannedPayment, PlannedPaymentView};

/// Give an installment another day or amount. One that has failed is charged again on its new day. The invoice stays as it
/// is, and no more than what is owed is ever charged.
#[utoipa::path(patch, path = "/v1/planned_payments/{id}", tag = "plans", request_body = ChangedPlannedPayment,
    params(("id" = String, Path, description = "`ppm_…`"),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "Changed.", body = PlannedPaymentView)), security(("key" = [])))]
pub async fn update_planned_payment(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    Path(id): Path<String>,
    body: JsonBody<ChangedPlannedPayment>,
) -> Result<Response, ApiError> {
    changed(&state.app, &caller.tenant, &key, &body.request_hash, |tx| {
        state.app.update_planned_payment(tx, &id, body.value)
    })
    .await
}
