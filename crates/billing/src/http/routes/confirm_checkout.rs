//! `POST /v1/checkout/confirm`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use paydesk_domain::wire::billing::{AttemptView, ConfirmRequest};

use crate::app::AppError;
use crate::http::HttpState;
use crate::http::auth::{CallerOrigin, PayerCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;

/// Pay, with a saved method or with a token for a new card.
///
/// The same `attempt_id` is the same try: sent again, it answers with the try's present state and never charges twice.
#[utoipa::path(post, path = "/v1/checkout/confirm", tag = "browser", request_body = ConfirmRequest,
    params(("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the checkout."),
        ("Idempotency-Key" = String, Header, description = "The `attempt_id` of the body.")),
    responses(
        (status = 200, description = "Decided: succeeded, declined or failed.", body = AttemptView),
        (status = 202, description = "Not decided yet: ask for the status.", body = AttemptView),
    ), security(("session" = [])))]
pub async fn confirm_checkout(
    State(state): State<HttpState>,
    PayerCaller(payer): PayerCaller,
    WriteKey(key): WriteKey,
    CallerOrigin(origin): CallerOrigin,
    body: JsonBody<ConfirmRequest>,
) -> Result<(StatusCode, Json<AttemptView>), ApiError> {
    if key != body.value.attempt_id {
        return Err(AppError::invalid("Idempotency-Key", "Give the attempt_id of the body.").into());
    }
    let view = state.app.confirm_checkout(&payer, body.value, origin).await?;
    let status = if view.status.is_final() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(view)))
}
