//! What was agreed to with a try begins with its success, in the same transaction, or comes to nothing with it.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use paydesk_domain::id::{OutboxId, PlannedPaymentId};
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::open_action_item::Subject;
use crate::app::plan_terms::{
    AgreedInstallments, AgreedPayment, AgreedSubscription, Line, read_stored, stored, sum,
};
use crate::app::{App, AppError, event_types, text};
use crate::store::{AttemptRow, OrgTx, OrganizationRow, PlanRow, PlannedRow};

/// A payment that is to be planned.
#[derive(Debug)]
pub(super) struct Next {
    /// Its number within its plan.
    pub(super) seq: i64,
    /// Its day and its lines.
    pub(super) payment: AgreedPayment,
    /// What it pays, where that is invoiced already.
    pub(super) invoice_id: Option<String>,
}

impl App {
    /// The try succeeded: its plans begin, and what they ask for later is planned. `method` is what is charged from now on: a saved
    /// method, or the card that is kept for these plans.
    ///
    /// # Errors
    /// When the database fails or contradicts itself.
    pub(super) async fn begin_plans(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        method: Option<&str>,
    ) -> Result<(), AppError> {
        let plans = tx.plans_of_attempt(&row.id).await?;
        if plans.is_empty() {
            return Ok(());
        }
        let now = self.mint.now_ms();
        let organization = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        for plan in plans {
            if !tx.begin_plan(&plan.id, method, now).await? {
                continue;
            }
            let method_id = method.map(str::to_owned);
            let plan = PlanRow { status: "active".to_owned(), method_id, ..plan };
            let planned = first_planned(&plan)?;
            let detail = json!({"kind": plan.kind, "attempt": row.id, "payments": planned.len()});
            note(tx, &self.mint, Action::PlanStarted, &plan.id, detail)?;
            self.announce_plan(tx, event_types::PLAN_STARTED, &plan).await?;
            // They are made in the same moment: sorted, their ids follow the days, as lists do.
            let ids: Result<Vec<_>, _> =
                planned.iter().map(|_| self.mint.id(PlannedPaymentId::new)).collect();
            let mut ids = ids?;
            ids.sort();
            let to_come = planned.iter().map(|next| sum(&next.payment.lines)).fold(0, i64::saturating_add);
            for (id, next) in ids.into_iter().zip(planned) {
                self.plan_payment(tx, &organization, &plan, id, next).await?;
            }
            // A subscription that has ended before its second charge.
            self.complete_plan(tx, &plan.id).await?;
            if method.is_none() {
                self.no_method(tx, &plan, row).await?;
            }
            if to_come > 0 {
                self.ask_to_take_over(tx, &plan, to_come).await?;
            }
        }
        Ok(())
    }

    /// The try came to nothing, and its plans with it.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn void_plans(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        because: &str,
    ) -> Result<(), AppError> {
        for plan in tx.void_plans(&row.id, because, self.mint.now_ms()).await? {
            note(
                tx,
                &self.mint,
                Action::PlanVoided,
                &plan.id,
                json!({"attempt": row.id, "because": because}),
            )?;
        }
        Ok(())
    }

    /// Plans one payment, for the beginning of its day where the organization is.
    ///
    /// # Errors
    /// When the database fails or contradicts itself.
    pub(super) async fn plan_payment(
        &self,
        tx: &mut OrgTx,
        organization: &OrganizationRow,
        plan: &PlanRow,
        id: PlannedPaymentId,
        next: Next,
    ) -> Result<(), AppError> {
        let Next { seq, payment, invoice_id } = next;
        let is_installment = plan.kind == "installments";
        let row = PlannedRow {
            id: id.as_str().to_owned(),
            plan_id: plan.id.clone(),
            seq,
            initiation: if is_installment { "installment" } else { "recurring" }.to_owned(),
            account_id: plan.account_id.clone(),
            login_id: plan.login_id.clone(),
            method_id: plan.method_id.clone(),
            invoice_id,
            amount: sum(&payment.lines),
            currency: plan.currency.clone(),
            lines: stored(&payment.lines),
            due_at_ms: begins_at_ms(organization, &payment.due_on)?,
            due_on: payment.due_on,
            created_at_ms: self.mint.now_ms(),
            ..PlannedRow::default()
        };
        Ok(tx.insert_planned(&row).await?)
    }

    /// Completes a plan of which nothing is to come any more.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn complete_plan(&self, tx: &mut OrgTx, plan: &str) -> Result<(), AppError> {
        let Some(plan) = tx.complete_plan(plan, self.mint.now_ms()).await? else { return Ok(()) };
        note(tx, &self.mint, Action::PlanCompleted, &plan.id, json!({"kind": plan.kind}))?;
        self.nothing_to_take_over(tx, &plan).await?;
        self.announce_plan(tx, event_types::PLAN_COMPLETED, &plan).await
    }

    /// Tells of a plan in its present state.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn announce_plan(
        &self,
        tx: &mut OrgTx,
        topic: &str,
        plan: &PlanRow,
    ) -> Result<(), AppError> {
        let id = self.mint.id(OutboxId::new)?;
        let told = event_types::plan(plan);
        tx.insert_outbox(id.as_str(), topic, &plan.id, &told, self.mint.now_ms()).await?;
        Ok(())
    }

    /// Money was taken, and the method could not be kept: somebody must ask for another one before the next payment.
    async fn no_method(&self, tx: &mut OrgTx, plan: &PlanRow, row: &AttemptRow) -> Result<(), AppError> {
        let about = Subject {
            id: plan.id.clone(),
            account: plan.account_id.clone(),
            amount: row.amount,
            currency: plan.currency.clone(),
        };
        self.open_item(tx, "plan_without_method", about, None).await
    }
}

