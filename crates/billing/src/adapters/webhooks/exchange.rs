//! One request and what its answer says, over a connection that is there.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderValue, Method, Request, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::Builder;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;

use crate::adapters::webhooks::retry_after;
use crate::adapters::webhooks::target::Target;
use crate::ports::webhooks::{Answer, Message, SendError};

/// The head of an answer is no longer than this, or it is no answer.
const HEAD_BYTES_MAX: usize = 16 * 1024;
const HEADERS_MAX: usize = 100;
/// So much of the answer's body is taken, for the other side's peace, and thrown away unread.
const ANSWER_BYTES_MAX: usize = 4 * 1024;
const ANSWER_TIME_MAX: Duration = Duration::from_secs(2);

/// Sends the message and answers with what the head of the answer says.
pub(super) async fn exchange<S>(stream: S, target: &Target, message: Message<'_>) -> Result<Answer, SendError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let request = request(target, message).ok_or(SendError::UrlRefused)?;
    let mut builder = Builder::new();
    builder.max_buf_size(HEAD_BYTES_MAX).max_headers(HEADERS_MAX);
    let (mut sender, connection) =
        builder.handshake(TokioIo::new(stream)).await.map_err(|_| SendError::Broken)?;
    // Ends with this set, whichever way this function ends.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let response = sender.send_request(request).await.map_err(|_| SendError::Broken)?;
    let status = response.status().as_u16();
    let wanted = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = wanted.and_then(retry_after::read);
    // The head is all that counts. A body that is too long, or drips, is cut off.
    let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect();
    let _ = tokio::time::timeout(ANSWER_TIME_MAX, body).await;
    Ok(Answer { status, retry_after })
}

fn request(target: &Target, message: Message<'_>) -> Option<Request<Full<Bytes>>> {
    let mut signature = HeaderValue::from_str(message.signature).ok()?;
    signature.set_sensitive(true);
    Request::builder()
        .method(Method::POST)
        .uri(&target.path)
        .header(header::HOST, &target.authority)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, "paydesk-webhooks")
        .header(header::CONNECTION, "close")
        .header("webhook-id", message.id)
        .header("webhook-timestamp", message.timestamp_s)
        .header("webhook-signature", signature)
        .body(Full::new(Bytes::copy_from_slice(message.body.as_bytes())))
        .ok()
}
