//! A bank debit moves on: it settles and pays its lines, comes back and opens exactly those again, or is called off.

use paydesk_domain::attempt::InvalidTransition;
use paydesk_domain::debit::{DebitEvent, DebitState};
use paydesk_domain::money::Money;
use paydesk_domain::return_code::ReturnCode;
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::take_payment::{IN_TRANSIT, PROCESSOR, amount, book};
use crate::app::{App, AppError, event_types, millis};
use crate::store::{AttemptRow, OrgTx, PaymentMove, PaymentRow};

impl App {
    /// Applies an event to the debit of an attempt. Answers whether it was news, or why it cannot be true.
    pub(super) async fn move_debit(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        event: DebitEvent,
    ) -> Result<Result<bool, InvalidTransition>, AppError> {
        let Some(payment) = tx.payment_of_attempt(&row.id).await? else {
            return Err(AppError::Inconsistent("a debit without its payment".into()));
        };
        let before = DebitState::stored(&payment.status, payment.return_code.as_deref())
            .ok_or(AppError::Inconsistent("a debit in an unknown state".into()))?;
        let after = match before.clone().apply(event) {
            Ok(after) => after,
            Err(error) => return Ok(Err(error)),
        };
        if before == after {
            return Ok(Ok(false));
        }
        let payment = self.write_move(tx, payment, &before, &after).await?;
        let action = match &after {
            DebitState::Settled => {
                self.settle(tx, row, &payment).await?;
                Action::DebitSettled
            }
            DebitState::Returned(code) => {
                self.take_back(tx, row, &payment, &before, code).await?;
                Action::DebitReturned
            }
            DebitState::Canceled => {
                self.release(tx, &payment).await?;
                self.release_credit(tx, row).await?;
                Action::DebitCanceled
            }
            DebitState::Submitted => return Ok(Ok(false)),
        };
        self.follow_planned_debit(tx, row, &after).await?;
        let code = after.return_code().map(ReturnCode::as_str);
        self.note(tx, &payment.id, payment.amount, after.name(), code).await?;
        let detail = json!({"attempt": row.id, "from": before.name(), "code": payment.return_code});
        note(tx, &self.mint, action, &payment.id, detail)?;
        self.announce(tx, &payment).await?;
        Ok(Ok(true))
    }

    async fn write_move(
        &self,
        tx: &mut OrgTx,
        payment: PaymentRow,
        before: &DebitState,
        after: &DebitState,
    ) -> Result<PaymentRow, AppError> {
        let now = self.mint.now_ms();
        let is_settled = *after == DebitState::Settled;
        let step = PaymentMove {
            from: before.name(),
            to: after.name(),
            return_code: after.return_code().map(|code| code.as_str().to_owned()),
            settled_at_ms: is_settled.then_some(now),
            ended_at_ms: (!is_settled).then_some(now),
            // A settled debit can come back for months: where nobody tells, it is asked about now and then.
            check_at_ms: (is_settled && !self.processor.capabilities().debit_events)
                .then(|| now.saturating_add(millis(self.settings.debit_check_after))),
        };
        if !tx.move_payment(&payment.id, &step).await? {
            return Err(AppError::Inconsistent("a debit that moved under its lock".into()));
        }
        Ok(PaymentRow {
            status: step.to.to_owned(),
            return_code: step.return_code,
            settled_at_ms: payment.settled_at_ms.or(step.settled_at_ms),
            ended_at_ms: step.ended_at_ms,
            ..payment
        })
    }

    /// The money came: it pays the lines that are open now, after the credit that was held with it.
    async fn settle(&self, tx: &mut OrgTx, row: &AttemptRow, payment: &PaymentRow) -> Result<(), AppError> {
        self.release(tx, payment).await?;
        let lines = tx.open_lines(&[&payment.attempt_id], &[&payment.invoice_id]).await?;
        let lines = self.apply_credit(tx, row, &lines).await?;
        self.cover(tx, payment, &lines, PROCESSOR, "debit_settled").await
    }

    /// It is on its way no longer.
    async fn release(&self, tx: &mut OrgTx, payment: &PaymentRow) -> Result<(), AppError> {
        let unsettled = format!("unsettled:{}", payment.account_id);
        book(tx, &self.mint, "debit_arrived", &payment.id, amount(payment)?, [&unsettled, IN_TRANSIT]).await
    }

    /// The bank refused it, or took the money back: the lines that it paid are open again, and somebody must know.
    async fn take_back(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        payment: &PaymentRow,
        before: &DebitState,
        code: &ReturnCode,
    ) -> Result<(), AppError> {
        if *before == DebitState::Settled {
            self.uncover(tx, payment).await?;
        } else {
            self.release(tx, payment).await?;
            // Once it had settled the credit stays where it is: only the debit's money went back.
            self.release_credit(tx, row).await?;
        }
        self.open_item(tx, "debit_failed", row, Some(code.as_str())).await?;
        self.follow_return(tx, row, code).await
    }

    /// Takes away exactly what a payment covers at present, and books the money as gone.
    async fn uncover(&self, tx: &mut OrgTx, payment: &PaymentRow) -> Result<(), AppError> {
        let mut covered = 0_i64;
        for line in tx.list_allocations(&payment.id).await? {
            covered = covered.saturating_add(line.amount);
            self.move_line(tx, payment, &line.item_id, -line.amount, "return").await?;
        }
        let whole = amount(payment)?;
        let refunded = tx.refunded_of(&payment.id).await?;
        let receivable = format!("receivable:{}", payment.account_id);
        let back = Money::new(covered, whole.currency());
        book(tx, &self.mint, "debit_returned", &payment.id, back, [&receivable, PROCESSOR]).await?;
        // What was neither on a line nor given back was a credit, which the payer now owes.
        let rest = whole.minor().saturating_sub(covered).saturating_sub(refunded);
        let credit = format!("credit:{}", payment.account_id);
        book(
            tx,
            &self.mint,
            "debit_returned",
            &payment.id,
            Money::new(rest.max(0), whole.currency()),
            [&credit, PROCESSOR],
        )
        .await?;
        // What was given back already went twice: it is owed as well.
        let twice = Money::new(refunded, whole.currency());
        book(tx, &self.mint, "debit_returned_after_refund", &payment.id, twice, [&receivable, PROCESSOR])
            .await
    }

    /// What the rules ask for after a return: the account is left alone, the agreement ends, or it is tried again.
    async fn follow_return(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        code: &ReturnCode,
    ) -> Result<(), AppError> {
        let now = self.mint.now_ms();
        let consequence = code.consequence();
        if let (Some(mandate), true) = (&row.mandate_id, consequence.ends_consent())
            && tx.end_mandate(mandate, code.as_str(), now).await?
        {
            note(tx, &self.mint, Action::MandateEnded, mandate, json!({"because": code.as_str()}))?;
            self.announce_mandate(tx, event_types::MANDATE_ENDED, mandate, &row.account_id).await?;
        }
        if consequence.blocks_account()
            && let Some(reference) = &row.processor_method
        {
            tx.act_for_login(&row.login_id).await?;
            tx.block_method(&row.login_id, &row.vault, reference, code.as_str()).await?;
        }
        self.after_return(tx, row, code).await
    }
}
