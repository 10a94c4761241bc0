//! `POST /processor/webhooks`

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use paydesk_domain::wire::error::ErrorCode;

use crate::app::AppError;
use crate::http::HttpState;
use crate::http::error::ApiError;

/// Its path.
pub const PATH: &str = "/processor/webhooks";

/// Where the processor delivers its events. Not part of the API: it is verified by its signature, on the raw bytes, and
/// answered as soon as it is stored.
pub async fn receive_event(
    State(state): State<HttpState>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, ApiError> {
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    match state.app.receive_delivery(signature, &body).await? {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(refused) => Err(AppError::refused(ErrorCode::InvalidRequest, refused.to_string()).into()),
    }
}
