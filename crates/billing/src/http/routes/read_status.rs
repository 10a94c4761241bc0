//! `GET /v1/checkout/status`

use axum::Json;
use axum::extract::State;
use paydesk_domain::wire::billing::StatusView;

use crate::http::HttpState;
use crate::http::auth::PayerCaller;
use crate::http::error::ApiError;

/// Where the session stands, and its newest try.
#[utoipa::path(get, path = "/v1/checkout/status", tag = "browser",
    params(("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the checkout.")),
    responses((status = 200, description = "The state.", body = StatusView)), security(("session" = [])))]
pub async fn read_status(
    State(state): State<HttpState>,
    PayerCaller(payer): PayerCaller,
) -> Result<Json<StatusView>, ApiError> {
    Ok(Json(state.app.checkout_status(&payer).await?))
}
