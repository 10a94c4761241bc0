//! `/v1/wallet/methods/{id}/backups` and `/v1/wallet/backups/{id}`

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use paydesk_domain::wire::wallet::{WalletBackupRequest, WalletMethodNowView};

use crate::app::write_once::Begun;
use crate::http::HttpState;
use crate::http::auth::{CallerOrigin, ClientCaller, WriteKey};
use crate::http::body::{JsonBody, stored};
use crate::http::error::ApiError;
use crate::http::routes::changed;
use crate::secret::sha256_hex;

/// Have a card charged, once and at once, where a planned payment of an organization is refused.
///
/// It takes the place of the client's earlier one for the organization. That alone does not show the card to the organization.
#[utoipa::path(post, path = "/v1/wallet/methods/{id}/backups", tag = "wallet", request_body = WalletBackupRequest,
    params(("id" = String, Path, description = "`pm_…`, of the wallet."),
        ("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet."),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 201, description = "Set.", body = WalletMethodNowView),
        (status = 200, description = "It was set already.", body = WalletMethodNowView)), security(("session" = [])))]
pub async fn set_backup(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
    key: WriteKey,
    CallerOrigin(origin): CallerOrigin,
    Path(id): Path<String>,
    body: JsonBody<WalletBackupRequest>,
) -> Result<Response, ApiError> {
    let app = &state.app;
    let tenant = app.to_be_authorized(&client, &body.value.organization).await?;
    let write = match app.begin_write(&tenant, &key.of_session(&client), &body.request_hash).await? {
        Begun::Answered(answer) => return Ok(stored(answer)),
        Begun::Fresh(write) => write,
    };
    let done = match write.transaction().await {
        Ok(tx) => app.set_backup(tx, &client, &id, body.value, origin).await,
        Err(error) => Err(error),
    };
    let status = if done.as_ref().is_ok_and(|(_, (is_new, _))| *is_new) { 201 } else { 200 };
    Ok(stored(write.settle(status, done.map(|(tx, (_, view))| (tx, view))).await?))
}

/// End a backup. A charge of it that is under way goes its way.
#[utoipa::path(delete, path = "/v1/wallet/backups/{id}", tag = "wallet",
    params(("id" = String, Path, description = "`bup_…`, of the wallet."),
        ("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet."),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 204, description = "Ended.")), security(("session" = [])))]
pub async fn end_backup(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
    key: WriteKey,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let app = &state.app;
    let tenant = app.has_backup(&client, &id).await?;
    // There is no body: method and path are all that is asked for.
    let request_hash = sha256_hex(format!("DELETE /v1/wallet/backups/{id}\n").as_bytes());
    changed(app, &tenant, &key.of_session(&client), &request_hash, |tx| {
        app.end_wallet_backup(tx, &client, &id)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
