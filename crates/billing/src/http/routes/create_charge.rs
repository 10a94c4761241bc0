//! `POST /v1/charges`

use axum::extract::State;
use axum::response::Response;

use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::created;
use crate::wire::{ChargeView, NewCharge};

/// Charge a saved method without its payer, for what was agreed to earlier. It is answered before it is decided: read the
/// charge, or listen for `payment.succeeded`, `payment.submitted` and `action_item.opened`.
#[utoipa::path(post, path = "/v1/charges", tag = "payments", request_body = NewCharge,
    params(("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 201, description = "Written; it is sent when it is due.", body = ChargeView)),
    security(("key" = [])))]
pub async fn create_charge(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    body: JsonBody<NewCharge>,
) -> Result<Response, ApiError> {
    let answer = created(&state.app, &caller.tenant, &key, &body.request_hash, |tx| {
        state.app.create_charge(&caller.tenant, tx, body.value)
    })
    .await?;
    state.app.to_send.notify_one();
    Ok(answer)
}
