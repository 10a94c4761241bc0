//! Finds out what became of a refund whose answer was lost, whose sender died, or of which nothing more was heard.

use jiff::Timestamp;
use paydesk_domain::engine::{Finding, Sends};
use paydesk_domain::refund::{RefundEvent, RefundState};

use crate::app::audit::note_refund;
use crate::app::record_outcome::Applied;
use crate::app::send_refund::{refund_kind, refunded_payment, without_outcome};
use crate::app::{App, AppError, millis};
use crate::failpoint;
use crate::ports::processor::{FoundRefund, ProcessorError, RefundLookUp};
use crate::store::{RefundRow, Tenant};

impl App {
    /// Looks a refund up if it is due. Does nothing when somebody else does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look_up_refund(&self, tenant: &Tenant, id: &str) -> Result<(), AppError> {
        let Ok(_slot) = self.charge_slots.acquire().await else {
            return Ok(());
        };
        let now = self.mint.now_ms();
        let mut tx = tenant.write().await?;
        let Some(row) = tx.claim_refund_look_up(id, &self.refund_claim(now), now).await? else {
            return Ok(());
        };
        tx.commit().await?;
        let payment = refunded_payment(tenant, &row).await?;
        // From when it was first sent: it may have been sent more than once since.
        let sends = Sends::from(&row);
        let wanted = RefundLookUp {
            refund: &row.id,
            charge: &payment.processor_reference,
            kind: refund_kind(&row)?,
            sent_at: Timestamp::from_millisecond(sends.first_at_ms).unwrap_or_default(),
            now: self.mint.now(),
        };
        let found =
            tokio::time::timeout(self.settings.call_timeout, self.processor.look_up_refund(wanted)).await;
        let found = found.unwrap_or_else(|_| Err(ProcessorError::Unknown("no answer in time".to_owned())));
        let event = match found {
            Ok(FoundRefund::Outcome(outcome)) => outcome.into(),
            Ok(FoundRefund::Nothing) => {
                let now = self.mint.now_ms();
                without_outcome(self.figures().after_look_up(&sends, Finding::Nothing, now, now))
            }
            Ok(FoundRefund::Undecided) => RefundEvent::LoseAnswer,
            Err(error) => {
                tracing::warn!(refund = row.id, %error, "a look-up failed");
                RefundEvent::LoseAnswer
            }
        };
        self.metrics.look_up(event.name());
        failpoint::hit("look_up.before_outcome");
        let is_pending = row.status == "pending";
        // That nothing was learned says nothing of one that the processor has accepted.
        let applied = match event {
            RefundEvent::LoseAnswer | RefundEvent::FindNothing if is_pending => Applied::Known,
            event => self.record_refund(tenant, &row, event).await?,
        };
        if is_pending && applied != Applied::Changed {
            self.ask_again(tenant, &row).await?;
        }
        Ok(())
    }

    /// Plans the next question about a refund that is on its way. One that has been so for too long is put before a human
    /// besides.
    async fn ask_again(&self, tenant: &Tenant, row: &RefundRow) -> Result<(), AppError> {
        let now = self.mint.now_ms();
        let due_at_ms = now.saturating_add(millis(self.settings.refund_check_every));
        let since_ms = row.decided_at_ms.unwrap_or(row.created_at_ms);
        let mut tx = tenant.write().await?;
        if !tx.ask_refund_again(&row.id, row.fence, due_at_ms).await? {
            return Ok(());
        }
        if now.saturating_sub(since_ms) >= millis(self.settings.refund_pending_max) {
            self.hand_over_refund(&mut tx, row).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Puts a refund whose sender has not come back in time in doubt.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn expire_refund(&self, tenant: &Tenant, id: &str) -> Result<(), AppError> {
        let mut tx = tenant.write().await?;
        let expired = tx.expire_refund_lease(id, self.mint.now_ms()).await?;
        if expired && let Some(row) = tx.find_refund(id).await? {
            note_refund(&mut tx, &self.mint, &row, &RefundState::Sending, &RefundState::InDoubt)?;
        }
        tx.commit().await?;
        if expired {
            tracing::warn!(refund = id, "whoever sent this refund did not come back: it is in doubt");
        }
        Ok(())
    }
}
