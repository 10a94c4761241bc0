//! A planned payment falls due: a charge without its payer is made of it, which the engine sends and tries again as any
//! other. A period of a subscription gets its invoice first, whether it can be charged or not.

use paydesk_domain::id::{AttemptId, InvoiceId, InvoiceItemId, PlannedPaymentId};
use paydesk_domain::money::{Currency, Money};
use serde_json::json;

use crate::app::audit::{Action, attempt_detail, note};
use crate::app::begin_plans::period;
use crate::app::chargeable::Ground;
use crate::app::follow_planned::PAID;
use crate::app::keep_with_plan::is_kept_with_plan;
use crate::app::open_action_item::Subject;
use crate::app::plan_terms::{AgreedSubscription, Line, read_stored, stored, sum};
use crate::app::take_payment::book;
use crate::app::take_retry::BUSY_PAUSE_MS;
use crate::app::{App, AppError, view};
use crate::store::{
    AttemptRow, InvoiceFilter, NewAttempt, NewInvoice, NewItem, OrgTx, OrganizationRow, Page, PlanRow,
    PlannedRow, Tenant,
};

/// How long what is to be charged waits while less of it is owed only because a debit is on its way, before it is looked at again.
pub(super) const DEBIT_PAUSE_MS: i64 = 60 * 60_000;
/// Why a planned payment cannot be charged that has no method.
const NO_METHOD: &str = "method_missing";

