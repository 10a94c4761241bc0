//! Makes a checkout session for an invoice, and reads it.

use paydesk_domain::id::CheckoutSessionId;
use serde_json::json;

use crate::app::acting;
use crate::app::audit::{Action, note};
use crate::app::erase_client::refuse_erased;
use crate::app::find_try::{live_try, newest_try};
use crate::app::view::{attempt, session_status};
use crate::app::{App, AppError, millis, text};
use crate::secret::Secret;
use crate::store::{CredentialKind, OrgTx, SessionRow, Tenant};
use crate::wire::{CreatedSession, NewSession, OwnSessionView};

/// What a session's secret begins with.
pub const SESSION_PREFIX: &str = "cs_";

impl App {
    /// Makes a session, without a secret yet.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn create_session(
        &self,
        mut tx: OrgTx,
        new: NewSession,
    ) -> Result<(OrgTx, SessionMade), AppError> {
        let organization = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        let allowed_origin = registered_origin(&mut tx, &new.allowed_origin).await?;
        let locale = text::optional("locale", new.locale.as_deref(), 35)?.unwrap_or(organization.locale);
        let unknown = || AppError::invalid("invoice", "There is no such invoice of yours.");
        let invoice = tx.find_invoice(&new.invoice).await?.ok_or_else(unknown)?;
        let account = tx.find_account(&invoice.account_id).await?.ok_or_else(unknown)?;
        refuse_erased(&mut tx, &account.id).await?;
        if new.account.as_ref().is_some_and(|named| *named != account.id) {
            return Err(AppError::invalid("account", "This is not the account of the invoice."));
        }
        let (admin_id, admin_name) = acting::read(new.acting.as_ref())?.unzip();
        let now = self.mint.now_ms();
        let id = self.mint.id(CheckoutSessionId::new)?.as_str().to_owned();
        let ends_at_ms = now.saturating_add(millis(self.settings.session_max));
        let expires_at_ms = now.saturating_add(millis(self.settings.session_slide)).min(ends_at_ms);
        let row = SessionRow {
            id: id.clone(),
            account_id: account.id,
            login_id: account.login_id,
            invoice_id: invoice.id,
            scope: "checkout".to_owned(),
            allowed_origin,
            locale,
            may_save: i64::from(new.may_save.unwrap_or(true)),
            created_at_ms: now,
            expires_at_ms,
            ends_at_ms,
            completed_by: None,
            admin_id,
            admin_name,
        };
        let detail = json!({
            "invoice": row.invoice_id,
            "account": row.account_id,
            "allowed_origin": row.allowed_origin,
            "may_save": row.may_save == 1,
            "admin": row.admin_id,
            "ends_at_ms": ends_at_ms,
        });
        note(&mut tx, &self.mint, Action::SessionCreated, &id, detail)?;
        tx.insert_session(row).await?;
        Ok((tx, SessionMade { session: id, expires_at: text::time(expires_at_ms) }))
    }

    /// Gives a session a secret, which is shown this once. A repeated request for the same session gets another one
    /// that is as good: no secret is kept, so that none can be shown twice.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reveal_session(
        &self,
        tenant: &Tenant,
        made: SessionMade,
    ) -> Result<CreatedSession, AppError> {
        let secret: Secret = self.mint.secret(SESSION_PREFIX)?;
        let mut tx = tenant.write().await?;
        tx.insert_credential(&secret.hash(), CredentialKind::CheckoutSession, &made.session).await?;
        note(&mut tx, &self.mint, Action::SessionSecretIssued, &made.session, json!({}))?;
        tx.commit().await?;
        Ok(CreatedSession {
            session: made.session,
            secret: secret.reveal().to_owned(),
            expires_at: made.expires_at,
        })
    }

    /// One session.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn read_session(&self, tenant: &Tenant, id: &str) -> Result<OwnSessionView, AppError> {
        let mut tx = tenant.read().await?;
        let row = tx.find_session(id).await?.ok_or_else(AppError::not_found)?;
        let live = live_try(&mut tx, &row.invoice_id).await?;
        let live = live.is_some_and(|live| live.session_id.as_ref() == Some(&row.id));
        let newest = match newest_try(&mut tx, &row.id).await? {
            Some(newest) => Some(attempt(&mut tx, &newest).await?),
            None => None,
        };
        Ok(OwnSessionView {
            status: session_status(&row, live, self.mint.now_ms()),
            acting: acting::own_view(&row),
            id: row.id,
            account: row.account_id,
            invoice: row.invoice_id,
            allowed_origin: row.allowed_origin,
            locale: row.locale,
            created_at: text::time(row.created_at_ms),
            expires_at: text::time(row.expires_at_ms),
            attempt: newest,
        })
    }
}

/// Reads the origin of the page that a session is for: one that is registered with the organization.
///
/// # Errors
/// A refusal of `allowed_origin`; when the database fails.
pub(super) async fn registered_origin(tx: &mut OrgTx, given: &str) -> Result<String, AppError> {
    let origin = text::origin("allowed_origin", given)?;
    if !tx.has_origin(&origin).await? {
        let detail = "This origin is not registered with the organization.";
        return Err(AppError::invalid("allowed_origin", detail));
    }
    Ok(origin)
}

/// A session that was made, as its answer is kept: without a secret.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct SessionMade {
    /// `cks_…` or `wks_…`.
    pub session: String,
    /// When it ends unless it is used.
    pub expires_at: String,
}
