//! Records what became of a refund: one function for replies, look-ups and webhooks, which hears everything more than
//! once and in any order, in one transaction with all that follows from it.

use paydesk_domain::attempt::{InvalidTransition, ProcessorReference};
use paydesk_domain::debit::DebitEvent;
use paydesk_domain::engine::Sends;
use paydesk_domain::id::OutboxId;
use paydesk_domain::refund::{RefundEvent, RefundKind, RefundState};

use crate::app::audit::note_refund;
use crate::app::record_outcome::Applied;
use crate::app::refund_taking::Taking;
use crate::app::send_refund::refund_kind;
use crate::app::{App, AppError, event_types, millis};
use crate::store::{OrgTx, PaymentRow, RefundRow, RefundUpdate, Tenant};

impl App {
    /// Records what whoever claimed the refund found out. Does nothing when somebody else decides about it now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_refund(
        &self,
        tenant: &Tenant,
        claimed: &RefundRow,
        event: RefundEvent,
    ) -> Result<Applied, AppError> {
        let mut tx = tenant.write().await?;
        let row = locked(&mut tx, &claimed.invoice_id, &claimed.id).await?;
        if row.fence != claimed.fence {
            return Ok(Applied::LostFence);
        }
        self.apply_refund(tx, row, event).await
    }

    /// Records what was heard of a refund from outside. Whoever is at work on it loses their claim.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn apply_refund_report(
        &self,
        tenant: &Tenant,
        id: &str,
        event: RefundEvent,
    ) -> Result<Applied, AppError> {
        let invoice = tenant.read().await?.find_refund(id).await?.ok_or_else(AppError::not_found)?.invoice_id;
        let mut tx = tenant.write().await?;
        let row = locked(&mut tx, &invoice, id).await?;
        self.apply_refund(tx, row, event).await
    }

    async fn apply_refund(
        &self,
        mut tx: OrgTx,
        row: RefundRow,
        event: RefundEvent,
    ) -> Result<Applied, AppError> {
        let before = state(&row)?;
        let next = self.continuation(&row, &event)?;
        let after = match before.clone().apply(event) {
            Ok(after) => after,
            // It is being sent again under the same key, which will have the same outcome: wait for that.
            Err(_) if before == RefundState::Created => return Ok(Applied::TooEarly),
            Err(error) => {
                self.contradicted(&mut tx, &row, &error).await?;
                tx.commit().await?;
                return Ok(Applied::Contradiction);
            }
        };
        if before == after && is_decided(&before) {
            return Ok(Applied::Known);
        }
        let payment = tx.find_payment(&row.payment_id).await?;
        let payment = payment.ok_or(AppError::Inconsistent("a refund without its payment".into()))?;
        let step = Step { kind: refund_kind(&row)?, before: &before, after: &after };
        let taking = match step.is_first_acceptance() {
            true => Some(self.plan_taking(&mut tx, &row, &payment).await?),
            false => None,
        };
        let (update, hand_over) = self.refund_update(&row, &after, taking.as_ref())?;
        let update = RefundUpdate { continued_by: next.as_ref().map(|next| next.id.clone()), ..update };
        let row = updated(row, &update);
        if !tx.record_refund(&row.id, row.fence, update).await? {
            return Ok(Applied::LostFence);
        }
        if hand_over {
            self.hand_over_refund(&mut tx, &row).await?;
        }
        self.follow_refund(&mut tx, &row, &payment, step, taking).await?;
        note_refund(&mut tx, &self.mint, &row, &before, &after)?;
        if let Some(next) = &next {
            self.write_continuation(&mut tx, next).await?;
        }
        tx.commit().await?;
        if next.is_some() {
            self.work.notify_one();
        }
        tracing::info!(refund = row.id, from = before.name(), to = after.name(), "refund");
        Ok(Applied::Changed)
    }

    /// Everything that follows from a new state.
    async fn follow_refund(
        &self,
        tx: &mut OrgTx,
        row: &RefundRow,
        payment: &PaymentRow,
        step: Step<'_>,
        taking: Option<Taking>,
    ) -> Result<(), AppError> {
        if !is_decided(step.after) || step.before == step.after {
            return Ok(());
        }
        tx.close_items_about(&row.id, "refund_undecided", "decided", self.mint.now_ms()).await?;
        if let Some(taking) = taking {
            self.take_away(tx, row, payment, &taking).await?;
        }
        if step.kind == RefundKind::CancelDebit && matches!(step.after, RefundState::Succeeded(_)) {
            self.cancel_debit(tx, row, payment).await?;
        }
        if let RefundState::Failed(code) | RefundState::Refused(code) | RefundState::FailedBeforeSend(code) =
            step.after
        {
            if step.kind != RefundKind::CancelDebit && is_accepted(step.before) {
                self.put_back(tx, row, payment, code).await?;
            }
            // What goes on as a refund needs nobody: the refund speaks for itself.
            if row.continued_by.is_none() {
                self.open_item(tx, "refund_failed", row, Some(code)).await?;
            }
        }
        let id = self.mint.id(OutboxId::new)?;
        let (topic, told) = (event_types::of_refund(row), event_types::refund(row));
        tx.insert_outbox(id.as_str(), topic, &row.id, &told, self.mint.now_ms()).await?;
        Ok(())
    }

    /// The debit was called back. Should it be known to have settled or to have come back, the two contradict each
    /// other, and a human is asked.
    async fn cancel_debit(
        &self,
        tx: &mut OrgTx,
        row: &RefundRow,
        payment: &PaymentRow,
    ) -> Result<(), AppError> {
        let attempt = tx.find_attempt(&payment.attempt_id).await?;
        let attempt = attempt.ok_or(AppError::Inconsistent("a payment without its attempt".into()))?;
        match self.move_debit(tx, &attempt, DebitEvent::Cancel).await? {
            Ok(_) => Ok(()),
            Err(error) => self.contradicted(tx, row, &error).await,
        }
    }

    /// What is written of a state, and whether a human must be asked.
    fn refund_update(
        &self,
        row: &RefundRow,
        state: &RefundState,
        taking: Option<&Taking>,
    ) -> Result<(RefundUpdate, bool), AppError> {
        let now = self.mint.now_ms();
        let (due_at_ms, hand_over) = match state {
            RefundState::InDoubt => {
                let plan = self.figures().plan_look_up(&Sends::from(row), now);
                (plan.due_at_ms, plan.hand_over)
            }
            // Asked about then, unless something is heard of it before.
            RefundState::Pending(_) => (now.saturating_add(millis(self.settings.refund_check_after)), false),
            _ => (now, false),
        };
        let reference = match state {
            RefundState::Pending(ProcessorReference(name))
            | RefundState::Succeeded(ProcessorReference(name)) => Some(name.clone()),
            _ => None,
        };
        let update = RefundUpdate {
            status: state.name(),
            detail: state.detail().map(str::to_owned),
            processor_reference: reference,
            lines: taking.map(Taking::to_json).transpose()?,
            due_at_ms,
            decided_at_ms: is_decided(state).then_some(now),
            continued_by: None,
        };
        Ok((update, hand_over))
    }

    /// Gives a refund that is not decided in time to a human.
    pub(super) async fn hand_over_refund(&self, tx: &mut OrgTx, row: &RefundRow) -> Result<(), AppError> {
        if tx.hand_over_refund(&row.id, self.mint.now_ms()).await? {
            tracing::error!(refund = row.id, "a refund is still undecided: a human must ask the processor");
            self.metrics.refund_handed_over();
            self.open_item(tx, "refund_undecided", row, None).await?;
        }
        Ok(())
    }

    /// Two things are said of one refund that cannot both be true. What is known stays; a human is asked.
    async fn contradicted(
        &self,
        tx: &mut OrgTx,
        row: &RefundRow,
        error: &InvalidTransition,
    ) -> Result<(), AppError> {
        tracing::error!(refund = row.id, %error, "the processor contradicts what is known");
        self.open_item(tx, "contradiction", row, Some(error.event)).await
    }
}

