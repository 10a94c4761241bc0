//! `GET /v1/checkout`

use axum::Json;
use axum::extract::State;
use paydesk_domain::wire::billing::CheckoutView;
use serde::Deserialize;

use crate::http::HttpState;
use crate::http::auth::PayerCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;

/// How it is shown.
#[derive(Debug, Deserialize)]
pub struct CheckoutQuery {
    /// The language of the page, where it is another than the session's.
    locale: Option<String>,
}

/// Everything that the checkout needs to draw itself, in one answer.
#[utoipa::path(get, path = "/v1/checkout", tag = "browser",
    params(("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the checkout."),
        ("locale" = Option<String>, Query, description = "The language of what the payer agrees to: en or fr. Without it, the session's.")),
    responses((status = 200, description = "The checkout.", body = CheckoutView)), security(("session" = [])))]
pub async fn open_checkout(
    State(state): State<HttpState>,
    PayerCaller(payer): PayerCaller,
    Params(query): Params<CheckoutQuery>,
) -> Result<Json<CheckoutView>, ApiError> {
    Ok(Json(state.app.open_checkout(&payer, query.locale.as_deref()).await?))
}
