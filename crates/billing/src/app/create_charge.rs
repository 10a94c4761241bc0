//! Charges a saved method without its payer: what was agreed to earlier falls due.

use paydesk_domain::id::AttemptId;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::stored_credential::MerchantReason;
use paydesk_domain::wire::error::ErrorCode;

use crate::app::audit::{Action, attempt_detail, note};
use crate::app::chargeable::Ground;
use crate::app::confirm_checkout::with_method;
use crate::app::erase_client::refuse_erased;
use crate::app::{App, AppError, text, view};
use crate::store::{AttemptRow, NewAttempt, OrgTx, OrganizationRow, Tenant};
use crate::wire::{ChargeView, NewCharge};

impl App {
    /// Writes a charge, which a worker sends. It is answered before it is decided.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn create_charge(
        &self,
        tenant: &Tenant,
        mut tx: OrgTx,
        new: NewCharge,
    ) -> Result<(OrgTx, ChargeView), AppError> {
        let organization = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        let unknown = || AppError::invalid("invoice", "There is no such invoice of yours.");
        if !tx.lock_invoice(&new.invoice).await? {
            return Err(unknown());
        }
        let invoice = tx.find_invoice(&new.invoice).await?.ok_or_else(unknown)?;
        let account = tx.find_account(&invoice.account_id).await?.ok_or_else(unknown)?;
        refuse_erased(&mut tx, &account.id).await?;
        if tx.live_attempt(&invoice.id).await?.is_some() {
            let detail = "A try to pay this invoice is under way: wait for its outcome.";
            return Err(AppError::refused(ErrorCode::AttemptInProgress, detail));
        }
        let payable = view::payable_now(&invoice);
        let amount = new.amount.unwrap_or(payable);
        if payable == 0 {
            return Err(AppError::refused(ErrorCode::NothingToPay, "There is nothing left to pay."));
        }
        if !(1..=payable).contains(&amount) {
            return Err(AppError::invalid("amount", format!("Minor units, 1 to {payable}.")));
        }
        let now = self.mint.now_ms();
        let due_at_ms = match &new.due_at {
            Some(due_at) => text::read_time("due_at", due_at)?.max(now),
            None => now,
        };
        let id = self.mint.id(AttemptId::new)?.as_str().to_owned();
        let row = AttemptRow {
            org_id: tenant.id().as_str().to_owned(),
            origin_id: id.clone(),
            account_id: account.id,
            login_id: account.login_id,
            invoice_id: invoice.id,
            amount,
            currency: invoice.currency,
            initiation: MerchantReason::from(new.reason).as_str().to_owned(),
            method_id: Some(new.payment_method),
            vault: organization.vault.clone(),
            request_hash: format!("charge {id}"),
            idempotency_key: format!("{id}.charge"),
            id,
            status: "created".to_owned(),
            due_at_ms,
            created_at_ms: now,
            ..AttemptRow::default()
        };
        let row = self.with_saved(&mut tx, &organization, row, Ground::Permission).await?;
        note(&mut tx, &self.mint, Action::AttemptCreated, &row.id, attempt_detail(&row))?;
        tx.insert_attempt(NewAttempt { row: row.clone(), claim: None }).await?;
        tx.hint().await?;
        let view = ChargeView::from_parts(row, view::AttemptSide::default());
        Ok((tx, view))
    }

    /// The charge with the facts of its saved method, if that may be charged while its payer is away.
    ///
    /// # Errors
    /// A refusal of the method; when the database fails.
    pub(super) async fn with_saved(
        &self,
        tx: &mut OrgTx,
        organization: &OrganizationRow,
        row: AttemptRow,
        ground: Ground,
    ) -> Result<AttemptRow, AppError> {
        let id = row.method_id.clone().unwrap_or_default();
        let found = self.chargeable(tx, organization, &row, &id, ground).await?;
        let row = with_method(row, found.map_err(|why| why.refusal("payment_method"))?);
        if row.kind == MethodKind::Card.as_str() {
            return Ok(row);
        }
        let mandate = tx.standing_mandate(&id).await?.ok_or_else(|| {
            let detail = "No mandate stands for this bank account: its payer must give one.";
            AppError::param(ErrorCode::MandateRequired, "payment_method", detail)
        })?;
        let processor_mandate = mandate.processor_reference;
        Ok(AttemptRow { mandate_id: Some(mandate.id), processor_mandate, ..row })
    }
}
