//! `DELETE /v1/wallet/authorizations/{id}`

use axum::extract::{Path, State};
use axum::response::Response;
use paydesk_domain::wire::wallet::WalletAuthorizationEndView;
use serde::Deserialize;

use crate::app::AppError;
use crate::app::revoke_authorization::Agreed;
use crate::http::HttpState;
use crate::http::auth::{ClientCaller, WriteKey};
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::http::routes::changed;
use crate::secret::sha256_hex;

/// What is to become of what was agreed to.
#[derive(Debug, Deserialize)]
pub struct RevocationQuery {
    /// `continue` or `end`.
    plans: Option<String>,
}

/// Let an organization charge a method no more.
///
/// Where something was agreed to with it, that is listed first (409 `method_in_use`): then say whether it goes on
/// (`plans=continue`) or ends as well (`plans=end`).
#[utoipa::path(delete, path = "/v1/wallet/authorizations/{id}", tag = "wallet",
    params(("id" = String, Path, description = "`aut_…`, of the wallet."),
        ("plans" = Option<String>, Query, description = "`continue` or `end`: what is to become of what was agreed to."),
        ("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet."),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "Ended.", body = WalletAuthorizationEndView)),
    security(("session" = [])))]
pub async fn revoke_authorization(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
    key: WriteKey,
    Path(id): Path<String>,
    Params(query): Params<RevocationQuery>,
) -> Result<Response, ApiError> {
    let app = &state.app;
    let agreed = match query.plans.as_deref() {
        None => None,
        Some("continue") => Some(Agreed::Continues),
        Some("end") => Some(Agreed::Ends),
        Some(_) => return Err(AppError::invalid("plans", "continue or end.").into()),
    };
    let tenant = app.has_authorization(&client, &id).await?;
    // There is no body: method, path and query are all that is asked for.
    let request_hash =
        sha256_hex(format!("DELETE /v1/wallet/authorizations/{id}?plans={agreed:?}\n").as_bytes());
    changed(app, &tenant, &key.of_session(&client), &request_hash, |tx| {
        app.revoke_authorization(tx, &client, &id, agreed)
    })
    .await
}
