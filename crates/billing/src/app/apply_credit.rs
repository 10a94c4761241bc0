//! Credit that a try holds comes to its end: it pays lines of the invoice, or is free again. It comes before what was charged, and
//! only the try's own rows are touched, which are locked with it.

use paydesk_domain::id::{AllocationId, OutboxId, ReceiptId};
use paydesk_domain::invoice::allocate_top_first;
use paydesk_domain::money::{Currency, Money};
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::take_payment::book;
use crate::app::{App, AppError, event_types};
use crate::store::{AttemptRow, CreditDecision, CreditUseRow, NewCreditAllocation, OpenLineRow, OrgTx};

impl App {
    /// Lets the credit of a try that has paid pay the lines that are open, the top line first. Answers with the lines as they are
    /// then. Where less is open than is held, the rest is free again.
    ///
    /// Money was taken with it, so that nothing here may fail the transaction but the database.
    pub(super) async fn apply_credit(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        lines: &[OpenLineRow],
    ) -> Result<Vec<OpenLineRow>, AppError> {
        if row.credit == 0 {
            return Ok(lines.to_vec());
        }
        let Some(held) = tx.credit_of_try(&row.id).await?.filter(|held| held.status == "held") else {
            tracing::error!(attempt = row.id, "an attempt with credit holds none");
            return Ok(lines.to_vec());
        };
        self.spend(tx, &held, lines, None).await
    }

    /// Gives the credit of a try free that came to nothing.
    pub(super) async fn release_credit(&self, tx: &mut OrgTx, row: &AttemptRow) -> Result<(), AppError> {
        if row.credit == 0 {
            return Ok(());
        }
        let Some(held) = tx.credit_of_try(&row.id).await? else { return Ok(()) };
        let released = CreditDecision { status: "released", receipt: None };
        if tx.decide_credit(&held.id, released, self.mint.now_ms()).await? {
            let detail = json!({"attempt": row.id, "amount": held.amount, "currency": held.currency});
            note(tx, &self.mint, Action::CreditReleased, &held.id, detail)?;
        }
        Ok(())
    }

    /// Pays with credit alone: no processor, and nothing to wait for. The credit is held already, in this transaction.
    pub(super) async fn pay_with_credit(&self, tx: &mut OrgTx, row: &AttemptRow) -> Result<(), AppError> {
        let held = tx.credit_of_try(&row.id).await?;
        let held = held.ok_or(AppError::Inconsistent("a payment by credit without its credit".into()))?;
        let line = |item: crate::store::ItemRow| OpenLineRow {
            id: item.id,
            amount: item.amount,
            covered: item.covered,
            ..OpenLineRow::default()
        };
        let lines: Vec<OpenLineRow> = tx.list_items(&row.invoice_id).await?.into_iter().map(line).collect();
        let receipt = self.mint.id(ReceiptId::new)?.as_str().to_owned();
        let number = tx.next_receipt_number().await?;
        let lines = self.spend(tx, &held, &lines, Some((receipt, number))).await?;
        if lines.iter().all(|line| line.covered >= line.amount) {
            tx.close_paid_items(&row.invoice_id, self.mint.now_ms());
        }
        if let Some(session) = &row.session_id {
            tx.complete_session(session, &row.id);
        }
        Ok(())
    }

    async fn spend(
        &self,
        tx: &mut OrgTx,
        held: &CreditUseRow,
        lines: &[OpenLineRow],
        receipt: Option<(String, i64)>,
    ) -> Result<Vec<OpenLineRow>, AppError> {
        let now = self.mint.now_ms();
        let mut lines = lines.to_vec();
        let mut spent = 0_i64;
        for part in tx.credit_parts(&held.id).await? {
            let open: Vec<i64> = lines.iter().map(|line| line.amount.saturating_sub(line.covered)).collect();
            let (amounts, _) = allocate_top_first(part.amount, &open);
            for (line, amount) in lines.iter_mut().zip(amounts).filter(|(_, amount)| *amount > 0) {
                let new = NewCreditAllocation {
                    id: self.mint.id(AllocationId::new)?.as_str().to_owned(),
                    use_id: held.id.clone(),
                    credit_id: part.credit_id.clone(),
                    invoice_id: held.invoice_id.clone(),
                    item_id: line.id.clone(),
                    amount,
                };
                tx.insert_credit_allocation(&new, now).await?;
                line.covered = line.covered.saturating_add(amount);
                spent = spent.saturating_add(amount);
            }
        }
        let status = if spent > 0 { "applied" } else { "released" };
        if spent < held.amount {
            tracing::error!(credit = held.id, spent, "less was open than credit was held for it");
        }
        let number = receipt.as_ref().map(|(_, number)| *number);
        let receipt_id = receipt.as_ref().map(|(id, _)| id.clone());
        tx.decide_credit(&held.id, CreditDecision { status, receipt }, now).await?;
        let currency: Currency =
            held.currency.parse().map_err(|_| AppError::Inconsistent("an unknown currency".into()))?;
        let [credit, receivable] =
            ["client_credit", "receivable"].map(|name| format!("{name}:{}", held.account_id));
        book(tx, &self.mint, "credit_used", &held.id, Money::new(spent, currency), [&credit, &receivable])
            .await?;
        if spent > 0 {
            let id = self.mint.id(OutboxId::new)?;
            let told = event_types::credit_used(held, spent, receipt_id.as_deref().zip(number));
            tx.insert_outbox(id.as_str(), event_types::CREDIT_USED, &held.id, &told, now).await?;
        }
        let action = if spent > 0 { Action::CreditUsed } else { Action::CreditReleased };
        let detail = json!({"attempt": held.attempt_id, "invoice": held.invoice_id, "amount": spent, "currency": held.currency});
        note(tx, &self.mint, action, &held.id, detail)?;
        Ok(lines)
    }
}
