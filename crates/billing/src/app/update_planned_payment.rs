//! Changes the day or the amount of an installment that is still to come, or gives one that has failed another day. The
//! invoice stays as it is, and no more than what is owed is ever charged.

use paydesk_domain::wire::error::ErrorCode;

use crate::app::audit::Action;
use crate::app::begin_plans::begins_at_ms;
use crate::app::create_invoice::AMOUNT_MAX;
use crate::app::plan_terms::{Line, read_stored, stored};
use crate::app::{App, AppError, event_types, text, view};
use crate::store::{OrgTx, PlannedRow};
use crate::wire::{ChangedPlannedPayment, PlannedPaymentView};

impl App {
    /// Changes what the request names.
    ///
    /// # Errors
    /// `not_found`, `not_changeable`; a refusal that names the field; when the database fails.
    pub async fn update_planned_payment(
        &self,
        mut tx: OrgTx,
        id: &str,
        change: ChangedPlannedPayment,
    ) -> Result<(OrgTx, PlannedPaymentView), AppError> {
        let row = changeable(&mut tx, id).await?;
        let organization = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        let today = view::today(&organization, self.mint.now())?;
        let due_on = match &change.due_on {
            Some(day) => {
                let day = text::read_date("due_on", day)?;
                if day < today {
                    return Err(AppError::invalid("due_on", "Today or later."));
                }
                day.to_string()
            }
            None if row.status == "failed" => {
                return Err(AppError::invalid("due_on", "One that has failed needs another day."));
            }
            None => row.due_on.clone(),
        };
        let amount = change.amount.unwrap_or(row.amount);
        if !(1..=AMOUNT_MAX).contains(&amount) {
            return Err(AppError::invalid("amount", format!("Minor units, 1 to {AMOUNT_MAX}.")));
        }
        let had_failed = row.status == "failed";
        let lines = stored(&resized(read_stored(&row.lines)?, amount));
        let due_at_ms = begins_at_ms(&organization, &due_on)?;
        let row = PlannedRow {
            status: "planned".to_owned(),
            because: None,
            ended_at_ms: None,
            amount,
            lines,
            due_on,
            due_at_ms,
            ..row
        };
        let taken = |error: crate::store::StoreError| {
            if error.is_unique_violation() {
                AppError::invalid("due_on", "Its plan has a payment on this day already.")
            } else {
                error.into()
            }
        };
        if had_failed {
            // Somebody has seen to it: it has another day.
            tx.close_items_of_planned(&row.id, row.attempt_id.as_deref(), self.mint.now_ms()).await?;
        }
        if !tx.change_planned(&row).await.map_err(taken)? {
            return Err(not_changeable());
        }
        let another = |error: crate::store::StoreError| {
            if error.is_unique_violation() { not_changeable() } else { error.into() }
        };
        tx.reopen_plan(&row.plan_id).await.map_err(another)?;
        if had_failed && let Some(plan) = tx.find_plan(&row.plan_id).await? {
            // It may have been over, and nobody asked any more.
            self.ask_to_take_over(&mut tx, &plan, row.amount).await?;
        }
        self.tell_planned(&mut tx, Action::PlannedUpdated, event_types::PLANNED_UPDATED, &row).await?;
        Ok((tx, PlannedPaymentView::from(row)))
    }
}

/// An installment that may be changed, its plan locked.
///
/// # Errors
/// `not_found`, `not_changeable`; when the database fails.
pub(super) async fn changeable(tx: &mut OrgTx, id: &str) -> Result<PlannedRow, AppError> {
    let row = tx.find_planned(id).await?.ok_or_else(AppError::not_found)?;
    tx.lock_plan(&row.plan_id).await?;
    let row = tx.find_planned(id).await?.ok_or_else(AppError::not_found)?;
    let plan = tx.find_plan(&row.plan_id).await?.ok_or_else(AppError::not_found)?;
    if row.initiation != "installment" {
        let detail = "A subscription's payments follow what was agreed to: end the subscription instead.";
        return Err(AppError::refused(ErrorCode::NotChangeable, detail));
    }
    let is_to_come = row.status == "planned" || row.status == "failed";
    let is_alive = plan.status == "active" || plan.status == "completed";
    if is_to_come && is_alive { Ok(row) } else { Err(not_changeable()) }
}

/// The refusal of a change that comes too late.
pub(super) fn not_changeable() -> AppError {
    let detail = "This payment is under way or over, or its plan is: it cannot be changed any more.";
    AppError::refused(ErrorCode::NotChangeable, detail)
}

/// The lines of a payment for another amount: the last ones give way, and what is more goes to the last one.
fn resized(lines: Vec<Line>, amount: i64) -> Vec<Line> {
    let last = lines.len().saturating_sub(1);
    let mut left = amount;
    let mut resized = Vec::with_capacity(lines.len());
    for (index, line) in lines.into_iter().enumerate() {
        let part = if index == last { left } else { line.amount.min(left) };
        left = left.saturating_sub(part);
        if part > 0 {
            resized.push(Line { amount: part, ..line });
        }
    }
    resized
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_another_amount_sum_to_it() {
        let line = |item: &str, amount| Line { item: item.to_owned(), amount };
        let lines = || vec![line("a", 300), line("b", 200)];
        assert_eq!(resized(lines(), 500), lines());
        assert_eq!(resized(lines(), 350), [line("a", 300), line("b", 50)]);
        assert_eq!(resized(lines(), 300), [line("a", 300)]);
        assert_eq!(resized(lines(), 100), [line("a", 100)]);
        assert_eq!(resized(lines(), 900), [line("a", 300), line("b", 600)]);
    }
}
