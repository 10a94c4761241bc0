//! Brings a method that is in the processor's vault already into a client's wallet, and lets this organization
//! charge it.

use paydesk_domain::consent;
use paydesk_domain::id::{AuthorizationId, PaymentMethodId};
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::error::ErrorCode;
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::erase_client::refuse_erased;
use crate::app::mail_text::{Named, Occasion};
use crate::app::write_once::Write;
use crate::app::{App, AppError, Settings, address, text, view};
use crate::clock::Mint;
use crate::ports::processor::{Attachment, NewCustomer, StoredMethod};
use crate::secret::sha256_hex;
use crate::store::{AccountRow, MethodRow, NewAuthorization, NewMethod, OrgTx, OrganizationRow, Tenant};
use crate::wire::{BringMethod, SavedMethodView};

impl App {
    /// Brings a method in. The processor is asked before the transaction begins.
    ///
    /// # Errors
    /// A refusal that names the field, `method_unknown`, `wallet_full`; when the database or the processor fails.
    pub async fn add_method(
        &self,
        tenant: &Tenant,
        write: &Write,
        account: &str,
        new: BringMethod,
    ) -> Result<(OrgTx, SavedMethodView), AppError> {
        let mut tx = tenant.read().await?;
        let account = tx.find_account(account).await?.ok_or_else(AppError::not_found)?;
        refuse_erased(&mut tx, &account.id).await?;
        let organization = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        drop(tx);
        let billing_address = address::accept("billing_address", &new.billing_address)?;
        let nickname = text::optional("nickname", new.nickname.as_deref(), 60)?;
        let accepted_at_ms = text::read_time("consent.accepted_at", &new.consent.accepted_at)?;
        let shown = consent::save_card(&new.consent.locale, &organization.name);
        if new.consent.version != shown.version {
            return Err(AppError::invalid("consent.version", "There is no consent text of this version."));
        }
        let unknown = || {
            let detail = "The processor's vault has no such card, or this wallet does not take it.";
            AppError::param(ErrorCode::MethodUnknown, "processor_payment_method", detail)
        };
        let stored = self.processor.method(&new.processor_payment_method).await?.ok_or_else(unknown)?;
        // A bank account needs a mandate, which only its payer can give.
        if stored.kind() != MethodKind::Card {
            let detail =
                "Only cards can be brought in: a bank account is saved by its payer, with a mandate.";
            return Err(AppError::param(ErrorCode::MethodUnknown, "processor_payment_method", detail));
        }
        let customer = self.kept_under(tenant, &account, &stored).await?;

        let mut tx = write.transaction().await?;
        refuse_erased(&mut tx, &account.id).await?;
        tx.keep_consent_text(&account.login_id, &sha256_hex(shown.text.as_bytes()), &shown.text).await?;
        let row = MethodRow {
            id: self.mint.id(PaymentMethodId::new)?.as_str().to_owned(),
            login_id: account.login_id.clone(),
            vault: organization.vault.clone(),
            customer,
            kind: stored.kind().as_str().to_owned(),
            brand: stored.brand().to_owned(),
            exp_month: stored.expiry().map(|(month, _)| i64::from(month)),
            exp_year: stored.expiry().map(|(_, year)| i64::from(year)),
            reference: stored.reference,
            last4: stored.last4,
            billing_address: address::stored(&billing_address)?,
            nickname,
            ..MethodRow::default()
        };
        let authorization = NewAuthorization {
            id: self.mint.id(AuthorizationId::new)?.as_str().to_owned(),
            login_id: account.login_id,
            method_id: row.id.clone(),
            consent_version: shown.version.to_owned(),
            consent_hash: sha256_hex(shown.text.as_bytes()),
            consent_locale: shown.locale.to_owned(),
            accepted_at_ms,
            actor: "organization".to_owned(),
            admin_id: None,
            address: None,
            user_agent: None,
        };
        self.keep(tx, &organization, row, authorization, unknown()).await
    }

    async fn keep(
        &self,
        mut tx: OrgTx,
        organization: &OrganizationRow,
        row: MethodRow,
        authorization: NewAuthorization,
        elsewhere: AppError,
    ) -> Result<(OrgTx, SavedMethodView), AppError> {
        let now = self.mint.now();
        let (login, vault) = (row.login_id.clone(), row.vault.clone());
        let row = match save(&mut tx, &self.mint, &self.settings, row, authorization).await? {
            Saved::Kept { method, is_new_consent } => {
                if is_new_consent {
                    let method = Named::of(&method);
                    self.mail_of_organization(&mut tx, &login, Occasion::ConsentGiven { method }).await?;
                }
                *method
            }
            Saved::Elsewhere => return Err(elsewhere),
            // Whoever may not see all that is in the wallet does not learn that it is full.
            Saved::Full
                if !self.is_visibly_full(&mut tx, &login, &vault, MethodKind::Card.as_str()).await? =>
            {
                return Err(elsewhere);
            }
            Saved::Full => {
                return Err(AppError::refused(
                    ErrorCode::WalletFull,
                    "The wallet holds as many cards as it may.",
                ));
            }
        };
        let seen = view::method(row, view::today(organization, now)?);
        let view = SavedMethodView {
            id: seen.id,
            brand: seen.brand,
            last4: seen.last4,
            exp_month: seen.exp_month,
            exp_year: seen.exp_year,
            expired: seen.expired,
            nickname: seen.nickname,
        };
        Ok((tx, view))
    }

