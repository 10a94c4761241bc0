//! `POST /v1/wallet/erasure`

use axum::extract::State;
use axum::response::Response;

use crate::http::HttpState;
use crate::http::auth::{ClientCaller, WriteKey};
use crate::http::error::ApiError;
use crate::http::routes::changed;
use crate::secret::sha256_hex;
use crate::wire::WalletErasureView;

/// Erase the wallet: every method is removed and no organization may charge any of them; names and addresses of all methods, devices,
/// codes, mails that wait, and network addresses go. It ends what opens the wallet, this access as well.
///
/// Refused while something is planned or under way (409 `method_in_use`, with the list of what is planned). What stays is in the
/// answer: what was agreed to, as long as the organization has to be able to show it; and each organization's own records.
#[utoipa::path(post, path = "/v1/wallet/erasure", tag = "wallet",
    params(("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet."),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "Erased.", body = WalletErasureView)), security(("session" = [])))]
pub async fn erase_wallet(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
    key: WriteKey,
) -> Result<Response, ApiError> {
    let app = &state.app;
    // There is no body: method and path are all that is asked for.
    let request_hash = sha256_hex(b"POST /v1/wallet/erasure\n");
    let answer = changed(app, &client.tenant, &key.of_session(&client), &request_hash, |tx| {
        app.erase_wallet(tx, &client)
    })
    .await?;
    app.work.notify_one();
    app.to_mail.notify_one();
    Ok(answer)
}
