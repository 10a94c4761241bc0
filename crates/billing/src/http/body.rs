//! JSON bodies and queries, with our own words when they cannot be read.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use paydesk_domain::wire::error::ErrorCode;
use serde::de::DeserializeOwned;

use crate::app::AppError;
use crate::http::HttpState;
use crate::http::error::ApiError;
use crate::secret::sha256_hex;
use crate::store::StoredAnswer;

/// A JSON body, and the hash of the request that brought it.
#[derive(Debug)]
pub struct JsonBody<T> {
    /// The body.
    pub value: T,
    /// SHA-256 of method, path and body.
    pub request_hash: String,
}

impl<T: DeserializeOwned> FromRequest<HttpState> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &HttpState) -> Result<Self, ApiError> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return Err(AppError::refused(
                ErrorCode::UnsupportedMediaType,
                "Send JSON, as application/json.",
            )
            .into());
        }
        let target = format!("{} {}\n", request.method(), request.uri().path());
        let unreadable = || AppError::refused(ErrorCode::InvalidRequest, "The body cannot be read.");
        let body = Bytes::from_request(request, state).await.map_err(|_| unreadable())?;
        let value = serde_json::from_slice(&body).map_err(|error| {
            AppError::refused(ErrorCode::InvalidRequest, format!("The body does not fit: {error}."))
        })?;
        let request_hash = sha256_hex(&[target.as_bytes(), &body].concat());
        Ok(Self { value, request_hash })
    }
}

/// The parameters of a query.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<HttpState> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &HttpState) -> Result<Self, ApiError> {
        let query = Query::try_from_uri(&parts.uri);
        query.map(|Query(value)| Self(value)).map_err(|error| {
            AppError::refused(ErrorCode::InvalidRequest, format!("The query does not fit: {error}.")).into()
        })
    }
}

/// An answer that was kept, or has just been.
pub fn stored(answer: StoredAnswer) -> Response {
    let status =
        u16::try_from(answer.status).ok().and_then(|status| axum::http::StatusCode::from_u16(status).ok());
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (status.unwrap_or(axum::http::StatusCode::OK), headers, answer.body).into_response()
}
