//! `GET /v1/checkout`

use axum::Json;
use axum::extract::State;
use paydesk_domain::wire::billing::CheckoutView;

use crate::http::HttpState;
use crate::http::auth::PayerCaller;
use crate::http::error::ApiError;

/// Everything that the checkout needs to draw itself, in one answer.
#[utoipa::path(get, path = "/v1/checkout", tag = "browser",
    params(("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the checkout.")),
    responses((status = 200, description = "The checkout.", body = CheckoutView)), security(("session" = [])))]
pub async fn open_checkout(
    State(state): State<HttpState>,
    PayerCaller(payer): PayerCaller,
) -> Result<Json<CheckoutView>, ApiError> {
    Ok(Json(state.app.open_checkout(&payer).await?))
}
