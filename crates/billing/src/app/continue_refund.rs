//! Goes on with a void that came too late: as a refund of the same amount and lines, with a key of its own.
//!
//! The refund is written in the transaction that writes the void's refusal, so that nothing is lost between the two,
//! and only then: a void whose outcome is unknown may still have undone the charge.

use paydesk_domain::id::RefundId;
use paydesk_domain::refund::{RefundEvent, RefundKind, RefundState};
use serde_json::json;

use crate::app::audit::{Action, note, refund_detail};
use crate::app::{App, AppError};
use crate::store::{OrgTx, RefundRow, Tenant};

impl App {
    /// The refund that goes on with what has just been heard of a void; `None` when nothing is to go on.
    pub(super) fn continuation(
        &self,
        row: &RefundRow,
        event: &RefundEvent,
    ) -> Result<Option<RefundRow>, AppError> {
        if row.kind != RefundKind::Void.as_str() || !matches!(event, RefundEvent::RefuseAsTooLate(_)) {
            return Ok(None);
        }
        let id = self.mint.id(RefundId::new)?.as_str().to_owned();
        Ok(Some(RefundRow {
            org_id: row.org_id.clone(),
            payment_id: row.payment_id.clone(),
            account_id: row.account_id.clone(),
            invoice_id: row.invoice_id.clone(),
            kind: RefundKind::Refund.as_str().to_owned(),
            amount: row.amount,
            currency: row.currency.clone(),
            reason: row.reason.clone(),
            lines: row.lines.clone(),
            idempotency_key: format!("{id}.refund"),
            id,
            status: RefundState::Created.name().to_owned(),
            created_at_ms: self.mint.now_ms(),
            continues: Some(row.id.clone()),
            ..RefundRow::default()
        }))
    }

    /// Writes it, due at once for anybody. The void must be written as refused already: until then it holds the amount.
    pub(super) async fn write_continuation(&self, tx: &mut OrgTx, next: &RefundRow) -> Result<(), AppError> {
        tx.insert_refund(next, None).await?;
        let mut detail = refund_detail(next);
        detail["continues"] = json!(next.continues);
        note(tx, &self.mint, Action::RefundCreated, &next.id, detail)?;
        tx.hint().await?;
        Ok(())
    }

    /// Sends what goes on with a void, if anything does, for somebody who waits for the outcome. Left to the workers
    /// while the processor does not answer.
    ///
    /// # Errors
    /// When the database fails. The refund stays due.
    pub(super) async fn send_continuation(&self, tenant: &Tenant, void: &str) -> Result<(), AppError> {
        let row = tenant.read().await?.find_refund(void).await?;
        match row.and_then(|row| row.continued_by) {
            Some(next) if !self.breaker.is_open(self.mint.now_ms()) => {
                self.claim_and_send(tenant, &next).await
            }
            _ => Ok(()),
        }
    }
}
