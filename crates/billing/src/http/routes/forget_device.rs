//! `DELETE /v1/wallet/devices/{id}`

use axum::extract::{Path, State};
use axum::response::Response;
use paydesk_domain::wire::wallet::ForgottenDeviceView;

use crate::http::HttpState;
use crate::http::auth::{ClientCaller, WriteKey};
use crate::http::error::ApiError;
use crate::http::routes::changed;
use crate::secret::sha256_hex;

/// Forget a device: it is asked for a code the next time. What it has opened by now stays open as long as its session lives.
#[utoipa::path(delete, path = "/v1/wallet/devices/{id}", tag = "wallet",
    params(("id" = String, Path, description = "`wdv_…`, of the list."),
        ("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet."),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "Forgotten.", body = ForgottenDeviceView)), security(("session" = [])))]
pub async fn forget_device(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
    key: WriteKey,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let app = &state.app;
    // There is no body: method and path are all that is asked for.
    let request_hash = sha256_hex(format!("DELETE /v1/wallet/devices/{id}\n").as_bytes());
    changed(app, &client.tenant, &key.of_session(&client), &request_hash, |tx| {
        app.forget_device(tx, &client, &id)
    })
    .await
}