/// From one state to another.
#[derive(Clone, Copy)]
struct Step<'a> {
    kind: RefundKind,
    before: &'a RefundState,
    after: &'a RefundState,
}

impl Step<'_> {
    /// Whether the money is on its way back as of now. A debit that is called back had brought none.
    fn is_first_acceptance(self) -> bool {
        self.kind != RefundKind::CancelDebit && !is_accepted(self.before) && is_accepted(self.after)
    }
}

/// The state of a stored refund.
///
/// # Errors
/// When what is stored contradicts itself.
pub(super) fn state(row: &RefundRow) -> Result<RefundState, AppError> {
    RefundState::stored(&row.status, row.detail.as_deref())
        .ok_or(AppError::Inconsistent("a refund without the facts of its state".into()))
}

/// Whether the processor took the order.
const fn is_accepted(state: &RefundState) -> bool {
    matches!(state, RefundState::Pending(_) | RefundState::Succeeded(_))
}

/// Whether nobody need send it or ask about it.
const fn is_decided(state: &RefundState) -> bool {
    !matches!(state, RefundState::Created | RefundState::Sending | RefundState::InDoubt)
}

fn updated(row: RefundRow, update: &RefundUpdate) -> RefundRow {
    RefundRow {
        status: update.status.to_owned(),
        detail: update.detail.clone(),
        processor_reference: row.processor_reference.or_else(|| update.processor_reference.clone()),
        lines: update.lines.clone().or(row.lines),
        decided_at_ms: update.decided_at_ms,
        continued_by: row.continued_by.or_else(|| update.continued_by.clone()),
        ..row
    }
}

/// A refund under its invoice's lock.
async fn locked(tx: &mut OrgTx, invoice: &str, id: &str) -> Result<RefundRow, AppError> {
    tx.lock_invoice(invoice).await?;
    tx.find_refund(id).await?.ok_or(AppError::Inconsistent("a refund that is gone".into()))
}
