//! A payer chose a way to pay: it must be the one that they were shown, and what it asks for later is written down with the
//! try that begins it. Nothing of it is true before that try succeeds.

use paydesk_domain::id::PlanId;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::plans::{PlanChoice, SavedMethodReason};
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::keep_with_plan::Keeping;
use crate::app::offer_plans::{FULL, Offer};
use crate::app::plan_terms::{AgreedInstallments, stored};
use crate::app::{App, AppError, view};
use crate::store::{AttemptRow, InvoiceRow, OrgTx, OrganizationRow, PlanRow};

/// What a payer agreed to.
#[derive(Debug)]
pub(super) struct Agreed {
    /// What is due now, minor units.
    pub(super) due_now: i64,
    /// The way to pay, where anything is paid later.
    offer: Option<Offer>,
}

impl Agreed {
    /// Whether nothing is paid later.
    pub(super) const fn is_at_once(&self) -> bool {
        self.offer.is_none()
    }
}

impl App {
    /// What the payer of an attempt agreed to, if they may and if it is still what they were shown. The invoice is locked.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub(super) async fn agree_to_plan(
        &self,
        tx: &mut OrgTx,
        organization: &OrganizationRow,
        invoice: &InvoiceRow,
        row: &AttemptRow,
        choice: Option<&PlanChoice>,
    ) -> Result<Agreed, AppError> {
        let at_once = Agreed { due_now: view::payable_now(invoice), offer: None };
        let unavailable = || {
            let detail = "This invoice cannot be paid in this way now: load it again and choose another one.";
            AppError::param(ErrorCode::PlanUnavailable, "plan.option", detail)
        };
        let offers = self.offers(tx, organization, invoice).await?;
        let Some(choice) = choice else {
            let is_ordinary = |offer: &Offer| offer.id == FULL && offer.needs_saved_method().is_none();
            return match offers {
                Some(offers) if offers.is_empty() => {
                    let detail = "What is on this invoice can no longer be bought as it was meant, or a payment is still on its \
                                  way: ask for a new invoice, or wait.";
                    Err(AppError::param(ErrorCode::PlanUnavailable, "plan", detail))
                }
                Some(offers) if !offers.iter().any(is_ordinary) => {
                    let detail =
                        "A subscription begins with this invoice: send the way to pay that was chosen.";
                    Err(AppError::param(ErrorCode::PlanRequired, "plan", detail))
                }
                _ => Ok(at_once),
            };
        };
        let mut offers = offers.unwrap_or_default().into_iter();
        let offer = offers.find(|offer| offer.id == choice.option).ok_or_else(unavailable)?;
        if offer.hash != choice.schedule_hash {
            let detail = "What is due when has changed since it was shown: load it again and ask once more.";
            return Err(AppError::param(ErrorCode::ScheduleChanged, "plan.schedule_hash", detail));
        }
        let Some(reason) = offer.needs_saved_method() else { return Ok(at_once) };
        if row.method_id.is_none() && !Keeping::of(row).is_kept() {
            let detail = match reason {
                SavedMethodReason::Installments => {
                    "Later installments are charged to a saved method: choose one, or save this one."
                }
                SavedMethodReason::Subscription => {
                    "A subscription is charged to a saved method: choose one, or save this one."
                }
            };
            return Err(AppError::param(ErrorCode::PlanNeedsSavedMethod, "save", detail));
        }
        Ok(Agreed { due_now: offer.due_now, offer: Some(offer) })
    }

    /// Writes what was agreed to beside the attempt that begins it.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn write_agreed(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        agreed: Agreed,
    ) -> Result<(), AppError> {
        let Some(offer) = agreed.offer else { return Ok(()) };
        for line in &offer.now {
            tx.insert_attempt_line(&row.id, &line.item, line.amount).await?;
        }
        let plan = |kind: &str, item_id: Option<String>, terms: String| PlanRow {
            kind: kind.to_owned(),
            account_id: row.account_id.clone(),
            login_id: row.login_id.clone(),
            invoice_id: row.invoice_id.clone(),
            item_id,
            attempt_id: row.id.clone(),
            method_id: row.method_id.clone(),
            currency: row.currency.clone(),
            terms,
            schedule_hash: offer.hash.clone(),
            created_at_ms: self.mint.now_ms(),
            ..PlanRow::default()
        };
        let mut plans = Vec::new();
        if !offer.later.is_empty() {
            let terms = AgreedInstallments { option: offer.id.clone(), payments: offer.later.clone() };
            plans.push(plan("installments", None, stored(&terms)));
        }
        for begins in &offer.subscriptions {
            plans.push(plan("subscription", Some(begins.item.clone()), stored(begins)));
        }
        for row in plans {
            let row = PlanRow { id: self.mint.id(PlanId::new)?.as_str().to_owned(), ..row };
            tx.insert_plan(&row).await?;
            let detail = json!({
                "kind": row.kind, "invoice": row.invoice_id, "attempt": row.attempt_id, "schedule_hash": row.schedule_hash,
            });
            note(tx, &self.mint, Action::PlanAgreed, &row.id, detail)?;
        }
        Ok(())
    }
}
