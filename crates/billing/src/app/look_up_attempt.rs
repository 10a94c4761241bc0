//! Finds out what became of an attempt whose answer was lost.

use jiff::Timestamp;
use paydesk_domain::attempt::{AttemptEvent, ProcessorReference};

use crate::app::{App, AppError, millis};
use crate::ports::processor::{ChargeOutcome, Found, LookUp};
use crate::store::{AttemptRow, Tenant};

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
        let wanted = LookUp {
            attempt: &row.id,
            // From when it was made: it may have been sent more than once since.
            sent_at: Timestamp::from_millisecond(row.created_at_ms).unwrap_or_default(),
            now: self.mint.now(),
        };
        let found = tokio::time::timeout(self.settings.call_timeout, self.processor.look_up(wanted)).await;
        let event = match found {
            Ok(Ok(Found::Outcome(ChargeOutcome::Succeeded(reference)))) => {
                AttemptEvent::Succeed(ProcessorReference(reference))
            }
            Ok(Ok(Found::Outcome(ChargeOutcome::Declined(decline)))) => AttemptEvent::Decline(decline),
            Ok(Ok(Found::Nothing)) if self.may_be_sent_again(&row) => AttemptEvent::FindNothing,
            Ok(Ok(Found::Nothing | Found::Pending)) => AttemptEvent::LoseAnswer,
            Ok(Err(error)) => {
                tracing::warn!(attempt = row.id, %error, "a look-up failed");
                AttemptEvent::LoseAnswer
            }
            Err(_) => AttemptEvent::LoseAnswer,
        };
        self.metrics.look_up(event.name());
        self.record_outcome(tenant, &row, event).await
    }

    /// "No record" is believed only once the processor has had the time to show it, and acted on only while the
    /// processor still knows our key.
    fn may_be_sent_again(&self, row: &AttemptRow) -> bool {
        let capabilities = self.processor.capabilities();
        let now = self.mint.now_ms();
        let sent_at = row.sent_at_ms.unwrap_or(row.created_at_ms);
        let visible = now.saturating_sub(sent_at) >= capabilities.visibility_lag_ms;
        let key_lives = now.saturating_sub(row.created_at_ms) < millis(self.settings.resend_within);
        capabilities.look_up && visible && key_lives
    }
}
