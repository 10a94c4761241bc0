//! Finds out what became of an attempt whose answer was lost.

use paydesk_domain::attempt::AttemptEvent;
use paydesk_domain::engine::{Finding, Sends, Window};
use tokio::time::Instant;

use crate::app::report::{Report, Unfinished};
use crate::app::{App, AppError, millis};
use crate::failpoint;
use crate::ports::processor::{Found, LookUp, ProcessorError};
use crate::store::{AttemptRow, Reading, Tenant};

/// What a look-up came to.
struct Asked {
    /// What was found; none when it was stopped or failed before it came to its end.
    found: Option<Found>,
    /// How far it came.
    reading: Option<Reading>,
    /// Whether it came further than the look-up before it.
    advanced: bool,
}

impl App {
    /// Looks an attempt up if it is due. Does nothing when somebody else does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look_up_attempt(&self, tenant: &Tenant, id: &str) -> Result<(), AppError> {
        let Ok(_slot) = self.charge_slots.acquire().await else {
            return Ok(());
        };
        let now = self.mint.now_ms();
        let leased_until = now.saturating_add(millis(self.settings.lease));
        let mut tx = tenant.write().await?;
        let Some(row) = tx.claim_look_up(id, &self.owner, leased_until, now).await? else {
            return Ok(());
        };
        tx.commit().await?;
        if row.challenge_url.is_some() {
            return self.see_to_challenge(tenant, row).await;
        }
        let sends = Sends::from(&row);
        let asked = self.ask(&row, &self.figures().windows(&sends), now).await;
        let began_ms = asked.reading.as_ref().map_or(now, |reading| reading.began_at_ms);
        let report = match asked.found {
            Some(Found::Outcome(outcome)) => self.report_of(outcome),
            Some(Found::Nothing) => self.after_look_up(&sends, Finding::Nothing, began_ms),
            Some(Found::Pending) => self.after_look_up(&sends, Finding::Undecided, began_ms),
            // What began too early to be believed is not gone on with: the next one begins anew.
            Some(Found::More(_)) | None => {
                let going_on = asked.reading.filter(|_| self.figures().is_visible(&sends, began_ms));
                let advanced = asked.advanced;
                let unfinished = going_on.map(|reading| Unfinished { reading, advanced });
                Report { unfinished, ..AttemptEvent::LoseAnswer.into() }
            }
        };
        self.metrics.look_up(report.event.name());
        failpoint::hit("look_up.before_outcome");
        let is_absent = report.event == AttemptEvent::FindNothing;
        self.record_outcome(tenant, &row, report).await?;
        if is_absent {
            self.to_send.notify_one();
        }
        Ok(())
    }

    /// Searches, and then reads the list from where the last look-up stopped, for as long as one call may take: the lease
    /// has room for another one that begins right before.
    async fn ask(&self, row: &AttemptRow, windows: &[Window], now_ms: i64) -> Asked {
        let began = Instant::now();
        let known = row.look_up_after.clone().zip(row.look_up_began_at_ms);
        let known = known.map(|(after, began_at_ms)| Reading { after, began_at_ms });
        let mut asked = Asked { found: None, reading: None, advanced: false };
        loop {
            let after = asked.reading.as_ref().map(|reading| reading.after.as_str());
            let step = self.processor.look_up(LookUp { attempt: &row.id, windows, after });
            match tokio::time::timeout(self.settings.call_timeout, step).await {
                Ok(Ok(Found::More(next))) => {
                    asked.advanced = asked.reading.is_some();
                    asked.reading = match (asked.reading, known.clone()) {
                        (None, Some(known)) => Some(known),
                        (before, _) => {
                            let began_at_ms = before.map_or(now_ms, |reading| reading.began_at_ms);
                            Some(Reading { after: next, began_at_ms })
                        }
                    };
                    if began.elapsed() >= self.settings.call_timeout {
                        return asked;
                    }
                }
                Ok(Ok(found)) => return Asked { found: Some(found), ..asked },
                Ok(Err(error)) => {
                    tracing::warn!(attempt = row.id, %error, "a look-up failed");
                    // The processor does not understand the question: it may be where we wanted to go on.
                    let is_understood = !matches!(error, ProcessorError::Rejected(_));
                    let reading = asked.reading.or(known).filter(|_| is_understood);
                    return Asked { reading, ..asked };
                }
                Err(_) => return Asked { reading: asked.reading.or(known), ..asked },
            }
        }
    }

    fn after_look_up(&self, sends: &Sends, finding: Finding, began_ms: i64) -> Report {
        self.figures().after_look_up(sends, finding, began_ms, self.mint.now_ms()).into()
    }
}
