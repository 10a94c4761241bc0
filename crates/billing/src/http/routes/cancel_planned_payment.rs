//! `POST /v1/planned_payments/{id}/cancel`

use axum::extract::{Path, State};
use axum::response::Response;

use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::error::ApiError;
use crate::http::routes::changed;
use crate::secret::sha256_hex;
use crate::wire::PlannedPaymentView;

/// Call an installment off. What it would have paid stays owed.
#[utoipa::path(post, path = "/v1/planned_payments/{id}/cancel", tag = "plans",
    params(("id" = String, Path, description = "`ppm_…`"),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "Called off.", body = PlannedPaymentView)), security(("key" = [])))]
pub async fn cancel_planned_payment(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let request_hash = sha256_hex(format!("POST /v1/planned_payments/{id}/cancel").as_bytes());
    changed(&state.app, &caller.tenant, &key, &request_hash, |tx| state.app.cancel_planned_payment(tx, &id))
        .await
}
