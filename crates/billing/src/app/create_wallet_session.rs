//! Makes a wallet session: a client's permission to look after their wallet on one page.

use paydesk_domain::id::WalletSessionId;
use paydesk_domain::wire::error::ErrorCode;
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::create_session::{SessionMade, registered_origin};
use crate::app::erase_client::refuse_erased;
use crate::app::{App, AppError, millis, text};
use crate::secret::Secret;
use crate::store::{CredentialKind, OrgTx, Tenant, WalletSessionRow};
use crate::wire::{CreatedWalletSession, NewWalletSession};

/// What a wallet session's secret begins with.
pub const WALLET_SESSION_PREFIX: &str = "ws_";

impl App {
    /// Makes a session, without a secret yet. The wallet is the whole login's, also what other organizations have to do with it:
    /// the organization vouches for who is there, and so cannot open it for somebody who, as far as it has told, never was.
    ///
    /// # Errors
    /// A refusal that names the field, `never_logged_in`; when the database fails.
    pub async fn create_wallet_session(
        &self,
        mut tx: OrgTx,
        new: NewWalletSession,
    ) -> Result<(OrgTx, SessionMade), AppError> {
        let organization = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        let allowed_origin = registered_origin(&mut tx, &new.allowed_origin).await?;
        let locale = text::optional("locale", new.locale.as_deref(), 35)?.unwrap_or(organization.locale);
        let unknown = || AppError::invalid("client", "There is no such client of yours.");
        let account = tx.find_account(&new.client).await?.ok_or_else(unknown)?;
        refuse_erased(&mut tx, &account.id).await?;
        tx.act_for_login(&account.login_id).await?;
        if tx.last_login(&account.login_id).await?.is_none() {
            let detail =
                "This client has never signed in: say so first (login.last_login_at) when they have.";
            return Err(AppError::param(ErrorCode::NeverLoggedIn, "client", detail));
        }
        let now = self.mint.now_ms();
        let id = self.mint.id(WalletSessionId::new)?.as_str().to_owned();
        let ends_at_ms = now.saturating_add(millis(self.settings.session_max));
        let expires_at_ms = now.saturating_add(millis(self.settings.session_slide)).min(ends_at_ms);
        let row = WalletSessionRow {
            id: id.clone(),
            account_id: account.id,
            login_id: account.login_id,
            allowed_origin,
            locale,
            created_at_ms: now,
            expires_at_ms,
            ends_at_ms,
        };
        let detail = json!({
            "account": row.account_id,
            "login": row.login_id,
            "allowed_origin": row.allowed_origin,
            "ends_at_ms": ends_at_ms,
        });
        note(&mut tx, &self.mint, Action::WalletSessionCreated, &id, detail)?;
        tx.insert_wallet_session(row).await?;
        Ok((tx, SessionMade { session: id, expires_at: text::time(expires_at_ms) }))
    }

    /// Gives a session a secret, which is shown this once; a repeated request gets another one that is as good, as a checkout
    /// session does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reveal_wallet_session(
        &self,
        tenant: &Tenant,
        made: SessionMade,
    ) -> Result<CreatedWalletSession, AppError> {
        let secret: Secret = self.mint.secret(WALLET_SESSION_PREFIX)?;
        let mut tx = tenant.write().await?;
        tx.insert_credential(&secret.hash(), CredentialKind::WalletSession, &made.session).await?;
        note(&mut tx, &self.mint, Action::WalletSessionSecretIssued, &made.session, json!({}))?;
        tx.commit().await?;
        Ok(CreatedWalletSession {
            session: made.session,
            secret: secret.reveal().to_owned(),
            expires_at: made.expires_at,
        })
    }
}
