//! `POST /v1/payments/{id}/refunds`

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::app::create_refund::RefundOrder;
use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::wire::{NewRefund, RefundView};

/// Give a payment back, all of it or a part; or call a bank debit back while it is under way.
///
/// It is answered when the processor has, or after ten seconds with the state until then: read the refund, or listen for
/// `refund.succeeded`, `refund.pending` and `refund.failed`. The same key is the same refund, and is answered with its
/// present state.
#[utoipa::path(post, path = "/v1/payments/{id}/refunds", tag = "refunds", request_body = NewRefund,
    params(("id" = String, Path, description = "`pay_…`"),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 201, description = "Written, and sent as far as its state says.", body = RefundView)),
    security(("key" = [])))]
pub async fn create_refund(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    Path(payment): Path<String>,
    body: JsonBody<NewRefund>,
) -> Result<(StatusCode, Json<RefundView>), ApiError> {
    let order = RefundOrder { key, request_hash: body.request_hash, payment, new: body.value };
    let view = state.app.create_refund(&caller.tenant, order).await?;
    Ok((StatusCode::CREATED, Json(view)))
}
