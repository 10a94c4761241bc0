//! Records what became of an attempt: one function for replies, look-ups and webhooks, which hears everything more than
//! once and in any order, in one transaction with all that follows from it.

use paydesk_domain::attempt::{AttemptEvent, AttemptState, Challenge, InvalidTransition, ProcessorReference};
use paydesk_domain::engine::{Heard, Plan, Sends, hear};

use crate::app::audit::note_attempt;
use crate::app::report::Report;
use crate::app::{App, AppError, view};
use crate::store::{AskedPayer, AttemptRow, OrgTx, Outcome, Standing, Tenant};

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
    handed_over: bool,
}

impl From<Applied> for StepTaken {
    fn from(applied: Applied) -> Self {
        Self { applied, news: None }
    }
}

impl App {
    /// What a step changed, logged and counted now that its transaction has committed: a transaction may be tried again.
    pub(super) fn tell(&self, step: StepTaken) -> Applied {
        if let Some(News { attempt, from, to, moved, handed_over }) = step.news {
            tracing::info!(attempt, from, to, moved, "attempt");
            if handed_over {
                tracing::error!(attempt, "an attempt is still undecided: a human must ask the processor");
                self.metrics.handed_over();
            }
        }
        step.applied
    }

    /// Records what was heard of an attempt from outside. Whoever is at work on it loses their claim.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn apply_report(&self, tenant: &Tenant, id: &str, report: Report) -> Result<Applied, AppError> {
        let invoice =
            tenant.read().await?.find_attempt(id).await?.ok_or_else(AppError::not_found)?.invoice_id;
        let mut tx = tenant.write().await?;
        tx.lock_invoice(&invoice).await?;
        let standing = tx.lock_standings(&[id]).await?.pop();
        let standing = standing.ok_or(AppError::Inconsistent("an attempt that is gone".into()))?;
        let step = self.apply(&mut tx, standing, report).await?;
        tx.commit().await?;
        Ok(self.tell(step))
    }

    /// Somebody was quicker. Where that was a webhook with the same success, it did not know the network's and the
    /// mandate's names, which only replies and look-ups bring: they are kept, and nothing else is.
    pub(super) async fn hear_late(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        report: &Report,
    ) -> Result<StepTaken, AppError> {
        if let AttemptEvent::Succeed(reference) = &report.event
            && view::state(row)? == AttemptState::Succeeded(reference.clone())
        {
            self.keep_names(tx, row, &report.names).await?;
        }
        Ok(Applied::LostFence.into())
    }

    /// Applies a report to an attempt that is locked, and its invoice with it, with all that follows. Nothing of it is true
    /// before the transaction commits.
    pub(super) async fn apply(
        &self,
        tx: &mut OrgTx,
        standing: Standing,
        report: Report,
    ) -> Result<StepTaken, AppError> {
        let row = &standing.attempt;
        let before = view::state(row)?;
        if matches!(before, AttemptState::Declined(_)) && report.is_debit_without_money() {
            return Ok(Applied::Known.into());
        }
        let (after, is_news) = match hear(&before, report.event.clone()) {
            Heard::News(after) => (after, true),
            Heard::Known => (before.clone(), false),
            Heard::TooEarly => return Ok(Applied::TooEarly.into()),
            Heard::Contradiction(error) => return self.contradiction(tx, row, &error).await,
        };
        let mut handed_over = false;
        if is_news && report.event == AttemptEvent::KeepBack {
            let due_at_ms = Plan::kept_back(self.mint.now_ms()).due_at_ms;
            if !tx.keep_back(&row.id, row.fence, due_at_ms).await? {
                return Ok(Applied::LostFence.into());
            }
            note_attempt(tx, &self.mint, row, &before, &after)?;
        } else if is_news {
            // It waits again, and whoever says this had it before.
            if before == AttemptState::Created {
                return Ok(Applied::LostFence.into());
            }
            let now_ms = self.mint.now_ms();
            let plan = match report.event {
                // Whoever wrote it down carries it out.
                AttemptEvent::GiveUp => Plan::at_once(now_ms),
                _ => self.figures().plan(&after, &Sends::from(row), now_ms),
            };
            let reading = report.unfinished.as_ref().map(|unfinished| unfinished.reading.clone());
            let plan = match &report.unfinished {
                Some(unfinished) if unfinished.advanced => plan.going_on(self.mint.now_ms()),
                _ => plan,
            };
            let outcome =
                Outcome { reading, due_at_ms: plan.due_at_ms, ..outcome(&after, self.mint.now_ms()) };
            tx.record_outcome(&row.id, row.fence, outcome);
            if plan.hand_over {
                handed_over = self.hand_over(tx, row).await?;
            }
            self.follow_up(tx, &standing, &after, &report).await?;
            note_attempt(tx, &self.mint, row, &before, &after)?;
        }
        let moved = match report.debit {
            Some(event) => match self.move_debit(tx, row, event).await? {
                Ok(moved) => moved,
                Err(error) => return self.contradiction(tx, row, &error).await,
            },
            None => false,
        };
        if !is_news && !moved {
            return Ok(Applied::Known.into());
        }
        let (from, to) = (before.name(), after.name());
        let news = News { attempt: row.id.clone(), from, to, moved, handed_over };
        Ok(StepTaken { applied: Applied::Changed, news: Some(news) })
    }

    /// Everything that follows from a new state.
    async fn follow_up(
        &self,
        tx: &mut OrgTx,
        standing: &Standing,
        after: &AttemptState,
        report: &Report,
    ) -> Result<(), AppError> {
        let row = &standing.attempt;
        // Only of one that was handed over is there an item to close.
        if after.status().is_final() && row.handed_over_at_ms.is_some() {
            tx.close_items_about(&row.id, "attempt_undecided", "decided", self.mint.now_ms()).await?;
        }
        match after {
            AttemptState::Succeeded(reference) => self.take_payment(tx, standing, reference, report).await?,
            AttemptState::Declined(decline) => {
                self.release_credit(tx, row).await?;
                self.after_decline(tx, row, decline).await?;
            }
            AttemptState::FailedBeforeSend(why) => {
                self.release_credit(tx, row).await?;
                self.after_failure(tx, row, why).await?;
            }
            AttemptState::Created
            | AttemptState::Sending
            | AttemptState::InDoubt
            | AttemptState::Challenged(_)
            | AttemptState::GivingUp(_) => return Ok(()),
        }
        self.follow_planned(tx, standing, after).await
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

/// What is written of a state that an attempt or a verification has come into.
pub(super) fn outcome(state: &AttemptState, now_ms: i64) -> Outcome {
    let decided_at_ms = state.status().is_final().then_some(now_ms);
    let base = Outcome { status: state.name(), decided_at_ms, ..Outcome::default() };
    match state {
        AttemptState::Succeeded(ProcessorReference(reference)) => {
            Outcome { processor_reference: Some(reference.clone()), ..base }
        }
        AttemptState::Declined(decline) => Outcome { decline_code: Some(decline.code().to_owned()), ..base },
        AttemptState::FailedBeforeSend(why) => Outcome { failure: Some(why.clone()), ..base },
        AttemptState::Challenged(challenge) => challenged(challenge, false, base),
        AttemptState::GivingUp(challenge) => challenged(challenge, true, base),
        AttemptState::Created | AttemptState::Sending | AttemptState::InDoubt => base,
    }
}

/// A challenge is a doubt of which is known what it waits for: everything that holds for one holds for it.
fn challenged(challenge: &Challenge, given_up: bool, base: Outcome) -> Outcome {
    let Challenge { reference: ProcessorReference(reference), url, until_ms } = challenge;
    Outcome {
        status: AttemptState::InDoubt.name(),
        processor_reference: Some(reference.clone()),
        challenge: Some(AskedPayer { url: url.clone(), until_ms: *until_ms, given_up }),
        ..base
    }
}
