//! Sees to a verification whose payer is asked by their bank: asks what became of it, gives it up when its time is over, and has the
//! processor cancel it before anybody is told that nothing was agreed to.

use paydesk_domain::attempt::{AttemptEvent, AttemptState};
use paydesk_domain::decline::Decline;
use paydesk_domain::engine::{ChallengeStep, HINT_PAUSE_MS};

use crate::app::verify_method::GIVE_UP_AFTER_MS;
use crate::app::{App, AppError, view};
use crate::failpoint;
use crate::ports::processor::VerifyOutcome;
use crate::store::{AttemptRow, Tenant};

impl App {
    /// Looks a challenge up at once, because somebody says that something happened: not more often than every other second.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn hear_of_verification(&self, tenant: &Tenant, id: &str) -> Result<(), AppError> {
        let Ok(_slot) = self.charge_slots.acquire().await else { return Ok(()) };
        let early_ms = self.figures().challenge_pause_ms().saturating_sub(HINT_PAUSE_MS);
        let due_by_ms = self.mint.now_ms().saturating_add(early_ms);
        match self.claim_verification(tenant, id, due_by_ms).await? {
            Some(row) => self.see_to_verification(tenant, row).await,
            None => Ok(()),
        }
    }

    /// Gives a challenge up that its payer does not want to pass: that is written down, and then carried out.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn call_off_verification(
        &self,
        tenant: &Tenant,
        row: &AttemptRow,
    ) -> Result<(), AppError> {
        self.record_verified(tenant, row, AttemptEvent::GiveUp.into()).await?;
        failpoint::hit("challenge.after_give_up");
        self.verify_again(tenant, &row.id).await
    }

    /// Sees to a challenge that is claimed until it is due again.
    ///
    /// # Errors
    /// When the database fails. Somebody else sees to it when it is due.
    pub(super) async fn see_to_verification(
        &self,
        tenant: &Tenant,
        claimed: AttemptRow,
    ) -> Result<(), AppError> {
        let mut row = claimed;
        let mut state = view::state(&row)?;
        let now = self.mint.now_ms();
        if ChallengeStep::of(&state, now) == Some(ChallengeStep::GiveUp) {
            // Written down before anything is cancelled: from here on nobody is sent to their bank any more.
            self.record_verified(tenant, &row, AttemptEvent::GiveUp.into()).await?;
            failpoint::hit("challenge.after_give_up");
            let Some(again) = self.claim_verification(tenant, &row.id, now).await? else { return Ok(()) };
            row = again;
            state = view::state(&row)?;
        }
        let (AttemptState::Challenged(challenge) | AttemptState::GivingUp(challenge)) = &state else {
            return Ok(());
        };
        let reference = challenge.reference.0.as_str();
        // Another key for each try: what is remembered of an earlier one is not what is true now.
        let key = format!("{}.cancel.{}", row.id, row.look_ups);
        let is_given_up = matches!(state, AttemptState::GivingUp(_));
        let told = self.hear_from_bank(&row.id, &key, reference, is_given_up).await;
        let report = match told {
            Some(outcome) => self.report_of_verification(outcome),
            // No money moves, so that nobody need be asked: what nobody answers for so long has come to nothing.
            None if now.saturating_sub(row.created_at_ms) >= GIVE_UP_AFTER_MS => {
                AttemptEvent::Decline(Decline::abandoned()).into()
            }
            None => return Ok(()),
        };
        failpoint::hit("look_up.before_outcome");
        self.record_verified(tenant, &row, report).await
    }

    /// Asks what became of a verification, or has it cancelled where it is given up; `None` while nobody knows. `key` names the
    /// cancellation.
    pub(super) async fn hear_from_bank(
        &self,
        subject: &str,
        key: &str,
        reference: &str,
        is_given_up: bool,
    ) -> Option<VerifyOutcome> {
        let asking = async {
            match is_given_up {
                true => self.processor.cancel_verification(key, reference).await,
                false => self.processor.verification_now(reference).await,
            }
        };
        match tokio::time::timeout(self.settings.call_timeout, asking).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => {
                tracing::warn!(subject, %error, "a challenge could not be looked up or cancelled");
                None
            }
            Err(_) => None,
        }
    }

    /// Claims a challenge, when it was due by then and nobody has it.
    async fn claim_verification(
        &self,
        tenant: &Tenant,
        id: &str,
        due_by_ms: i64,
    ) -> Result<Option<AttemptRow>, AppError> {
        let due_at_ms = self.mint.now_ms().saturating_add(self.figures().challenge_pause_ms());
        let mut tx = tenant.write().await?;
        let claimed = tx.claim_setup(id, due_at_ms, due_by_ms).await?;
        tx.commit().await?;
        Ok(claimed.filter(|row| row.challenge_url.is_some()))
    }
}
