//! Writes by an organization's server are done once per key, whatever is repeated or dies.
//!
//! The key is taken first and committed; the answer is kept in the same transaction as what the write did. So a key
//! that is taken but has no answer stands for work that either goes on elsewhere (409, come back) or died before it
//! did anything, and can be taken over once its time is up.

use paydesk_domain::wire::error::ErrorCode;
use serde::Serialize;

use crate::app::{App, AppError, millis};
use crate::store::{OrgTx, StoredAnswer, Tenant};

/// How long a key may be.
pub const KEY_CHARACTERS_MAX: usize = 255;

/// What to do with a write.
#[derive(Debug)]
pub enum Begun {
    /// It was done before: this was the answer.
    Answered(StoredAnswer),
    /// It is to be done now.
    Fresh(Write),
}

/// A write under way.
#[derive(Debug)]
pub struct Write {
    tenant: Tenant,
    key: String,
    fence: i64,
}

impl App {
    /// Takes a key.
    ///
    /// # Errors
    /// `idempotency_in_flight`, `idempotency_mismatch`; when the database fails.
    pub async fn begin_write(
        &self,
        tenant: &Tenant,
        key: &str,
        request_hash: &str,
    ) -> Result<Begun, AppError> {
        let now = self.mint.now_ms();
        let mut tx = tenant.write().await?;
        let fresh = |fence| Begun::Fresh(Write { tenant: tenant.clone(), key: key.to_owned(), fence });
        if tx.start_key(key, request_hash, now).await? {
            // Each new key takes a few old ones with it, so that the table does not grow for ever.
            tx.forget_keys(now.saturating_sub(millis(self.settings.answer_kept))).await?;
            tx.commit().await?;
            return Ok(fresh(1));
        }
        let known =
            tx.find_key(key).await?.ok_or(AppError::Inconsistent("a key that is and is not there".into()))?;
        let age = now.saturating_sub(known.started_at_ms);
        if age >= millis(self.settings.answer_kept) {
            let renewed = tx.renew_key(key, known.fence, now, request_hash).await?;
            tx.commit().await?;
            return if renewed { Ok(fresh(known.fence + 1)) } else { Err(in_flight()) };
        }
        if known.request_hash != request_hash {
            let detail = "This Idempotency-Key was used with another request: use a new one.";
            return Err(AppError::refused(ErrorCode::IdempotencyMismatch, detail));
        }
        match (known.status, known.response) {
            (Some(status), Some(body)) => Ok(Begun::Answered(StoredAnswer { status, body })),
            _ if age >= millis(self.settings.write_lease) => {
                let taken = tx.take_over_key(key, known.fence, now).await?;
                tx.commit().await?;
                if taken { Ok(fresh(known.fence + 1)) } else { Err(in_flight()) }
            }
            _ => Err(in_flight()),
        }
    }
}

fn in_flight() -> AppError {
    AppError::refused(
        ErrorCode::IdempotencyInFlight,
        "The first request with this Idempotency-Key is still under way.",
    )
}

impl Write {
    /// A transaction to do the write in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn transaction(&self) -> Result<OrgTx, AppError> {
        Ok(self.tenant.write().await?)
    }

    /// Keeps the answer and commits, or gives the key back when the write was refused.
    ///
    /// # Errors
    /// The refusal; `idempotency_in_flight` when the write took so long that somebody else took it over; when the
    /// database fails.
    pub async fn settle<T: Serialize>(
        self,
        status: u16,
        done: Result<(OrgTx, T), AppError>,
    ) -> Result<StoredAnswer, AppError> {
        let (mut tx, view) = match done {
            Ok(done) => done,
            Err(error) => {
                self.give_back().await?;
                return Err(error);
            }
        };
        let body = serde_json::to_string(&view)
            .map_err(|_| AppError::Inconsistent("an answer that is no JSON".into()))?;
        let answer = StoredAnswer { status: i64::from(status), body };
        if !tx.finish_key(&self.key, self.fence, &answer).await? {
            tx.rollback().await?;
            return Err(in_flight());
        }
        match tx.commit().await {
            Ok(()) => Ok(answer),
            // Certainly not done, so that the same key may come again at once.
            Err(error) if error.is_overload() => {
                self.give_back().await?;
                Err(error.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Gives the key back: nothing was done under it.
    async fn give_back(&self) -> Result<(), AppError> {
        let mut tx = self.tenant.write().await?;
        tx.release_key(&self.key, self.fence).await?;
        Ok(tx.commit().await?)
    }
}
