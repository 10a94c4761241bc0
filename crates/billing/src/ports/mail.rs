//! The way to clients' mailboxes, and what a try to send a mail comes to.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

/// Sends mails.
#[async_trait]
pub trait Mailer: fmt::Debug + Send + Sync {
    /// Hands one mail over to whoever delivers it. Whoever calls bounds the time.
    ///
    /// # Errors
    /// [`MailError`]: it may have been taken all the same. The same mail may be sent again: it has the same name, by which a
    /// reader's program knows it.
    async fn send(&self, mail: Mail<'_>) -> Result<Handed, MailError>;
}

/// One mail. It cannot be printed: it may hold a code.
#[derive(Clone, Copy)]
pub struct Mail<'a> {
    /// `mai_…`: the same for every try. Its `Message-ID` is made of it.
    pub id: &'a str,
    /// To whom: an address.
    pub to: &'a str,
    /// What it is about.
    pub subject: &'a str,
    /// What it says, as plain text.
    pub body: &'a str,
    /// Its language, `en` or `fr`.
    pub language: &'a str,
    /// When it was written.
    pub at: Timestamp,
}

impl fmt::Debug for Mail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What became of a mail that somebody decided about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handed {
    /// It was taken.
    Taken,
    /// It is never taken for this recipient, and why in one word: the server's status, or `address`.
    Refused(String),
}

/// Why it is not known, or not yet, what becomes of a mail.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Nobody takes connections there, or the connection broke.
    #[error("not_reached")]
    NotReached,
    /// The server is not who it should be, or speaks no TLS.
    #[error("tls_failed")]
    TlsFailed,
    /// There was no answer in time.
    #[error("timed_out")]
    TimedOut,
    /// The server does not take it now, or nothing of ours: its status.
    #[error("status_{0}")]
    NotNow(String),
    /// It could not be put away.
    #[error("not_written")]
    NotWritten,
}
