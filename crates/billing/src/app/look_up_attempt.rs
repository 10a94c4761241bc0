//! Finds out what became of an attempt whose answer was lost.

use jiff::Timestamp;
use paydesk_domain::attempt::AttemptEvent;
use paydesk_domain::look_up::hand_over_at_ms;

use crate::app::report::Report;
use crate::app::{App, AppError, millis};
use crate::failpoint;
use crate::ports::processor::{Found, LookUp};
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
            // From when it was first sent: it may have been sent more than once since.
            sent_at: Timestamp::from_millisecond(first_sent_at_ms(&row)).unwrap_or_default(),
            now: self.mint.now(),
        };
        let found = tokio::time::timeout(self.settings.call_timeout, self.processor.look_up(wanted)).await;
        let report = match found {
            Ok(Ok(Found::Outcome(outcome))) => outcome.into(),
            Ok(Ok(Found::Nothing)) if self.may_be_sent_again(&row) => Report::from(AttemptEvent::FindNothing),
            Ok(Ok(Found::Nothing | Found::Pending)) => AttemptEvent::LoseAnswer.into(),
            Ok(Err(error)) => {
                tracing::warn!(attempt = row.id, %error, "a look-up failed");
                AttemptEvent::LoseAnswer.into()
            }
            Err(_) => AttemptEvent::LoseAnswer.into(),
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

    /// "No record" is believed only once the processor has had the time to show it, and acted on only while the
    /// processor still knows our key.
    fn may_be_sent_again(&self, row: &AttemptRow) -> bool {
        let capabilities = self.processor.capabilities();
        let now = self.mint.now_ms();
        let sent_at = row.sent_at_ms.unwrap_or(row.created_at_ms);
        let visible = now.saturating_sub(sent_at) >= capabilities.visibility_lag_ms;
        let hand_over_at = hand_over_at_ms(capabilities.idempotency.window_ms(), first_sent_at_ms(row));
        capabilities.look_up && visible && now < hand_over_at
    }
}

fn first_sent_at_ms(row: &AttemptRow) -> i64 {
    row.first_sent_at_ms.unwrap_or(row.created_at_ms)
}
