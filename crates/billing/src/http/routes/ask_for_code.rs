//! `POST /v1/wallet/confirmation`

use axum::Json;
use axum::extract::State;
use paydesk_domain::wire::wallet::{WalletConfirmationRequest, WalletConfirmationView};

use crate::http::HttpState;
use crate::http::auth::UnconfirmedCaller;
use crate::http::body::JsonBody;
use crate::http::error::ApiError;

/// Confirm that it is the client who is there: by a device that is remembered, or by a code.
///
/// The code goes to the e-mail address of the client's login. While the last one is a minute old, the same request sends no other one.
#[utoipa::path(post, path = "/v1/wallet/confirmation", tag = "wallet", request_body = WalletConfirmationRequest,
    params(("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet.")),
    responses((status = 200, description = "The wallet is open, or a code is on its way.", body = WalletConfirmationView)),
    security(("session" = [])))]
pub async fn ask_for_code(
    State(state): State<HttpState>,
    UnconfirmedCaller(unconfirmed): UnconfirmedCaller,
    body: JsonBody<WalletConfirmationRequest>,
) -> Result<Json<WalletConfirmationView>, ApiError> {
    Ok(Json(state.app.ask_for_code(&unconfirmed, body.value).await?))
}
