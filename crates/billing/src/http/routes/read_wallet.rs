//! `GET /v1/wallet`

use axum::Json;
use axum::extract::State;
use paydesk_domain::wire::wallet::WalletView;

use crate::http::HttpState;
use crate::http::auth::ClientCaller;
use crate::http::error::ApiError;

/// Everything that the wallet needs to draw itself, in one answer.
#[utoipa::path(get, path = "/v1/wallet", tag = "wallet",
    params(("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet.")),
    responses((status = 200, description = "The wallet.", body = WalletView)), security(("session" = [])))]
pub async fn read_wallet(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
) -> Result<Json<WalletView>, ApiError> {
    Ok(Json(state.app.read_wallet(&client).await?))
}
