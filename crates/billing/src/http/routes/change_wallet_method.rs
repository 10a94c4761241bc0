//! `PATCH /v1/wallet/methods/{id}`

use axum::extract::{Path, State};
use axum::response::Response;
use paydesk_domain::wire::wallet::{WalletMethodChange, WalletMethodView};

use crate::http::HttpState;
use crate::http::auth::{ClientCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::changed;

/// Change what a saved method is called, whether it is preferred, or its billing address.
///
/// Send the `version` that was shown: who was overtaken by another tab or another device is told so (409 `method_changed`), and
/// nothing is changed.
#[utoipa::path(patch, path = "/v1/wallet/methods/{id}", tag = "wallet", request_body = WalletMethodChange,
    params(("id" = String, Path, description = "`pm_…`, of the wallet."),
        ("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet."),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "The method as it is now.", body = WalletMethodView)),
    security(("session" = [])))]
pub async fn change_wallet_method(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
    key: WriteKey,
    Path(id): Path<String>,
    body: JsonBody<WalletMethodChange>,
) -> Result<Response, ApiError> {
    let app = &state.app;
    changed(app, &client.tenant, &key.of_session(&client), &body.request_hash, |tx| {
        app.change_wallet_method(tx, &client, &id, body.value)
    })
    .await
}
