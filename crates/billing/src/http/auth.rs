//! Who is calling, as extractors.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use paydesk_domain::wire::error::ErrorCode;

use crate::app::AppError;
use crate::app::authenticate::{Client, Organization, Payer, Unconfirmed};
use crate::app::read_confirmation::Origin;
use crate::app::write_once::KEY_CHARACTERS_MAX;
use crate::http::error::ApiError;
use crate::http::{HttpState, limits, peer};
use crate::secret::Secret;

/// An organization's server, by its key.
#[derive(Debug)]
pub struct OrganizationCaller(pub Organization);

/// A payer's browser, by its session's secret.
#[derive(Debug)]
pub struct PayerCaller(pub Payer);

/// The browser of a client who looks after their wallet, by the secret that they were given when they confirmed who they are.
#[derive(Debug)]
pub struct ClientCaller(pub Client);

/// Whoever has a wallet session's secret, also the organization's server: for confirming that it is the client, and nothing else.
#[derive(Debug)]
pub struct UnconfirmedCaller(pub Unconfirmed);

/// The `Idempotency-Key` that every write must bring.
#[derive(Debug)]
pub struct WriteKey(pub String);

/// Where the request came from.
#[derive(Debug)]
pub struct CallerOrigin(pub Origin);

impl FromRequestParts<HttpState> for OrganizationCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, ApiError> {
        let key = bearer(&parts.headers).ok_or_else(|| {
            AppError::refused(ErrorCode::KeyInvalid, "Send a key: Authorization: Bearer sk_paydesk_…")
        })?;
        let organization = state.app.organization_of(&key, Some(address(parts, state))).await?;
        limits::recognize(&parts.extensions);
        Ok(Self(organization))
    }
}

impl FromRequestParts<HttpState> for PayerCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, ApiError> {
        let secret = bearer(&parts.headers).ok_or_else(|| {
            AppError::refused(
                ErrorCode::SessionInvalid,
                "Send the session's secret: Authorization: Bearer cs_…",
            )
        })?;
        let payer = state.app.payer_of(&secret, parent(&parts.headers), Some(address(parts, state))).await?;
        limits::recognize(&parts.extensions);
        Ok(Self(payer))
    }
}

impl FromRequestParts<HttpState> for ClientCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, ApiError> {
        let secret = bearer(&parts.headers).ok_or_else(|| {
            AppError::refused(
                ErrorCode::SessionInvalid,
                "Send what opens the wallet: Authorization: Bearer wa_…",
            )
        })?;
        let client =
            state.app.client_of(&secret, parent(&parts.headers), Some(address(parts, state))).await?;
        limits::recognize(&parts.extensions);
        Ok(Self(client))
    }
}

impl FromRequestParts<HttpState> for UnconfirmedCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, ApiError> {
        let secret = bearer(&parts.headers).ok_or_else(|| {
            AppError::refused(
                ErrorCode::SessionInvalid,
                "Send the session's secret: Authorization: Bearer ws_…",
            )
        })?;
        let unconfirmed =
            state.app.unconfirmed_of(&secret, parent(&parts.headers), Some(address(parts, state))).await?;
        limits::recognize(&parts.extensions);
        Ok(Self(unconfirmed))
    }
}

impl FromRequestParts<HttpState> for WriteKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &HttpState) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get("idempotency-key") else {
            let detail = "Every write needs an Idempotency-Key: the same key is the same write.";
            return Err(AppError::refused(ErrorCode::IdempotencyKeyMissing, detail).into());
        };
        let key = value.to_str().unwrap_or_default().trim();
        if key.is_empty() || key.len() > KEY_CHARACTERS_MAX {
            let detail = format!("1 to {KEY_CHARACTERS_MAX} printable ASCII characters.");
            return Err(AppError::invalid("Idempotency-Key", detail).into());
        }
        Ok(Self(key.to_owned()))
    }
}

impl WriteKey {
    /// The key of a write that came through a wallet session. Keys are kept by organization: the session's is told apart from those of
    /// the organization's server, and of other sessions.
    pub fn of_session(&self, client: &Client) -> String {
        format!("{} {}", client.session.id, self.0)
    }
}

impl FromRequestParts<HttpState> for CallerOrigin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Self::Rejection> {
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let user_agent = agent.map(|agent| agent.chars().take(512).collect());
        Ok(Self(Origin { address: Some(address(parts, state)), user_agent }))
    }
}

/// The network address of whoever sends the request.
fn address(parts: &Parts, state: &HttpState) -> String {
    peer::address(&parts.extensions, &parts.headers, state.settings.trusted_proxy).to_string()
}

/// The origin of the page that embeds the browser's side, as that side says.
fn parent(headers: &HeaderMap) -> Option<&str> {
    headers.get("paydesk-parent-origin").and_then(|value| value.to_str().ok())
}

fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let token = value.strip_prefix("Bearer ")?.trim();
    (!token.is_empty() && token.len() <= 128).then(|| Secret::new(token.to_owned()))
}
