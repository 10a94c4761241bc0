//! Keys of an organization's writes: what was asked, and what was answered.

use crate::store::macros::{execute, fetch_optional, row};
use crate::store::tx::{OrgTx, Tx};
use crate::store::{StoreError, dialect, sql};

row! {
    /// What is known of a key.
    KeyState {
        /// What the first request asked for.
        request_hash: String,
        /// When the work on it began.
        started_at_ms: i64,
        /// Who may finish it: rises when the work is taken over.
        fence: i64,
        /// The status that was answered, once it was.
        status: Option<i64>,
        /// The body that was answered.
        response: Option<String>,
    }
}

/// An answer to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    /// The HTTP status.
    pub status: i64,
    /// The JSON body.
    pub body: String,
}

impl OrgTx {
    /// Begins the work on a key. Answers false when the key is known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn start_key(
        &mut self,
        key: &str,
        request_hash: &str,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, sql::START_KEY, &self.org, key, request_hash, now_ms)? == 1)
    }

    /// What is known of a key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_key(&mut self, key: &str) -> Result<Option<KeyState>, StoreError> {
        fetch_optional!(self, KeyState, sql::FIND_KEY, &self.org, key)
    }

    /// Takes over the work on a key from somebody who did not finish. Answers whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_over_key(&mut self, key: &str, fence: i64, now_ms: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, sql::TAKE_OVER_KEY, &self.org, key, fence, now_ms)? == 1)
    }

    /// Forgets an old answer and begins anew. Answers whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_key(
        &mut self,
        key: &str,
        fence: i64,
        now_ms: i64,
        request_hash: &str,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, sql::RENEW_KEY, &self.org, key, fence, now_ms, request_hash)? == 1)
    }

    /// Keeps the answer, in the transaction that did the work. Answers whether the fence still matched.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_key(
        &mut self,
        key: &str,
        fence: i64,
        answer: &StoredAnswer,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, sql::FINISH_KEY, &self.org, key, fence, answer.status, &answer.body)? == 1)
    }

    /// Gives a key back whose request was refused, so that it can be sent again corrected.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_key(&mut self, key: &str, fence: i64) -> Result<(), StoreError> {
        execute!(self, sql::RELEASE_KEY, &self.org, key, fence)?;
        Ok(())
    }

    /// Forgets a few of the keys that began before a time, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_keys(&mut self, before_ms: i64) -> Result<(), StoreError> {
        let sql = match &self.tx {
            Tx::Sqlite(_) => dialect::sqlite::FORGET_KEYS,
            Tx::Postgres(_) => dialect::postgres::FORGET_KEYS,
        };
        execute!(self, sql, &self.org, before_ms)?;
        Ok(())
    }
}
