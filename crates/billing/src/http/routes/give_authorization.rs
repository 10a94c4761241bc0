//! `POST /v1/wallet/methods/{id}/authorizations`

use axum::extract::{Path, State};
use axum::response::Response;
use paydesk_domain::wire::wallet::{WalletAuthorizationRequest, WalletAuthorizationView};

use crate::http::HttpState;
use crate::http::auth::{CallerOrigin, ClientCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::created;

/// Let an organization charge a method: what was agreed to is kept with its hash, the time, the network address and the browser.
#[utoipa::path(post, path = "/v1/wallet/methods/{id}/authorizations", tag = "wallet",
    request_body = WalletAuthorizationRequest,
    params(("id" = String, Path, description = "`pm_…`, of the wallet."),
        ("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet."),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 201, description = "Given.", body = WalletAuthorizationView)), security(("session" = [])))]
pub async fn give_authorization(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
    key: WriteKey,
    CallerOrigin(origin): CallerOrigin,
    Path(id): Path<String>,
    body: JsonBody<WalletAuthorizationRequest>,
) -> Result<Response, ApiError> {
    let app = &state.app;
    let tenant = app.to_be_authorized(&client, &body.value.organization).await?;
    created(app, &tenant, &key.of_session(&client), &body.request_hash, |tx| {
        app.give_authorization(tx, &client, &id, body.value, origin)
    })
    .await
}
