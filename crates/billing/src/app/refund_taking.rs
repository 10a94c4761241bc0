//! What a refund is taken from: lines that its payment covers, what the payment left over as a credit, or neither. And
//! where that goes when the refund fails.

use std::collections::BTreeMap;

use paydesk_domain::invoice::unwind_newest_first;
use paydesk_domain::money::Money;
use serde::{Deserialize, Serialize};

use crate::app::take_payment::{PROCESSOR, amount, book};
use crate::app::{App, AppError};
use crate::store::{AllocationRow, OrgTx, PaymentRow, RefundRow};

/// What a refund is taken from, as it is stored. While nobody knows what became of the refund, it is what was chosen;
/// from its acceptance on, what it was taken from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Taking {
    /// From lines that the payment covered.
    pub(super) lines: Vec<TakenLine>,
    /// From what it left over as a credit, minor units.
    #[serde(default)]
    pub(super) credit: i64,
    /// From neither, minor units: the payment itself had come back by then, so that its payer owes this again.
    #[serde(default)]
    pub(super) owed: i64,
}

/// What is taken from one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TakenLine {
    /// The line, `itm_…`.
    pub(super) item: String,
    /// Minor units.
    pub(super) amount: i64,
}

impl Taking {
    /// What is stored of a refund; `None` where nobody chose and nothing was taken yet.
    ///
    /// # Errors
    /// When what is stored cannot be read.
    pub(super) fn stored(row: &RefundRow) -> Result<Option<Self>, AppError> {
        let read = |text| {
            serde_json::from_str(text)
                .map_err(|_| AppError::Inconsistent("a refund of unreadable lines".into()))
        };
        row.lines.as_deref().map(read).transpose()
    }

    /// As it is stored.
    ///
    /// # Errors
    /// Never, as far as anybody knows.
    pub(super) fn to_json(&self) -> Result<String, AppError> {
        serde_json::to_string(self).map_err(|_| AppError::Inconsistent("lines that are no JSON".into()))
    }

    fn of_lines(&self) -> i64 {
        self.lines.iter().fold(0, |sum, line| sum.saturating_add(line.amount))
    }
}

/// What undecided refunds have chosen of each line: nobody else may count on it.
pub(super) fn reserved(undecided: &[RefundRow], except: &str) -> Result<BTreeMap<String, i64>, AppError> {
    let mut reserved = BTreeMap::new();
    for row in undecided.iter().filter(|row| row.id != except) {
        for line in Taking::stored(row)?.unwrap_or_default().lines {
            let sum: &mut i64 = reserved.entry(line.item).or_default();
            *sum = sum.saturating_add(line.amount);
        }
    }
    Ok(reserved)
}

/// What is left of each line for whoever comes next.
pub(super) fn available(covered: &[AllocationRow], reserved: &BTreeMap<String, i64>) -> Vec<i64> {
    let left = |line: &AllocationRow| {
        line.amount.saturating_sub(reserved.get(&line.item_id).copied().unwrap_or_default()).max(0)
    };
    covered.iter().map(left).collect()
}

/// Takes an amount from what was chosen, then from the credit, then from the newest lines that nobody else has chosen,
/// then from those as well. Only a payment that is gone leaves a rest.
fn take(
    amount: i64,
    chosen: &[TakenLine],
    covered: &[AllocationRow],
    reserved: &BTreeMap<String, i64>,
    credit: i64,
) -> Taking {
    let mut left = amount;
    let mut parts = vec![0_i64; covered.len()];
    for choice in chosen {
        for (part, line) in parts.iter_mut().zip(covered).filter(|(_, line)| line.item_id == choice.item) {
            let more = choice.amount.min(line.amount.saturating_sub(*part)).min(left).max(0);
            *part = part.saturating_add(more);
            left = left.saturating_sub(more);
        }
    }
    let from_credit = left.min(credit.max(0));
    left = left.saturating_sub(from_credit);
    for reserved in [reserved, &BTreeMap::new()] {
        let rest: Vec<AllocationRow> = covered
            .iter()
            .zip(&parts)
            .map(|(line, part)| AllocationRow { amount: line.amount.saturating_sub(*part), ..line.clone() })
            .collect();
        let free = available(&rest, reserved);
        let now = left.min(free.iter().fold(0, |sum: i64, line| sum.saturating_add(*line)));
        for (part, more) in parts.iter_mut().zip(unwind_newest_first(now, &free).unwrap_or_default()) {
            *part = part.saturating_add(more);
            left = left.saturating_sub(more);
        }
    }
    let line = |(line, part): (&AllocationRow, i64)| TakenLine { item: line.item_id.clone(), amount: part };
    let lines = covered.iter().zip(parts).filter(|(_, part)| *part > 0).map(line).collect();
    Taking { lines, credit: from_credit, owed: left }
}

