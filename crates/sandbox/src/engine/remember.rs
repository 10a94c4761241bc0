//! Idempotency keys: the same request again gets the same answer, another request is refused.

use hmac::Mac;
use sha2::{Digest, Sha256};

use super::Exchange;
use super::answer::Answer;
use crate::error::ApiError;
use crate::store::{Book, SavedAnswer};
use crate::vault::Vault;

const KEY_MAX: usize = 255;

/// What a request is, in digests: one without its secrets, one with them under the vault's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digests {
    open: String,
    sealed: String,
}

impl Digests {
    /// Of a request.
    pub fn of(exchange: &Exchange, vault: &Vault) -> Self {
        let mut open = Sha256::new();
        Digest::update(&mut open, exchange.target.as_bytes());
        exchange.call.form.digest(&mut open, false);
        let mut sealed = vault.keyed("request");
        Mac::update(&mut sealed, exchange.target.as_bytes());
        exchange.call.form.digest(&mut sealed, true);
        Self { open: hex(&open.finalize()), sealed: hex(&sealed.finalize().into_bytes()) }
    }

    /// As kept with an answer.
    pub fn save(
        self,
        key: &str,
        exchange: &Exchange,
        answer: &Answer,
        vault: &Vault,
        at_ms: i64,
    ) -> SavedAnswer {
        SavedAnswer {
            key: key.to_owned(),
            at_ms,
            digest: self.open,
            sealed_digest: self.sealed,
            vault_key: vault.key_id().to_owned(),
            request: exchange.request.clone(),
            status: answer.status,
            body: answer.body.clone(),
        }
    }

    fn fits(&self, saved: &SavedAnswer, vault: &Vault) -> bool {
        // Sealed digests of a vault whose key is gone say nothing.
        let same_vault = saved.vault_key == vault.key_id();
        self.open == saved.digest && (!same_vault || self.sealed == saved.sealed_digest)
    }
}

/// What a key says of a request.
#[derive(Debug)]
pub enum Memory {
    /// It is new; it counts as under way from now on.
    New,
    /// It was answered before.
    Answered(Answer),
}

/// Asks the book about a key, and marks a new one as under way.
///
/// # Errors
/// 400 when the key belongs to another request, 409 while its first request is under way.
pub fn recall(
    book: &mut Book,
    key: &str,
    digests: &Digests,
    vault: &Vault,
    now_ms: i64,
) -> Result<Memory, ApiError> {
    if key.is_empty()
        || key.len() > KEY_MAX
        || !key.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
    {
        return Err(ApiError::idempotency(400, "Idempotency keys have 1 to 255 printable characters."));
    }
    book.forget_old_answers(now_ms);
    // Under way comes first: an answer is in the book a moment before it is on disk, and may not be told then.
    if let Some(digest) = book.in_flight.get(key) {
        if *digest != digests.sealed {
            return Err(other_request());
        }
        let message = "There is currently another in-progress request using this Idempotent Key. Please try again later.";
        return Err(ApiError::idempotency(409, message).code("idempotency_key_in_use"));
    }
    if let Some(saved) = book.answer(key, now_ms) {
        if !digests.fits(saved, vault) {
            return Err(other_request());
        }
        let (status, body, replays) = (saved.status, saved.body.clone(), Some(saved.request.clone()));
        return Ok(Memory::Answered(Answer { status, body, replays }));
    }
    book.in_flight.insert(key.to_owned(), digests.sealed.clone());
    Ok(Memory::New)
}

fn other_request() -> ApiError {
    let message = "Keys for idempotent requests can only be used with the same parameters they were first used with. \
                   Try using a different key if you meant to execute a different request.";
    ApiError::idempotency(400, message)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
