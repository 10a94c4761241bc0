//! `POST /v1/wallet/methods/{id}/update`

use axum::extract::{Path, State};
use axum::response::Response;
use paydesk_domain::wire::wallet::{
    WalletMethodNowView, WalletMethodUpdateRequest, WalletVerificationAskedView,
};

use crate::app::write_once::Begun;
use crate::http::HttpState;
use crate::http::auth::{ClientCaller, WriteKey};
use crate::http::body::{JsonBody, stored};
use crate::http::error::ApiError;

/// Bring a saved card up to date in place: a new expiry, or a token for a card that takes its place.
///
/// The method keeps its id, its authorizations, its name and what is planned with it. It is verified with its bank; where that asks
/// for a proof, it is up to date once that is given. The same key is the same update. Send the `version` that was shown: who was
/// overtaken is told so (409 `method_changed`).
#[utoipa::path(post, path = "/v1/wallet/methods/{id}/update", tag = "wallet", request_body = WalletMethodUpdateRequest,
    params(("id" = String, Path, description = "`pm_…`, of the wallet."),
        ("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet."),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "The card as it is now.", body = WalletMethodNowView),
        (status = 202, description = "The bank asks for a proof.", body = WalletVerificationAskedView)), security(("session" = [])))]
pub async fn update_wallet_method(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
    key: WriteKey,
    Path(id): Path<String>,
    body: JsonBody<WalletMethodUpdateRequest>,
) -> Result<Response, ApiError> {
    let key = key.of_session(&client);
    let write = match state.app.begin_write(&client.tenant, &key, &body.request_hash).await? {
        Begun::Answered(answer) => return Ok(stored(answer)),
        Begun::Fresh(write) => write,
    };
    let request = (key.as_str(), body.request_hash.as_str());
    let done = state.app.update_wallet_method(&client, &write, request, &id, body.value).await;
    let status = done.as_ref().map_or(200, |(_, kept)| kept.status());
    Ok(stored(write.settle(status, done).await?))
}
