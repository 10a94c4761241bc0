//! `POST /v1/wallet/confirmation/code`

use axum::Json;
use axum::extract::State;
use paydesk_domain::wire::wallet::{WalletCodeRequest, WalletConfirmationView};

use crate::http::HttpState;
use crate::http::auth::{CallerOrigin, UnconfirmedCaller};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;

/// Open the wallet with the code that the client was sent.
///
/// A code is tried five times (422 `wrong_code` tells how many tries are left) and used once. With `remember`, the answer holds the name
/// of the device, which is told this once and needs no code for 90 days after each use, a year at most.
#[utoipa::path(post, path = "/v1/wallet/confirmation/code", tag = "wallet", request_body = WalletCodeRequest,
    params(("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet.")),
    responses((status = 200, description = "The wallet is open.", body = WalletConfirmationView)),
    security(("session" = [])))]
pub async fn check_code(
    State(state): State<HttpState>,
    UnconfirmedCaller(unconfirmed): UnconfirmedCaller,
    CallerOrigin(origin): CallerOrigin,
    body: JsonBody<WalletCodeRequest>,
) -> Result<Json<WalletConfirmationView>, ApiError> {
    Ok(Json(state.app.check_code(&unconfirmed, body.value, origin).await?))
}