    /// The customer that the method is kept under; it is attached to the client's own when it has none.
    async fn kept_under(
        &self,
        tenant: &Tenant,
        account: &AccountRow,
        stored: &StoredMethod,
    ) -> Result<String, AppError> {
        if let Some(customer) = &stored.customer {
            return Ok(customer.clone());
        }
        let customer = self.customer_of(tenant, &account.login_id, &account.name).await?;
        let key = format!("{}.attach", stored.reference);
        match self.processor.attach(&key, &stored.reference, &customer).await? {
            Attachment::Attached => Ok(customer),
            Attachment::Declined(_) => Err(AppError::param(
                ErrorCode::MethodUnknown,
                "processor_payment_method",
                "The processor refuses to keep this card.",
            )),
        }
    }

    /// The processor's customer of a login, made when there is none yet.
    ///
    /// # Errors
    /// When the database or the processor fails.
    pub(super) async fn customer_of(
        &self,
        tenant: &Tenant,
        login: &str,
        name: &str,
    ) -> Result<String, AppError> {
        let vault = self.settings.vault.as_str();
        let mut tx = tenant.read().await?;
        tx.act_for_login(login).await?;
        if let Some(known) = tx.find_customer(vault, login).await? {
            return Ok(known);
        }
        drop(tx);
        let made =
            self.processor.create_customer(&format!("{login}.customer"), NewCustomer { login, name }).await?;
        let mut tx = tenant.write().await?;
        tx.act_for_login(login).await?;
        tx.insert_customer(vault, login, &made).await?;
        let kept = tx.find_customer(vault, login).await?.unwrap_or(made);
        tx.commit().await?;
        Ok(kept)
    }
}

/// What became of a method that was to be kept.
#[derive(Debug)]
pub(super) enum Saved {
    /// It is in the wallet, and this organization may charge it.
    Kept {
        /// The method.
        method: Box<MethodRow>,
        /// Whether the organization could not charge it before.
        is_new_consent: bool,
    },
    /// The wallet is full.
    Full,
    /// It is in somebody else's wallet.
    Elsewhere,
}

impl Saved {
    /// The method, where it is kept.
    pub(super) fn kept(&self) -> Option<&MethodRow> {
        match self {
            Self::Kept { method, .. } => Some(method),
            Self::Full | Self::Elsewhere => None,
        }
    }
}

/// Writes a method and the permission to charge it. A method that is in this wallet already only gets the permission.
pub(super) async fn save(
    tx: &mut OrgTx,
    mint: &Mint,
    settings: &Settings,
    row: MethodRow,
    authorization: NewAuthorization,
) -> Result<Saved, AppError> {
    let now_ms = mint.now_ms();
    tx.act_for_login(&row.login_id).await?;
    tx.lock_login(&row.login_id).await?;
    let row = match tx.method_by_reference(&row.login_id, &row.vault, &row.reference).await? {
        Some(known) => known,
        None if tx.count_methods(&row.login_id, &row.kind).await? >= settings.methods_max(&row.kind) => {
            return Ok(Saved::Full);
        }
        None if tx.insert_method(NewMethod { row: row.clone(), created_at_ms: now_ms }).await? => {
            let detail = json!({"login": row.login_id, "vault": row.vault});
            note(tx, mint, Action::MethodSaved, &row.id, detail)?;
            row
        }
        None => return Ok(Saved::Elsewhere),
    };
    let authorization = NewAuthorization { method_id: row.id.clone(), ..authorization };
    let id = authorization.id.clone();
    let detail = json!({
        "method": row.id,
        "login": row.login_id,
        "consent_version": authorization.consent_version,
        "consent_hash": authorization.consent_hash,
        "accepted_at_ms": authorization.accepted_at_ms,
        "admin": authorization.admin_id,
    });
    let is_new_consent = tx.insert_authorization(authorization, now_ms).await?;
    if is_new_consent {
        note(tx, mint, Action::AuthorizationGiven, &id, detail)?;
    }
    Ok(Saved::Kept { method: Box::new(row), is_new_consent })
}
