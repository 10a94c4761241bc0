//! The way to the organizations' servers: which addresses they may have, and what a try to tell them comes to.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

/// Sends messages to endpoints.
#[async_trait]
pub trait WebhookSender: fmt::Debug + Send + Sync {
    /// Reads where an endpoint is to be, and answers with the normal spelling.
    ///
    /// # Errors
    /// [`UrlRefused`] when nothing is ever sent to such a URL.
    fn accept(&self, url: &str) -> Result<String, UrlRefused>;

    /// Sends one message and answers with what came back. Whoever calls bounds the time.
    ///
    /// # Errors
    /// See [`SendError`]. The other side may have got the message all the same.
    async fn send(&self, message: Message<'_>) -> Result<Answer, SendError>;
}

/// One message, signed.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Where to.
    pub url: &'a str,
    /// The event's id: the same for every try.
    pub id: &'a str,
    /// When it was signed, in seconds since 1970.
    pub timestamp_s: i64,
    /// The signatures, separated by spaces.
    pub signature: &'a str,
    /// What was signed.
    pub body: &'a str,
}

/// What an endpoint answered, as far as anything follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// When it wants to be asked again, if it says so.
    pub retry_after: Option<RetryAfter>,
}

/// A `Retry-After`, which HTTP writes in two ways (RFC 9110, 10.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// After so many seconds.
    Seconds(i64),
    /// At a time.
    At(Timestamp),
}

impl From<u16> for Answer {
    fn from(status: u16) -> Self {
        Self { status, retry_after: None }
    }
}

/// A URL that an endpoint may not have, and why, for developers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UrlRefused(pub &'static str);

/// Why a message has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The URL may not be used, or not any more.
    #[error("url_refused")]
    UrlRefused,
    /// The name leads to no address.
    #[error("name_unknown")]
    NameUnknown,
    /// The name leads to an address that is not public. Nothing was sent.
    #[error("address_refused")]
    AddressRefused,
    /// Nobody takes connections there.
    #[error("not_reached")]
    NotReached,
    /// The certificate is not good for the name, or there is no TLS.
    #[error("tls_failed")]
    TlsFailed,
    /// The connection broke, or what came back is no HTTP.
    #[error("broken")]
    Broken,
    /// There was no answer in time.
    #[error("timed_out")]
    TimedOut,
}

impl SendError {
    /// The reason in one word, as it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UrlRefused => "url_refused",
            Self::NameUnknown => "name_unknown",
            Self::AddressRefused => "address_refused",
            Self::NotReached => "not_reached",
            Self::TlsFailed => "tls_failed",
            Self::Broken => "broken",
            Self::TimedOut => "timed_out",
        }
    }
}
