//! `GET /v1/wallet`

use axum::Json;
use axum::extract::State;
use paydesk_domain::wire::wallet::WalletView;
use serde::Deserialize;

use crate::http::HttpState;
use crate::http::auth::ClientCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;

/// How it is shown.
#[derive(Debug, Deserialize)]
pub struct WalletQuery {
    /// The language of the page, where it is another than the session's.
    locale: Option<String>,
}

/// Everything that the wallet needs to draw itself, in one answer.
#[utoipa::path(get, path = "/v1/wallet", tag = "wallet",
    params(("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet."),
        ("locale" = Option<String>, Query, description = "The language of what the client agrees to: en or fr. Without it, the session's.")),
    responses((status = 200, description = "The wallet.", body = WalletView)), security(("session" = [])))]
pub async fn read_wallet(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
    Params(query): Params<WalletQuery>,
) -> Result<Json<WalletView>, ApiError> {
    Ok(Json(state.app.read_wallet(&client, query.locale.as_deref()).await?))
}
