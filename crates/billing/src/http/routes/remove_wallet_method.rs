//! `DELETE /v1/wallet/methods/{id}`

use axum::extract::{Path, State};
use axum::response::Response;
use paydesk_domain::wire::wallet::RemovedMethodView;
use serde::Deserialize;

use crate::http::HttpState;
use crate::http::auth::{ClientCaller, WriteKey};
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::http::routes::changed;
use crate::secret::sha256_hex;

/// What is removed.
#[derive(Debug, Deserialize)]
pub struct RemovalQuery {
    /// The version of the method that was shown.
    version: i64,
}

/// Take a method out of the wallet. No organization may charge it from then on; the processor lets it go once no charge rests on it.
///
/// Refused with the list of them while payments are planned with it (409 `method_in_use`).
#[utoipa::path(delete, path = "/v1/wallet/methods/{id}", tag = "wallet",
    params(("id" = String, Path, description = "`pm_…`, of the wallet."),
        ("version" = i64, Query, description = "The version of the method that was shown."),
        ("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet."),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "Removed.", body = RemovedMethodView)), security(("session" = [])))]
pub async fn remove_wallet_method(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
    key: WriteKey,
    Path(id): Path<String>,
    Params(query): Params<RemovalQuery>,
) -> Result<Response, ApiError> {
    let (app, version) = (&state.app, query.version);
    // There is no body: method, path and query are all that is asked for.
    let request_hash = sha256_hex(format!("DELETE /v1/wallet/methods/{id}?version={version}\n").as_bytes());
    let answer = changed(app, &client.tenant, &key.of_session(&client), &request_hash, |tx| {
        app.remove_wallet_method(tx, &client, &id, version)
    })
    .await?;
    app.work.notify_one();
    Ok(answer)
}
