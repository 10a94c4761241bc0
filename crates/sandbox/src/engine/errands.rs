//! Does what is due: each errand once, in its order, in a line of the log of its own.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::{Account, Engine};
use crate::errands::carry_out;
use crate::store::{Acknowledgement, Book, Change, Context, LogError, Tx};

/// How long to sleep at most while errands wait: their time is told by a clock that a test may move.
const NAP: Duration = Duration::from_millis(100);

/// Does what is due as its time comes, until the task is aborted or the log fails.
pub async fn run_errands(engine: Arc<Engine>) {
    loop {
        if let Err(why) = engine.catch_up_all().await {
            tracing::error!(error = %why, "what is due cannot be done");
            return;
        }
        let waiting = engine.accounts().iter().any(|account| !account.book().agenda.is_empty());
        tokio::select! {
            () = engine.errands.notified() => {}
            () = tokio::time::sleep(NAP), if waiting => {}
        }
    }
}

impl Engine {
    /// Tells that an agenda may have changed.
    pub(super) fn ring_for_errands(&self) {
        self.errands.notify_one();
    }

    /// Does what is due in all accounts, and waits until it is on disk. Says how much it was.
    ///
    /// # Errors
    /// When the log has failed.
    pub async fn catch_up_all(&self) -> Result<usize, LogError> {
        let mut done = 0;
        for account in self.accounts() {
            done += self.catch_up_with(&account).await?;
        }
        Ok(done)
    }

    /// Does what is due in one account, and waits until it is on disk. Says how much it was.
    ///
    /// # Errors
    /// When the log has failed.
    pub async fn catch_up_with(&self, account: &Account) -> Result<usize, LogError> {
        let (done, written) = {
            let mut book = account.book();
            self.catch_up(account, &mut book, self.config.clock.now())?
        };
        if let Some(written) = written {
            written.wait().await?;
            self.letters.notify_one();
        }
        Ok(done)
    }

    /// Does what is due by `now` in a book that the caller has locked, each errand as if at the moment when it
    /// was due. What a line has on disk includes that the errand is over, so that a crash neither loses nor
    /// repeats one.
    pub(super) fn catch_up(
        &self,
        account: &Account,
        book: &mut Book,
        now: Timestamp,
    ) -> Result<(usize, Option<Acknowledgement>), LogError> {
        let (mut done, mut written) = (0, None);
        while let Some(due) = book.agenda.first_due(now.as_millisecond()).cloned() {
            let context = Context {
                account: &account.id,
                now: Timestamp::from_millisecond(due.at_ms).unwrap_or(now),
                ids: &self.ids,
                vault: self.vault(),
                request: None,
                idempotency_key: due.idempotency_key.as_deref(),
                origin: None,
                search_lag_ms: 0,
                times: self.config.debits,
            };
            let mut tx = Tx::new(book, context);
            tx.put(Change::DueOver(due.id.clone()));
            carry_out(&mut tx, &due);
            written = Some(self.log().append(&account.id, &tx.finish())?);
            done += 1;
        }
        Ok((done, written))
    }

    /// Moves the processor's clock ahead, and does what is due then. The move is noted in the log of `account`.
    /// Says how much was due.
    ///
    /// # Errors
    /// When the log has failed.
    pub async fn move_clock(&self, account: &str, by_ms: i64) -> Result<usize, LogError> {
        let written = {
            let _moving = self.clock_moves.lock().unwrap_or_else(PoisonError::into_inner);
            let ahead_ms = self.clock.ahead_ms().saturating_add(by_ms);
            // Written first: whatever is done at the new time comes after it in the log.
            let written = self.log().append(account, &[Change::ClockMoved { ahead_ms }])?;
            self.clock.put_ahead(ahead_ms);
            written
        };
        written.wait().await?;
        let done = self.catch_up_all().await?;
        self.letters.notify_one();
        Ok(done)
    }

    /// By how many milliseconds the clock was moved ahead.
    pub fn ahead_ms(&self) -> i64 {
        self.clock.ahead_ms()
    }
}