/// What a plan that begins asks for.
fn first_planned(plan: &PlanRow) -> Result<Vec<Next>, AppError> {
    let invoice_id = Some(plan.invoice_id.clone());
    if plan.kind == "installments" {
        let terms: AgreedInstallments = read_stored(&plan.terms)?;
        let payments = (0..).zip(terms.payments);
        return Ok(payments
            .map(|(seq, payment)| Next { seq, payment, invoice_id: invoice_id.clone() })
            .collect());
    }
    let terms: AgreedSubscription = read_stored(&plan.terms)?;
    Ok(match terms.first.clone() {
        Some(payment) => vec![Next { seq: 0, payment, invoice_id }],
        None => period(&terms, 1)?.into_iter().collect(),
    })
}

/// The charge that comes `seq` charges after the first one of a subscription; `None` once it has ended. Its line is the first
/// one's, until it has an invoice of its own.
///
/// # Errors
/// When what is stored cannot be read.
pub(super) fn period(terms: &AgreedSubscription, seq: i64) -> Result<Option<Next>, AppError> {
    let lines = || vec![Line { item: terms.item.clone(), amount: terms.price }];
    let next = |payment| Next { seq, payment, invoice_id: None };
    Ok(terms.charged_on(seq)?.map(|day| next(AgreedPayment { due_on: day.to_string(), lines: lines() })))
}

/// When a day begins where the organization is. Where that hour does not exist, it is the first one that does.
///
/// # Errors
/// When its time zone is unknown to this program, or what is stored is no day.
pub(super) fn begins_at_ms(organization: &OrganizationRow, day: &str) -> Result<i64, AppError> {
    let odd = || AppError::Inconsistent("a planned day that cannot be read".into());
    let day: Date = text::read_date("due_on", day).map_err(|_| odd())?;
    let zone = TimeZone::get(&organization.time_zone).map_err(|_| odd())?;
    Ok(day.to_zoned(zone).map_err(|_| odd())?.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_where_the_organization_is() {
        for (zone, day, begins) in [
            ("America/Toronto", "2026-12-31", "2026-12-31T05:00:00Z"),
            ("America/Toronto", "2026-07-01", "2026-07-01T04:00:00Z"),
            // Clocks went from midnight to one: the day began at one.
            ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z"),
            // They went from midnight back to eleven: the day began once, an hour later than it would have.
            ("Asia/Beirut", "2025-10-26", "2025-10-25T22:00:00Z"),
            ("Pacific/Auckland", "2027-01-01", "2026-12-31T11:00:00Z"),
        ] {
            let organization = OrganizationRow { time_zone: zone.to_owned(), ..OrganizationRow::default() };
            assert_eq!(text::time(begins_at_ms(&organization, day).unwrap()), begins, "{zone} {day}");
        }
    }
}
