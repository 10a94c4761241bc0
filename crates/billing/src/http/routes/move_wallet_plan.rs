//! `POST /v1/wallet/plans/{id}/method`

use axum::extract::{Path, State};
use axum::response::Response;
use paydesk_domain::wire::wallet::{WalletPlanMethodRequest, WalletPlanMethodView};

use crate::http::HttpState;
use crate::http::auth::{ClientCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::changed;

/// Have what is planned of one plan charged to another method of the wallet. A charge that is under way stays where it is.
///
/// The organization must be authorized for that method (422 `not_authorized`).
#[utoipa::path(post, path = "/v1/wallet/plans/{id}/method", tag = "wallet", request_body = WalletPlanMethodRequest,
    params(("id" = String, Path, description = "`pln_…`, as the wallet's planned payments say."),
        ("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet."),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "Moved.", body = WalletPlanMethodView)), security(("session" = [])))]
pub async fn move_wallet_plan(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
    key: WriteKey,
    Path(id): Path<String>,
    body: JsonBody<WalletPlanMethodRequest>,
) -> Result<Response, ApiError> {
    let app = &state.app;
    let tenant = app.has_plan(&client, &id).await?;
    changed(app, &tenant, &key.of_session(&client), &body.request_hash, |tx| {
        app.move_wallet_plan(tx, &client, &id, body.value)
    })
    .await
}
