//! Finds out what became of a refund whose answer was lost, or whose sender died.

use jiff::Timestamp;
use paydesk_domain::engine::{Finding, Sends};
use paydesk_domain::refund::{RefundEvent, RefundState};

use crate::app::audit::note_refund;
use crate::app::send_refund::{refund_kind, refunded_payment, without_outcome};
use crate::app::{App, AppError};
use crate::failpoint;
use crate::ports::processor::{FoundRefund, RefundLookUp};
use crate::store::Tenant;

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
        let event = match found {
            Ok(Ok(FoundRefund::Outcome(outcome))) => outcome.into(),
            Ok(Ok(FoundRefund::Nothing)) => {
                let now = self.mint.now_ms();
                without_outcome(self.figures().after_look_up(&sends, Finding::Nothing, now, now))
            }
            Ok(Ok(FoundRefund::Undecided)) => RefundEvent::LoseAnswer,
            Ok(Err(error)) => {
                tracing::warn!(refund = row.id, %error, "a look-up failed");
                RefundEvent::LoseAnswer
            }
            Err(_) => RefundEvent::LoseAnswer,
        };
        self.metrics.look_up(event.name());
        failpoint::hit("look_up.before_outcome");
        self.record_refund(tenant, &row, event).await?;
        Ok(())
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
