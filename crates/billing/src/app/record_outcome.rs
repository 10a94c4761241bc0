//! Records what became of an attempt: one function for replies, look-ups and webhooks, which hears everything more than
//! once and in any order, in one transaction with all that follows from it.

use paydesk_domain::attempt::{AttemptState, InvalidTransition, ProcessorReference};
use paydesk_domain::look_up::{Step, next_step_within};

use crate::app::audit::note_attempt;
use crate::app::report::Report;
use crate::app::{App, AppError, millis, view};
use crate::store::{AttemptRow, OrgTx, Outcome, Tenant};

/// What a report changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It was news, and is written.
    Changed,
    /// It was known.
    Known,
    /// Somebody else decides about the attempt now.
    LostFence,
    /// It cannot be true yet: it must be heard again later.
    TooEarly,
    /// It contradicts what is known: a human must look.
    Contradiction,
}

/// A report that was applied in a transaction that has not committed yet.
#[derive(Debug)]
pub(super) struct StepTaken {
    applied: Applied,
    news: Option<News>,
}

/// What is logged of a step once it is true.
#[derive(Debug)]
struct News {
    attempt: String,
    from: &'static str,
    to: &'static str,
    moved: bool,
}

impl From<Applied> for StepTaken {
    fn from(applied: Applied) -> Self {
        Self { applied, news: None }
    }
}

impl StepTaken {
    /// What it changed, now that its transaction has committed.
    pub(super) fn tell(self) -> Applied {
        if let Some(News { attempt, from, to, moved }) = self.news {
            tracing::info!(attempt, from, to, moved, "attempt");
        }
        self.applied
    }
}

impl App {
    /// Records what was heard of an attempt from outside. Whoever is at work on it loses their claim.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn apply_report(&self, tenant: &Tenant, id: &str, report: Report) -> Result<Applied, AppError> {
        let invoice =
            tenant.read().await?.find_attempt(id).await?.ok_or_else(AppError::not_found)?.invoice_id;
        let mut tx = tenant.write().await?;
        tx.lock_invoice(&invoice).await?;
        let row =
            tx.find_attempt(id).await?.ok_or(AppError::Inconsistent("an attempt that is gone".into()))?;
        let step = self.apply(&mut tx, row, report).await?;
        tx.commit().await?;
        Ok(step.tell())
    }

    /// Applies a report to an attempt whose invoice is locked, with all that follows. Nothing of it is true before the
    /// transaction commits.
    pub(super) async fn apply(
        &self,
        tx: &mut OrgTx,
        row: AttemptRow,
        report: Report,
    ) -> Result<StepTaken, AppError> {
        let before = view::state(&row)?;
        let after = match before.clone().apply(report.event.clone()) {
            Ok(after) => after,
            // It is being sent again under the same key, which will have the same outcome: wait for that.
            Err(_) if before == AttemptState::Created => return Ok(Applied::TooEarly.into()),
            Err(error) => return self.contradiction(tx, &row, &error).await,
        };
        let is_news = before != after || !before.status().is_final();
        if is_news {
            let (outcome, hand_over) = self.outcome(&row, &after);
            if !tx.record_outcome(&row.id, row.fence, outcome).await? {
                return Ok(Applied::LostFence.into());
            }
            if hand_over {
                self.hand_over(tx, &row).await?;
            }
            self.follow_up(tx, &row, &after, &report).await?;
            note_attempt(tx, &self.mint, &row, &before, &after)?;
        }
        let moved = match report.debit {
            Some(event) => match self.move_debit(tx, &row, event).await? {
                Ok(moved) => moved,
                Err(error) => return self.contradiction(tx, &row, &error).await,
            },
            None => false,
        };
        if !is_news && !moved {
            return Ok(Applied::Known.into());
        }
        let news = News { attempt: row.id, from: before.name(), to: after.name(), moved };
        Ok(StepTaken { applied: Applied::Changed, news: Some(news) })
    }

    /// Everything that follows from a new state.
    async fn follow_up(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        after: &AttemptState,
        report: &Report,
    ) -> Result<(), AppError> {
        // Only of one that was handed over is there an item to close.
        if after.status().is_final() && row.handed_over_at_ms.is_some() {
            tx.close_items_about(&row.id, "attempt_undecided", "decided", self.mint.now_ms()).await?;
        }
        match after {
            AttemptState::Succeeded(reference) => self.take_payment(tx, row, reference, report).await,
            AttemptState::Declined(decline) => self.after_decline(tx, row, decline).await,
            AttemptState::FailedBeforeSend(why) => self.after_failure(tx, row, why).await,
            AttemptState::Created | AttemptState::Sending | AttemptState::InDoubt => Ok(()),
        }
    }

    /// What is written of a state, and whether a human must be asked.
    fn outcome(&self, row: &AttemptRow, state: &AttemptState) -> (Outcome, bool) {
        let now = self.mint.now_ms();
        let base = Outcome { status: state.name(), due_at_ms: now, ..Outcome::default() };
        let decided_at_ms = state.status().is_final().then_some(now);
        let outcome = match state {
            AttemptState::Succeeded(ProcessorReference(reference)) => {
                Outcome { processor_reference: Some(reference.clone()), decided_at_ms, ..base }
            }
            AttemptState::Declined(decline) => {
                Outcome { decline_code: Some(decline.code().to_owned()), decided_at_ms, ..base }
            }
            AttemptState::FailedBeforeSend(why) => {
                Outcome { failure: Some(why.clone()), decided_at_ms, ..base }
            }
            AttemptState::InDoubt => {
                let (due_at_ms, hand_over) = self.next_look_up(row, now);
                return (Outcome { due_at_ms, ..base }, hand_over);
            }
            AttemptState::Created | AttemptState::Sending => base,
        };
        (outcome, false)
    }

    /// When an attempt in doubt is looked up next, and whether a human must be asked as well.
    fn next_look_up(&self, row: &AttemptRow, now: i64) -> (i64, bool) {
        let window_ms = self.processor.capabilities().idempotency.window_ms();
        let first_sent_at_ms = row.first_sent_at_ms.unwrap_or(row.created_at_ms);
        let look_ups = u32::try_from(row.look_ups).unwrap_or(u32::MAX);
        let latest = now.saturating_add(millis(self.settings.look_up_pause_max));
        match next_step_within(window_ms, first_sent_at_ms, look_ups, now) {
            Step::LookUp { .. } if look_ups == 0 => {
                (now.saturating_add(millis(self.settings.first_look_up_after)), false)
            }
            Step::LookUp { at_ms } => (at_ms.min(latest), false),
            // It is still asked about every hour: the processor may yet tell, and then nobody need look.
            Step::HandOver => (latest, true),
        }
    }

    /// Two things are said of one attempt that cannot both be true. What is known stays; a human is asked.
    async fn contradiction(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        error: &InvalidTransition,
    ) -> Result<StepTaken, AppError> {
        tracing::error!(attempt = row.id, %error, "the processor contradicts what is known");
        self.open_item(tx, "contradiction", row, Some(error.event)).await?;
        Ok(Applied::Contradiction.into())
    }
}
