//! `POST /v1/wallet/methods`

use axum::extract::State;
use axum::response::Response;
use paydesk_domain::wire::wallet::{NewWalletMethod, SavedWalletMethodView, WalletVerificationAskedView};

use crate::app::write_once::Begun;
use crate::http::HttpState;
use crate::http::auth::{ClientCaller, WriteKey};
use crate::http::body::{JsonBody, stored};
use crate::http::error::ApiError;

/// Save a card or a bank account. Nobody may charge it until the client says so.
///
/// The same card or account is recognised: the one that is there is answered, unchanged, with `known`. A card whose bank asks for a
/// proof is saved once that is given: it is answered with where that is done.
#[utoipa::path(post, path = "/v1/wallet/methods", tag = "wallet", request_body = NewWalletMethod,
    params(("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet."),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 201, description = "Saved.", body = SavedWalletMethodView),
        (status = 200, description = "It was there already.", body = SavedWalletMethodView),
        (status = 202, description = "The bank asks for a proof.", body = WalletVerificationAskedView)), security(("session" = [])))]
pub async fn save_wallet_method(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
    key: WriteKey,
    body: JsonBody<NewWalletMethod>,
) -> Result<Response, ApiError> {
    let key = key.of_session(&client);
    let write = match state.app.begin_write(&client.tenant, &key, &body.request_hash).await? {
        Begun::Answered(answer) => return Ok(stored(answer)),
        Begun::Fresh(write) => write,
    };
    let done = state.app.save_wallet_method(&client, &write, (&key, &body.request_hash), body.value).await;
    let status = done.as_ref().map_or(200, |(_, kept)| kept.status());
    Ok(stored(write.settle(status, done).await?))
}
