//! A planned payment was refused: where its client agreed to that, another card of theirs is charged instead, once, before the usual
//! tries of the plan's own method go on.
//!
//! The charge is written in the transaction of the refusal, under a key of the planned payment, so that there is one, whatever dies. It is a
//! try of the same debt: what ceilings count of that, they count of it too.

use paydesk_domain::id::AttemptId;
use paydesk_domain::method_kind::MethodKind;
use serde_json::json;

use crate::app::audit::{Action, attempt_detail, note};
use crate::app::chargeable::Permission;
use crate::app::plan_terms::sum;
use crate::app::{App, AppError, view};
use crate::store::{AttemptRow, MethodRow, NewAttempt, OrgTx, OrganizationRow, PlannedRow};

/// How the key of such a charge ends.
const BACKUP_KEY: &str = ".backup.charge";

/// Whether an attempt charges a backup.
pub(super) fn is_backup(row: &AttemptRow) -> bool {
    row.initiation != "payer" && row.idempotency_key.ends_with(BACKUP_KEY)
}

impl App {
    /// Writes the charge of the client's backup where the first try of a planned payment was refused. Answers whether there is one.
    ///
    /// # Errors
    /// When the database fails or contradicts itself.
    pub(super) async fn charge_backup(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        planned: &PlannedRow,
    ) -> Result<bool, AppError> {
        if row.id != row.origin_id || is_backup(row) {
            return Ok(false);
        }
        let Some(backup) = tx.standing_backup(&row.login_id).await? else { return Ok(false) };
        if tx.find_plan(&planned.plan_id).await?.is_some_and(|plan| plan.status == "ended") {
            return Ok(false);
        }
        let organization = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        let found = self.backup_method(tx, &organization, row, &backup.method_id).await?;
        // A card that was refused a moment ago is no other one.
        let Some(method) =
            found.ok().filter(|method| Some(&method.reference) != row.processor_method.as_ref())
        else {
            return Ok(false);
        };
        let invoice = tx.find_invoice(&row.invoice_id).await?;
        let is_owed = invoice.as_ref().map_or(0, view::payable_now) >= row.amount
            && sum(&self.still_owed(tx, &row.invoice_id, planned).await?) >= row.amount;
        if !is_owed {
            return Ok(false);
        }
        let charge = self.of_backup(row, planned, method)?;
        let detail =
            json!({"plan": planned.plan_id, "charge": charge.id, "amount": charge.amount, "backup": true});
        note(tx, &self.mint, Action::PlannedCharged, &planned.id, detail)?;
        note(tx, &self.mint, Action::AttemptCreated, &charge.id, attempt_detail(&charge))?;
        tx.insert_attempt(NewAttempt { row: charge, claim: None }).await?;
        tx.hint().await?;
        self.to_send.notify_one();
        Ok(true)
    }

    /// The charge. Which method it is of, no view of a charge tells.
    fn of_backup(
        &self,
        refused: &AttemptRow,
        planned: &PlannedRow,
        method: MethodRow,
    ) -> Result<AttemptRow, AppError> {
        let now = self.mint.now_ms();
        let id = self.mint.id(AttemptId::new)?.as_str().to_owned();
        Ok(AttemptRow {
            org_id: refused.org_id.clone(),
            idempotency_key: format!("{}.{}{BACKUP_KEY}", planned.id, planned.tries),
            request_hash: format!("backup of {}", refused.id),
            id,
            origin_id: refused.origin_id.clone(),
            account_id: refused.account_id.clone(),
            login_id: refused.login_id.clone(),
            invoice_id: refused.invoice_id.clone(),
            amount: refused.amount,
            currency: refused.currency.clone(),
            kind: method.kind,
            method_id: Some(method.id),
            initiation: "unscheduled".to_owned(),
            vault: method.vault,
            network_transaction_id: method.network_transaction_id,
            customer: Some(method.customer),
            processor_method: Some(method.reference),
            brand: Some(method.brand),
            last4: Some(method.last4),
            exp_month: method.exp_month,
            exp_year: method.exp_year,
            status: "created".to_owned(),
            due_at_ms: now,
            created_at_ms: now,
            ..AttemptRow::default()
        })
    }

    /// The card that a charge of a backup may be made of now: what was agreed to then may have ended since.
    ///
    /// # Errors
    /// When the database fails or contradicts itself.
    pub(super) async fn still_backed_up(
        &self,
        tx: &mut OrgTx,
        organization: &OrganizationRow,
        row: &AttemptRow,
    ) -> Result<Permission, AppError> {
        match tx.standing_backup(&row.login_id).await? {
            Some(backup) => self.backup_method(tx, organization, row, &backup.method_id).await,
            None => self.judge(organization, row, None),
        }
    }

    async fn backup_method(
        &self,
        tx: &mut OrgTx,
        organization: &OrganizationRow,
        row: &AttemptRow,
        method: &str,
    ) -> Result<Permission, AppError> {
        tx.act_for_login(&row.login_id).await?;
        let found = tx.find_own_method(&row.login_id, method).await?;
        let found = found
            .filter(|found| found.vault == organization.vault && found.kind == MethodKind::Card.as_str());
        self.judge(organization, row, found)
    }

    /// A backup did not pay: the tries of the plan's own method go on, or a human is asked, as if there had been none.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn after_backup(&self, tx: &mut OrgTx, row: &AttemptRow) -> Result<(), AppError> {
        if tx.planned_retry(&row.origin_id).await?.is_some() {
            return Ok(());
        }
        let gone = || AppError::Inconsistent("a backup without what it backed up".into());
        let refused = tx.find_attempt(&row.origin_id).await?.ok_or_else(gone)?;
        let code = refused.decline_code.clone();
        self.open_item(tx, "charge_failed", &refused, code.as_deref()).await
    }
}
