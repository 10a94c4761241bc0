//! `GET /v1/wallet/export`

use axum::extract::State;
use axum::response::Response;

use crate::http::auth::ClientCaller;
use crate::http::error::ApiError;
use crate::http::{HttpState, download};

/// Everything that is stored of the client, with every organization, as one file to keep or to take elsewhere: the login, every method
/// (also removed ones), what was agreed to, devices, and each account with what was owed and paid. `schema` says what it is made by.
#[utoipa::path(get, path = "/v1/wallet/export", tag = "wallet",
    params(("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet.")),
    responses((status = 200, description = "A JSON file.", body = Object, content_type = "application/json")),
    security(("session" = [])))]
pub async fn export_wallet(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
) -> Result<Response, ApiError> {
    let name = format!("paydesk-wallet-{}", client.session.login_id);
    Ok(download::json(&name, state.app.export_wallet(&client))?)
}
