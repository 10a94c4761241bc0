//! `POST /v1/wallet_sessions`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::app::create_session::SessionMade;
use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::{kept, once};
use crate::wire::{CreatedWalletSession, NewWalletSession};

/// Make a wallet session for a client who is signed in with you. Its secret is shown this once and goes to their browser.
///
/// It opens the client's whole wallet, also what they let other organizations charge: it is for the client alone. Only the
/// secret's hash is kept; a repeated request gets the same session with another secret, which is as good as the first.
#[utoipa::path(post, path = "/v1/wallet_sessions", tag = "wallet sessions", request_body = NewWalletSession,
    params(("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 201, description = "Made.", body = CreatedWalletSession)), security(("key" = [])))]
pub async fn create_wallet_session(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    body: JsonBody<NewWalletSession>,
) -> Result<(StatusCode, Json<CreatedWalletSession>), ApiError> {
    let (app, hash) = (&state.app, &body.request_hash);
    let answer =
        once(app, &caller.tenant, &key, hash, |tx| app.create_wallet_session(tx, body.value)).await?;
    let made: SessionMade = kept(&answer)?;
    Ok((StatusCode::CREATED, Json(app.reveal_wallet_session(&caller.tenant, made).await?)))
}
