//! Sends a claimed refund: calls the processor, then has the outcome recorded.

use paydesk_domain::attempt::AttemptEvent;
use paydesk_domain::engine::{CallFault, Sends, UNREACHABLE};
use paydesk_domain::money::{Currency, Money};
use paydesk_domain::refund::{RefundEvent, RefundKind};

use crate::app::{App, AppError, millis};
use crate::failpoint;
use crate::ports::processor::{ProcessorError, RefundRequest};
use crate::store::{Claim, DueWork, PaymentRow, RefundRow, Tenant};

impl App {
    /// Sends a refund that is claimed.
    ///
    /// # Errors
    /// When the database fails. The refund's lease then runs out and it is looked up.
    pub async fn send_refund(&self, tenant: &Tenant, claimed: RefundRow) -> Result<(), AppError> {
        let Ok(_slot) = self.charge_slots.acquire().await else {
            return Ok(());
        };
        let row = claimed;
        let payment = refunded_payment(tenant, &row).await?;
        // From here on money may move. Whatever happens is recorded under the fence of this claim.
        let sends = Sends::from(&row);
        let event = match self.figures().before_sending(&sends, self.mint.now_ms()) {
            Err(instead) => without_outcome(instead),
            Ok(()) if !self.breaker.admits(self.mint.now_ms()) => {
                without_outcome(sends.not_sent(UNREACHABLE))
            }
            Ok(()) => self.call_refund(&row, &payment).await?,
        };
        self.metrics.refund(event.name());
        failpoint::hit("refund.before_outcome");
        self.record_refund(tenant, &row, event).await?;
        failpoint::hit("refund.after_outcome");
        Ok(())
    }

    /// Takes up a refund that is due: sends it, asks about it, or finds that its sender died.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn take_up_refund(&self, tenant: &Tenant, work: &DueWork) -> Result<(), AppError> {
        match work.status.as_str() {
            "created" => self.claim_and_send(tenant, &work.id).await,
            "sending" => self.expire_refund(tenant, &work.id).await,
            _ => self.look_up_refund(tenant, &work.id).await,
        }
    }

    /// Claims a refund that is to be sent, and sends it. Does nothing when somebody else does.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn claim_and_send(&self, tenant: &Tenant, id: &str) -> Result<(), AppError> {
        let now = self.mint.now_ms();
        let mut tx = tenant.write().await?;
        let Some(row) = tx.claim_refund(id, &self.refund_claim(now), now).await? else {
            return Ok(());
        };
        tx.commit().await?;
        self.send_refund(tenant, row).await
    }

    /// A claim on a refund from now on.
    pub(super) fn refund_claim(&self, now_ms: i64) -> Claim {
        let leased_until_ms = now_ms.saturating_add(millis(self.settings.lease));
        Claim { owner: self.owner.to_string(), leased_until_ms }
    }

    async fn call_refund(&self, row: &RefundRow, payment: &PaymentRow) -> Result<RefundEvent, AppError> {
        let currency: Currency =
            row.currency.parse().map_err(|_| AppError::Inconsistent("an unknown currency".into()))?;
        let request = RefundRequest {
            key: &row.idempotency_key,
            organization: &row.org_id,
            refund: &row.id,
            charge: &payment.processor_reference,
            amount: Money::new(row.amount, currency),
            kind: refund_kind(row)?,
        };
        failpoint::hit("refund.before_send");
        let answered = tokio::time::timeout(self.settings.call_timeout, self.processor.refund(request)).await;
        failpoint::hit("refund.after_reply");
        if matches!(&answered, Ok(Ok(_) | Err(ProcessorError::Rejected(_)))) {
            self.breaker.answered();
        } else {
            self.breaker.unanswered(self.mint.now_ms());
        }
        Ok(match answered {
            Ok(Ok(outcome)) => outcome.into(),
            Ok(Err(error)) => {
                if let ProcessorError::Rejected(why) = &error {
                    tracing::error!(%why, "the processor rejects our requests: an operator must look");
                }
                without_outcome(Sends::from(row).after_fault(CallFault::from(&error)))
            }
            Err(_) => RefundEvent::LoseAnswer,
        })
    }
}

/// What the engine's rules say of a call without an outcome, in a refund's terms: the same rules hold for money that goes
/// out and for money that comes in.
pub(super) fn without_outcome(event: AttemptEvent) -> RefundEvent {
    match event {
        AttemptEvent::FailBeforeSend(why) => RefundEvent::FailBeforeSend(why),
        AttemptEvent::FindNothing => RefundEvent::FindNothing,
        _ => RefundEvent::LoseAnswer,
    }
}

/// How a refund's money goes back.
///
/// # Errors
/// When what is stored is of no kind.
pub(super) fn refund_kind(row: &RefundRow) -> Result<RefundKind, AppError> {
    RefundKind::parse(&row.kind).ok_or(AppError::Inconsistent("a refund of an unknown kind".into()))
}

/// The payment that a refund gives back.
///
/// # Errors
/// When it is gone, or the database fails.
pub(super) async fn refunded_payment(tenant: &Tenant, row: &RefundRow) -> Result<PaymentRow, AppError> {
    let payment = tenant.read().await?.find_payment(&row.payment_id).await?;
    payment.ok_or(AppError::Inconsistent("a refund without its payment".into()))
}