/// Whether money that came in with this payment is still here.
fn is_good(payment: &PaymentRow) -> bool {
    matches!(payment.status.as_str(), "succeeded" | "settled")
}

impl App {
    /// Decides what a refund that was just accepted is taken from. Ask before it is recorded as accepted.
    pub(super) async fn plan_taking(
        &self,
        tx: &mut OrgTx,
        row: &RefundRow,
        payment: &PaymentRow,
    ) -> Result<Taking, AppError> {
        let chosen = Taking::stored(row)?.unwrap_or_default();
        let covered = tx.list_allocations(&payment.id).await?;
        let reserved = reserved(&tx.undecided_refunds(&payment.id).await?, &row.id)?;
        let on_lines = covered.iter().fold(0, |sum: i64, line| sum.saturating_add(line.amount));
        let refunded = tx.refunded_of(&payment.id).await?;
        let credit = match is_good(payment) {
            true => payment.amount.saturating_sub(on_lines).saturating_sub(refunded),
            false => 0,
        };
        Ok(take(row.amount, &chosen.lines, &covered, &reserved, credit))
    }

    /// Takes it: the lines are open again, the books have the money gone, and the receipt's history says so.
    pub(super) async fn take_away(
        &self,
        tx: &mut OrgTx,
        row: &RefundRow,
        payment: &PaymentRow,
        taking: &Taking,
    ) -> Result<(), AppError> {
        for line in &taking.lines {
            self.move_line(tx, payment, &line.item, -line.amount, "refund").await?;
        }
        let money = |minor| Ok::<_, AppError>(Money::new(minor, amount(payment)?.currency()));
        let (receivable, credit) = accounts(payment);
        let gone = money(taking.of_lines())?;
        book(tx, &self.mint, "refund", &row.id, gone, [&receivable, PROCESSOR]).await?;
        book(tx, &self.mint, "refund_of_credit", &row.id, money(taking.credit)?, [&credit, PROCESSOR])
            .await?;
        let owed = money(taking.owed)?;
        book(tx, &self.mint, "refund_after_return", &row.id, owed, [&receivable, PROCESSOR]).await?;
        self.note(tx, &row.payment_id, row.amount, "refunded", None).await
    }

    /// Puts it back, because the money did not arrive: on the same lines as far as they are still open, and what
    /// somebody has paid by now becomes the payer's credit.
    pub(super) async fn put_back(
        &self,
        tx: &mut OrgTx,
        row: &RefundRow,
        payment: &PaymentRow,
        code: &str,
    ) -> Result<(), AppError> {
        let taking = Taking::stored(row)?.unwrap_or_default();
        let mut on_lines = 0_i64;
        // The lines of a payment that has come back meanwhile stay open.
        if is_good(payment) {
            let items = tx.list_items(&payment.invoice_id).await?;
            for line in &taking.lines {
                let item = items.iter().find(|item| item.id == line.item);
                let open = item.map_or(0, |item| item.amount.saturating_sub(item.covered).max(0));
                let part = line.amount.min(open);
                self.move_line(tx, payment, &line.item, part, "refund_failed").await?;
                on_lines = on_lines.saturating_add(part);
            }
        }
        let on_receivable = if is_good(payment) { on_lines } else { row.amount };
        let on_credit = row.amount.saturating_sub(on_receivable);
        let currency = amount(payment)?.currency();
        let (receivable, credit) = accounts(payment);
        let kind = "refund_failed";
        let back = Money::new(on_receivable, currency);
        book(tx, &self.mint, kind, &row.id, back, [PROCESSOR, &receivable]).await?;
        book(tx, &self.mint, kind, &row.id, Money::new(on_credit, currency), [PROCESSOR, &credit]).await?;
        let invoice = tx.find_invoice(&payment.invoice_id).await?;
        if invoice.is_some_and(|invoice| invoice.paid >= invoice.total) {
            tx.close_paid_items(&payment.invoice_id, self.mint.now_ms());
        }
        self.note(tx, &row.payment_id, row.amount, kind, Some(code)).await
    }
}

