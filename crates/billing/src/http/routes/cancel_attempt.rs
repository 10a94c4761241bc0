//! `POST /v1/checkout/attempt/cancel`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use paydesk_domain::wire::billing::{AttemptView, CancelAttemptRequest};

use crate::app::AppError;
use crate::http::HttpState;
use crate::http::auth::{PayerCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;

/// Give a challenge up.
///
/// The processor cancels the charge first. Where the payer passed the challenge a moment before, the answer is that it succeeded.
/// A try that has no open challenge is left as it is, and answered as it is.
#[utoipa::path(post, path = "/v1/checkout/attempt/cancel", tag = "browser", request_body = CancelAttemptRequest,
    params(("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the checkout."),
        ("Idempotency-Key" = String, Header, description = "The `attempt_id` of the body.")),
    responses(
        (status = 200, description = "Decided: declined, or succeeded before.", body = AttemptView),
        (status = 202, description = "Not decided yet: ask for the status.", body = AttemptView),
    ), security(("session" = [])))]
pub async fn cancel_attempt(
    State(state): State<HttpState>,
    PayerCaller(payer): PayerCaller,
    WriteKey(key): WriteKey,
    body: JsonBody<CancelAttemptRequest>,
) -> Result<(StatusCode, Json<AttemptView>), ApiError> {
    if key != body.value.attempt_id {
        return Err(AppError::invalid("Idempotency-Key", "Give the attempt_id of the body.").into());
    }
    let view = state.app.cancel_attempt(&payer, &body.value.attempt_id).await?;
    let status = if view.status.is_final() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(view)))
}
