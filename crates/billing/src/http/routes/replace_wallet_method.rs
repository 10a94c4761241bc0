//! `POST /v1/wallet/methods/{id}/replacement`

use axum::extract::{Path, State};
use axum::response::Response;
use paydesk_domain::wire::wallet::{WalletReplacementRequest, WalletReplacementView};

use crate::http::HttpState;
use crate::http::auth::{ClientCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::changed;

/// Have another method of the wallet take the place of this one: what is planned with it and who may charge it moves, all or nothing. Then
/// it is removed.
///
/// Refused where the other one cannot be charged for everything (409 `method_cannot_take`: `detail` says for whom, `planned` what).
#[utoipa::path(post, path = "/v1/wallet/methods/{id}/replacement", tag = "wallet", request_body = WalletReplacementRequest,
    params(("id" = String, Path, description = "`pm_…`, of the wallet."),
        ("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet."),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "Replaced.", body = WalletReplacementView)), security(("session" = [])))]
pub async fn replace_wallet_method(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
    key: WriteKey,
    Path(id): Path<String>,
    body: JsonBody<WalletReplacementRequest>,
) -> Result<Response, ApiError> {
    let app = &state.app;
    let answer = changed(app, &client.tenant, &key.of_session(&client), &body.request_hash, |tx| {
        app.replace_wallet_method(tx, &client, &id, body.value)
    })
    .await?;
    app.work.notify_one();
    Ok(answer)
}