/// What the books call what the payer owes, and what is the payer's.
fn accounts(payment: &PaymentRow) -> (String, String) {
    (format!("receivable:{}", payment.account_id), format!("credit:{}", payment.account_id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn covered(amounts: &[i64]) -> Vec<AllocationRow> {
        let line = |(index, amount): (usize, &i64)| AllocationRow {
            item_id: format!("itm_{index}"),
            amount: *amount,
            ..AllocationRow::default()
        };
        amounts.iter().enumerate().map(line).collect()
    }

    fn lines(lines: &[(usize, i64)]) -> Vec<TakenLine> {
        lines
            .iter()
            .map(|(index, amount)| TakenLine { item: format!("itm_{index}"), amount: *amount })
            .collect()
    }

    fn reserve(reserved: &[(usize, i64)]) -> BTreeMap<String, i64> {
        reserved.iter().map(|(index, amount)| (format!("itm_{index}"), *amount)).collect()
    }

    #[test]
    fn what_was_chosen_comes_first_and_then_the_credit() {
        let covered = covered(&[100, 50]);
        let taking = take(30, &lines(&[(0, 30)]), &covered, &reserve(&[]), 20);
        assert_eq!(taking, Taking { lines: lines(&[(0, 30)]), credit: 0, owed: 0 });
        let taking = take(60, &[], &covered, &reserve(&[]), 20);
        assert_eq!(taking, Taking { lines: lines(&[(1, 40)]), credit: 20, owed: 0 });
        let taking = take(70, &[], &covered, &reserve(&[]), 0);
        assert_eq!(taking, Taking { lines: lines(&[(0, 20), (1, 50)]), credit: 0, owed: 0 });
    }

    #[test]
    fn what_others_have_chosen_comes_last() {
        let covered = covered(&[100, 50]);
        let taking = take(60, &[], &covered, &reserve(&[(1, 40)]), 0);
        assert_eq!(taking, Taking { lines: lines(&[(0, 50), (1, 10)]), credit: 0, owed: 0 });
        let taking = take(120, &[], &covered, &reserve(&[(1, 40)]), 0);
        assert_eq!(taking, Taking { lines: lines(&[(0, 100), (1, 20)]), credit: 0, owed: 0 });
    }

    #[test]
    fn a_payment_that_is_gone_leaves_it_owed() {
        let taking = take(60, &lines(&[(0, 60)]), &covered(&[]), &reserve(&[]), 0);
        assert_eq!(taking, Taking { lines: vec![], credit: 0, owed: 60 });
    }

    proptest! {
        #[test]
        fn every_cent_comes_from_somewhere(
            amount in 0i64..1_000, credit in 0i64..300, amounts in prop::collection::vec(0i64..300, 0..5),
            chosen in prop::collection::vec((0usize..5, 1i64..200), 0..4), held in prop::collection::vec((0usize..5, 1i64..200), 0..4),
        ) {
            let covered = covered(&amounts);
            let taking = take(amount, &lines(&chosen), &covered, &reserve(&held), credit);
            prop_assert_eq!(taking.of_lines() + taking.credit + taking.owed, amount);
            prop_assert!(taking.credit <= credit);
            for line in &taking.lines {
                let of_item: i64 = covered.iter().filter(|row| row.item_id == line.item).map(|row| row.amount).sum();
                prop_assert!(line.amount <= of_item);
            }
            if taking.owed > 0 {
                prop_assert_eq!(taking.of_lines(), amounts.iter().sum::<i64>(), "only where nothing else is left");
            }
        }
    }
}