impl App {
    /// Takes up a planned payment whose day has come. The charge and the end of the waiting are one transaction, so that each
    /// is charged once, whatever dies.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_planned(&self, tenant: &Tenant, id: &str) -> Result<(), AppError> {
        let mut tx = tenant.write().await?;
        let Some(planned) = tx.find_planned(id).await? else { return Ok(()) };
        let now = self.mint.now_ms();
        if let Some(invoice) = &planned.invoice_id {
            tx.lock_invoice(invoice).await?;
            let pause = match tx.live_attempt(invoice).await? {
                Some(_) => Some(BUSY_PAUSE_MS),
                None => self.waits_for_debit(&mut tx, invoice, &planned).await?.then_some(DEBIT_PAUSE_MS),
            };
            if let Some(pause) = pause {
                tx.postpone_planned(id, now.saturating_add(pause), now).await?;
                return Ok(tx.commit().await?);
            }
        }
        // The organization's numbers before the plan, as where a charge's outcome is written: the receipt has its number before
        // the plan hears of it. Who is late gives the number back with the transaction.
        let number = match (planned.initiation.as_str(), &planned.invoice_id) {
            ("recurring", None) => Some(free_number(&mut tx).await?),
            _ => None,
        };
        tx.lock_plan(&planned.plan_id).await?;
        if !tx.claim_planned(id, now).await? {
            return Ok(());
        }
        // Read again: somebody may have changed it until this transaction had it.
        let lost = || AppError::Inconsistent("a planned payment without its plan".into());
        let planned = tx.find_planned(id).await?.ok_or_else(lost)?;
        let plan = tx.find_plan(&planned.plan_id).await?.ok_or_else(lost)?;
        let organization = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        let planned = match planned.initiation.as_str() {
            "recurring" => self.bill_period(&mut tx, &organization, &plan, planned, number).await?,
            _ => planned,
        };
        self.charge_planned(&mut tx, &organization, planned).await?;
        tx.commit().await?;
        self.to_send.notify_one();
        Ok(())
    }

    /// Makes the charge, or finds that none is needed or possible.
    async fn charge_planned(
        &self,
        tx: &mut OrgTx,
        organization: &OrganizationRow,
        planned: PlannedRow,
    ) -> Result<(), AppError> {
        let lost = || AppError::Inconsistent("a planned payment without its invoice".into());
        let invoice = planned.invoice_id.clone().ok_or_else(lost)?;
        let lines = self.still_owed(tx, &invoice, &planned).await?;
        if lines.is_empty() {
            return self.move_planned(tx, planned, "skipped", Some(PAID)).await;
        }
        let row = self.attempt_of(organization, &planned, invoice, sum(&lines))?;
        let charged = match planned.method_id.as_deref() {
            kept if is_kept_with_plan(kept) => self.with_kept(tx, organization, &planned, row).await,
            Some(_) => self.with_saved(tx, organization, row, Ground::Plan).await,
            None => Err(AppError::invalid("payment_method", NO_METHOD)),
        };
        let row = match charged {
            Ok(row) => row,
            Err(AppError::Refused(refusal)) => {
                let because = if planned.method_id.is_some() { refusal.code.as_str() } else { NO_METHOD };
                tx.charge_planned(&planned).await?;
                self.ask_about(tx, &planned, sum(&lines), because).await?;
                return self.move_planned(tx, planned, "failed", Some(because)).await;
            }
            Err(error) => return Err(error),
        };
        let planned = PlannedRow { attempt_id: Some(row.id.clone()), ..planned };
        tx.charge_planned(&planned).await?;
        let detail =
            json!({"plan": planned.plan_id, "charge": row.id, "amount": row.amount, "try": planned.tries});
        note(tx, &self.mint, Action::PlannedCharged, &planned.id, detail)?;
        note(tx, &self.mint, Action::AttemptCreated, &row.id, attempt_detail(&row))?;
        let id = row.id.clone();
        tx.insert_attempt(NewAttempt { row, claim: None }).await?;
        for line in lines {
            tx.insert_attempt_line(&id, &line.item, line.amount).await?;
        }
        Ok(tx.hint().await?)
    }

    /// Whether a planned payment would be charged for less, or not at all, only because a bank has still to answer: what it sends
    /// back is owed again, and so the payment waits for it.
    ///
    /// # Errors
    /// When the database fails or contradicts itself.
    pub(super) async fn waits_for_debit(
        &self,
        tx: &mut OrgTx,
        invoice: &str,
        planned: &PlannedRow,
    ) -> Result<bool, AppError> {
        let row = tx.find_invoice(invoice).await?;
        let is_pending = row.is_some_and(|row| row.pending > 0);
        Ok(is_pending && sum(&self.still_owed(tx, invoice, planned).await?) < planned.amount)
    }

    /// What is still owed of the lines of a planned payment: never more than is open of each, nor more than can be asked for
    /// without anybody paying twice.
    ///
    /// # Errors
    /// When the database fails or contradicts itself.
    pub(super) async fn still_owed(
        &self,
        tx: &mut OrgTx,
        invoice: &str,
        planned: &PlannedRow,
    ) -> Result<Vec<Line>, AppError> {
        let row = tx.find_invoice(invoice).await?;
        let mut payable = row.as_ref().map_or(0, view::payable_now);
        let items = tx.list_items(invoice).await?;
        let mut owed = Vec::new();
        for line in read_stored::<Vec<Line>>(&planned.lines)? {
            let item = items.iter().find(|item| item.id == line.item);
            let open = item.map_or(0, |item| item.amount.saturating_sub(item.covered));
            let amount = line.amount.min(open).min(payable);
            if amount > 0 {
                payable = payable.saturating_sub(amount);
                owed.push(Line { amount, ..line });
            }
        }
        Ok(owed)
    }

    /// The charge, without the facts of its method yet. Its key is that of the planned payment and the try.
    fn attempt_of(
        &self,
        organization: &OrganizationRow,
        planned: &PlannedRow,
        invoice_id: String,
        amount: i64,
    ) -> Result<AttemptRow, AppError> {
        let now = self.mint.now_ms();
        let id = self.mint.id(AttemptId::new)?.as_str().to_owned();
        Ok(AttemptRow {
            org_id: organization.id.clone(),
            origin_id: id.clone(),
            account_id: planned.account_id.clone(),
            login_id: planned.login_id.clone(),
            invoice_id,
            amount,
            currency: planned.currency.clone(),
            initiation: planned.initiation.clone(),
            method_id: planned.method_id.clone(),
            vault: organization.vault.clone(),
            request_hash: format!("planned {} {}", planned.id, planned.tries),
            idempotency_key: format!("{}.{}.charge", planned.id, planned.tries),
            id,
            status: "created".to_owned(),
            due_at_ms: now,
            created_at_ms: now,
            ..AttemptRow::default()
        })
    }

    /// Makes the invoice of a period, and plans the period after it. The first period may be on the invoice of the purchase.
    async fn bill_period(
        &self,
        tx: &mut OrgTx,
        organization: &OrganizationRow,
        plan: &PlanRow,
        planned: PlannedRow,
        number: Option<String>,
    ) -> Result<PlannedRow, AppError> {
        let terms: AgreedSubscription = read_stored(&plan.terms)?;
        let seq = planned.seq.saturating_add(1);
        if plan.status == "active"
            && let Some(next) = period(&terms, seq)?
        {
            let id = self.mint.id(PlannedPaymentId::new)?;
            self.plan_payment(tx, organization, plan, id, next).await?;
        }
        let Some(number) = number else { return Ok(planned) };
        let now = self.mint.now_ms();
        let currency: Currency =
            plan.currency.parse().map_err(|_| AppError::Inconsistent("an unknown currency".into()))?;
        let invoice = self.mint.id(InvoiceId::new)?.as_str().to_owned();
        let item = NewItem {
            id: self.mint.id(InvoiceItemId::new)?.as_str().to_owned(),
            description: terms.description,
            participant: terms.participant,
            amount: planned.amount,
        };
        let lines = vec![Line { item: item.id.clone(), amount: planned.amount }];
        let new = NewInvoice {
            id: invoice.clone(),
            account_id: plan.account_id.clone(),
            number,
            currency: plan.currency.clone(),
            total: planned.amount,
            items: vec![item],
        };
        tx.insert_invoice(new, now).await?;
        let receivable = format!("receivable:{}", plan.account_id);
        let amount = Money::new(planned.amount, currency);
        book(tx, &self.mint, "invoice", &invoice, amount, [&receivable, "income"]).await?;
        let detail = json!({
            "account": plan.account_id, "amount": planned.amount, "currency": plan.currency, "plan": plan.id,
        });
        note(tx, &self.mint, Action::InvoiceCreated, &invoice, detail)?;
        Ok(PlannedRow { invoice_id: Some(invoice), lines: stored(&lines), ..planned })
    }

    /// Nobody is there to give another method: a human must ask for it.
    async fn ask_about(
        &self,
        tx: &mut OrgTx,
        planned: &PlannedRow,
        amount: i64,
        because: &str,
    ) -> Result<(), AppError> {
        let about = Subject {
            id: planned.id.clone(),
            account: planned.account_id.clone(),
            amount,
            currency: planned.currency.clone(),
        };
        self.open_item(tx, "charge_failed", about, Some(because)).await
    }
}

/// The next number for an invoice that the organization has not given to one of its own.
async fn free_number(tx: &mut OrgTx) -> Result<String, AppError> {
    let page = Page { after: String::new(), limit: 1 };
    loop {
        let number = format!("INV-{:06}", tx.next_invoice_number().await?);
        let filter = InvoiceFilter { number: number.clone(), ..InvoiceFilter::default() };
        if tx.list_invoices(&page, &filter).await?.is_empty() {
            return Ok(number);
        }
    }
}
