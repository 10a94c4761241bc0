//! `GET /v1/checkout/status`

use axum::Json;
use axum::extract::State;
use paydesk_domain::wire::billing::StatusView;
use serde::Deserialize;

use crate::http::HttpState;
use crate::http::auth::PayerCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;

/// Which try is followed.
#[derive(Debug, Deserialize)]
pub struct StatusQuery {
    /// `att_…`
    attempt: Option<String>,
}

/// Where the session stands, and its newest try; or the one that is named, which another page of its payer may have begun to pay the
/// same invoice.
#[utoipa::path(get, path = "/v1/checkout/status", tag = "browser",
    params(("attempt" = Option<String>, Query, description = "Which try is followed, `att_…`."),
        ("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the checkout.")),
    responses((status = 200, description = "The state.", body = StatusView)), security(("session" = [])))]
pub async fn read_status(
    State(state): State<HttpState>,
    PayerCaller(payer): PayerCaller,
    Params(query): Params<StatusQuery>,
) -> Result<Json<StatusView>, ApiError> {
    Ok(Json(state.app.checkout_status(&payer, query.attempt.as_deref()).await?))
}
