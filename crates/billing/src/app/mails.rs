//! What the use cases of mail share: the way out, the sealing key, and a bell.

use std::sync::Arc;
use std::time::Duration;

use paydesk_domain::wire::error::ErrorCode;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::app::AppError;
use crate::clock::Mint;
use crate::ports::mail::Mailer;
use crate::seal::{SealKeys, Sealed};

/// How mail is sent.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// The way out.
    pub mailer: Arc<dyn Mailer>,
    /// What mails are sealed with until they are sent.
    pub secret_key: SealKeys,
    /// How long one try may take. A mail belongs to whoever sends it for three times as long.
    pub timeout: Duration,
}

/// What a mail says while it waits. It may hold a code: it cannot be printed.
#[derive(Serialize, Deserialize)]
pub(super) struct Letter {
    /// The address.
    pub(super) to: String,
    /// What it is about.
    pub(super) subject: String,
    /// What it says.
    pub(super) body: String,
    /// Its language.
    pub(super) language: String,
}

impl MailSettings {
    /// Seals a letter for its place.
    pub(super) fn seal(
        &self,
        mint: &Mint,
        login: &str,
        id: &str,
        letter: &Letter,
    ) -> Result<String, AppError> {
        let text = serde_json::to_vec(letter)
            .map(Zeroizing::new)
            .map_err(|_| AppError::Inconsistent("a letter that cannot be written".into()))?;
        Ok(self.secret_key.seal(mint, &owner(login, id), &text)?)
    }

    /// Opens a letter.
    pub(super) fn open(&self, login: &str, id: &str, sealed: &str) -> Result<Letter, Sealed> {
        let text = self.secret_key.open(&owner(login, id), sealed)?;
        serde_json::from_slice(&text).map_err(|_| Sealed)
    }
}

/// The refusal of a server without mail.
pub(super) fn unavailable() -> AppError {
    let detail =
        "This server was set up without mail, so that no code can be sent: its operator sets mail.url.";
    AppError::refused(ErrorCode::MailUnavailable, detail)
}

/// Whom a sealed letter belongs to: it opens in this row only.
fn owner(login: &str, id: &str) -> String {
    format!("mail {login} {id}")
}
