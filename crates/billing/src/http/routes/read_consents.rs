//! `GET /v1/wallet/consents` and `GET /v1/wallet/consents/{id}/document`

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use paydesk_domain::wire::wallet::WalletConsentsView;

use crate::http::auth::ClientCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::http::{HttpState, consent_document};
use crate::wire::ConsentsQuery;

/// Everything that was ever agreed to in the wallet, with every organization, the newest first: also what has ended.
#[utoipa::path(get, path = "/v1/wallet/consents", tag = "wallet",
    params(ConsentsQuery,
        ("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet.")),
    responses((status = 200, description = "The consents and mandates.", body = WalletConsentsView)),
    security(("session" = [])))]
pub async fn list_consents(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
    Params(query): Params<ConsentsQuery>,
) -> Result<Json<WalletConsentsView>, ApiError> {
    Ok(Json(state.app.read_consents(&client, query).await?))
}

/// One of them as a document to keep or to print.
#[utoipa::path(get, path = "/v1/wallet/consents/{id}/document", tag = "wallet",
    params(("id" = String, Path, description = "`aut_…` or `man_…`, of the list."),
        ("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet.")),
    responses((status = 200, description = "HTML, without script.", body = String, content_type = "text/html")),
    security(("session" = [])))]
pub async fn read_consent_document(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    Ok(consent_document::response(&state.app.read_consent(&client, &id).await?)?)
}
