//! Sees to an attempt whose payer is asked by their bank: asks what became of it, gives it up when its time is over, and has
//! the processor cancel it before anybody is told that nothing was charged.

use paydesk_domain::attempt::{AttemptEvent, AttemptState};
use paydesk_domain::engine::{ChallengeStep, HINT_PAUSE_MS};

use crate::app::record_outcome::Applied;
use crate::app::{App, AppError, millis, view};
use crate::failpoint;
use crate::ports::processor::Found;
use crate::store::{AttemptRow, Tenant};

impl App {
    /// Looks a challenge up at once, because somebody says that something happened: not more often than every other second,
    /// and only where nobody else is about to.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn hear_hint(&self, tenant: &Tenant, id: &str) -> Result<(), AppError> {
        let Ok(_slot) = self.charge_slots.acquire().await else {
            return Ok(());
        };
        let early_ms = self.figures().challenge_pause_ms().saturating_sub(HINT_PAUSE_MS);
        let due_by_ms = self.mint.now_ms().saturating_add(early_ms);
        match self.claim_challenge(tenant, id, due_by_ms).await? {
            Some(row) => self.see_to_challenge(tenant, row).await,
            None => Ok(()),
        }
    }

    /// Sees to a challenge that is claimed.
    ///
    /// # Errors
    /// When the database fails. The lease then runs out, and somebody else sees to it.
    pub(super) async fn see_to_challenge(
        &self,
        tenant: &Tenant,
        claimed: AttemptRow,
    ) -> Result<(), AppError> {
        let mut row = claimed;
        let mut state = view::state(&row)?;
        if ChallengeStep::of(&state, self.mint.now_ms()) == Some(ChallengeStep::GiveUp) {
            // Written down before anything is cancelled: from here on nobody is sent to their bank any more.
            let applied = self.record_outcome(tenant, &row, AttemptEvent::GiveUp).await?;
            failpoint::hit("challenge.after_give_up");
            if applied != Applied::Changed {
                return Ok(());
            }
            let Some(again) = self.claim_challenge(tenant, &row.id, self.mint.now_ms()).await? else {
                return Ok(());
            };
            row = again;
            state = view::state(&row)?;
        }
        let (AttemptState::Challenged(challenge) | AttemptState::GivingUp(challenge)) = &state else {
            return Ok(());
        };
        let reference = challenge.reference.0.as_str();
        // Another key for each try: what is remembered of an earlier one is not what is true now.
        let key = format!("{}.cancel.{}", row.id, row.fence);
        let asking = async {
            match state {
                AttemptState::GivingUp(_) => self.processor.cancel_charge(&key, reference).await,
                _ => self.processor.charge_now(reference).await,
            }
        };
        let report = match tokio::time::timeout(self.settings.call_timeout, asking).await {
            Ok(Ok(Found::Outcome(outcome))) => self.report_of(outcome),
            Ok(Ok(Found::Pending | Found::Nothing | Found::More(_))) | Err(_) => {
                AttemptEvent::LoseAnswer.into()
            }
            Ok(Err(error)) => {
                tracing::warn!(attempt = row.id, %error, "a challenge could not be looked up or cancelled");
                AttemptEvent::LoseAnswer.into()
            }
        };
        self.metrics.look_up(report.event.name());
        failpoint::hit("look_up.before_outcome");
        self.record_outcome(tenant, &row, report).await?;
        Ok(())
    }

    /// Claims a challenge, when it was due by then and nobody has it.
    async fn claim_challenge(
        &self,
        tenant: &Tenant,
        id: &str,
        due_by_ms: i64,
    ) -> Result<Option<AttemptRow>, AppError> {
        let leased_until_ms = self.mint.now_ms().saturating_add(millis(self.settings.lease));
        let mut tx = tenant.write().await?;
        let claimed = tx.claim_challenge(id, &self.owner, leased_until_ms, due_by_ms).await?;
        tx.commit().await?;
        Ok(claimed)
    }
}
