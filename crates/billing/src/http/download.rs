//! A file that is sent as it is written.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use futures_core::Stream;

use crate::app::AppError;
use crate::app::export::Pieces;

struct Sent(Pieces);

impl Stream for Sent {
    type Item = Result<Vec<u8>, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

/// A JSON file to keep. Where it cannot be read to its end, the connection breaks.
///
/// # Errors
/// When the name is none that a header can hold.
pub fn json(name: &str, pieces: Pieces) -> Result<Response, AppError> {
    let name = HeaderValue::try_from(format!("attachment; filename=\"{name}.json\""))
        .map_err(|_| AppError::Inconsistent("a file's name that is none".into()))?;
    let mut response = Body::from_stream(Sent(pieces)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}
