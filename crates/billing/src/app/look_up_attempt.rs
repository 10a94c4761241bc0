//! Finds out what became of an attempt whose answer was lost.

use jiff::Timestamp;
use paydesk_domain::attempt::AttemptEvent;
use paydesk_domain::engine::{Finding, Sends};

use crate::app::report::Report;
use crate::app::{App, AppError, millis};
use crate::failpoint;
use crate::ports::processor::{Found, LookUp};
use crate::store::Tenant;

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
        let sends = Sends::from(&row);
        let wanted = LookUp {
            attempt: &row.id,
            // From when it was first sent: it may have been sent more than once since.
            sent_at: Timestamp::from_millisecond(sends.first_at_ms).unwrap_or_default(),
            now: self.mint.now(),
        };
        let found = tokio::time::timeout(self.settings.call_timeout, self.processor.look_up(wanted)).await;
        let report = match found {
            Ok(Ok(Found::Outcome(outcome))) => Report::from(outcome),
            Ok(Ok(Found::Nothing)) => self.after_look_up(&sends, Finding::Nothing),
            Ok(Ok(Found::Pending)) => self.after_look_up(&sends, Finding::Undecided),
            Ok(Err(error)) => {
                tracing::warn!(attempt = row.id, %error, "a look-up failed");
                self.after_look_up(&sends, Finding::Undecided)
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

    fn after_look_up(&self, sends: &Sends, finding: Finding) -> Report {
        self.figures().after_look_up(sends, finding, self.mint.now_ms()).into()
    }
}
