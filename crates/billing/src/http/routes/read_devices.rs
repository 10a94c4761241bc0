//! `GET /v1/wallet/devices`

use axum::Json;
use axum::extract::State;
use paydesk_domain::wire::wallet::WalletDevicesView;

use crate::http::HttpState;
use crate::http::auth::ClientCaller;
use crate::http::error::ApiError;

/// The devices on which the wallet opens without a code.
#[utoipa::path(get, path = "/v1/wallet/devices", tag = "wallet",
    params(("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet.")),
    responses((status = 200, description = "The last used first.", body = WalletDevicesView)),
    security(("session" = [])))]
pub async fn list_devices(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
) -> Result<Json<WalletDevicesView>, ApiError> {
    Ok(Json(state.app.read_devices(&client).await?))
}
