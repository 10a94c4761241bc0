//! `/v1/wallet/verifications/{id}`

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use paydesk_domain::wire::wallet::WalletVerificationView;

use crate::http::HttpState;
use crate::http::auth::{ClientCaller, WriteKey};
use crate::http::error::ApiError;

/// Where a card stands that is saved or brought up to date, and whose bank asks for a proof.
///
/// What becomes of it is decided here, also when nobody asks any more.
#[utoipa::path(get, path = "/v1/wallet/verifications/{id}", tag = "wallet",
    params(("id" = String, Path, description = "`wve_…`."),
        ("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet.")),
    responses((status = 200, description = "Where it stands.", body = WalletVerificationView)), security(("session" = [])))]
pub async fn read_wallet_verification(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
    Path(id): Path<String>,
) -> Result<Json<WalletVerificationView>, ApiError> {
    Ok(Json(state.app.read_wallet_verification(&client, &id).await?))
}

/// Give the proof up: nothing is saved.
///
/// The processor cancels it first. Where the client gave the proof a moment before, that is answered (409 `not_changeable`). While
/// the processor has not answered: 503 `unavailable`, and the same request may come again.
#[utoipa::path(delete, path = "/v1/wallet/verifications/{id}", tag = "wallet",
    params(("id" = String, Path, description = "`wve_…`."),
        ("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the wallet."),
        ("Idempotency-Key" = String, Header, description = "Any: what is given up twice is given up.")),
    responses((status = 204, description = "Given up: nothing is saved.")), security(("session" = [])))]
pub async fn give_verification_up(
    State(state): State<HttpState>,
    ClientCaller(client): ClientCaller,
    _key: WriteKey,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.app.give_verification_up(&client, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
