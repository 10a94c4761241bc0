//! Who is calling: an organization's server by its key, or a payer's browser by its session's secret.

use paydesk_domain::wire::error::ErrorCode;

use crate::app::acting::{self, OnBehalf};
use crate::app::{App, AppError, millis};
use crate::secret::{Secret, same};
use crate::store::{Actor, CredentialKind, OrganizationRow, SessionRow, Tenant};

/// An organization's server.
#[derive(Clone, Debug)]
pub struct Organization {
    /// The organization's part of the store.
    pub tenant: Tenant,
}

/// A payer's browser.
#[derive(Clone, Debug)]
pub struct Payer {
    /// The organization's part of the store.
    pub tenant: Tenant,
    /// The organization.
    pub organization: OrganizationRow,
    /// The session, touched.
    pub session: SessionRow,
    /// The admin who acts, where it is not the client.
    pub on_behalf: Option<OnBehalf>,
}

impl App {
    /// Finds the organization of an API key that came from a network address.
    ///
    /// # Errors
    /// `key_invalid`; when the database fails.
    pub async fn organization_of(
        &self,
        key: &Secret,
        address: Option<String>,
    ) -> Result<Organization, AppError> {
        let refused = || {
            AppError::refused(ErrorCode::KeyInvalid, "Send a valid key: Authorization: Bearer sk_paydesk_…")
        };
        let hash = key.hash();
        let credential = self.store.credential(&hash).await?.ok_or_else(refused)?;
        if credential.kind != CredentialKind::ApiKey || !same(&credential.hash, &hash) {
            return Err(refused());
        }
        let tenant = self.store.organization(credential.org);
        let mut tx = tenant.read().await?;
        if !tx.api_key_is_live(&credential.subject).await? {
            return Err(refused());
        }
        drop(tx);
        let actor = Actor::ApiKey { id: credential.subject, address };
        Ok(Organization { tenant: tenant.acting(actor) })
    }

    /// Finds the session of a secret that came from a network address, for the page that embeds it, and lets it live on.
    ///
    /// # Errors
    /// `session_invalid`, `session_expired`, `origin_not_allowed`; when the database fails.
    pub async fn payer_of(
        &self,
        secret: &Secret,
        parent_origin: Option<&str>,
        address: Option<String>,
    ) -> Result<Payer, AppError> {
        let refused = || {
            AppError::refused(
                ErrorCode::SessionInvalid,
                "Send the session's secret: Authorization: Bearer cs_…",
            )
        };
        let hash = secret.hash();
        let credential = self.store.credential(&hash).await?.ok_or_else(refused)?;
        if credential.kind != CredentialKind::CheckoutSession || !same(&credential.hash, &hash) {
            return Err(refused());
        }
        let tenant = self.store.organization(credential.org);
        let mut tx = tenant.read().await?;
        let mut session = tx.find_session(&credential.subject).await?.ok_or_else(refused)?;
        let organization = tx.find_organization().await?.ok_or_else(refused)?;
        drop(tx);
        if session.scope != "checkout" {
            return Err(refused());
        }
        if !parent_origin.is_some_and(|origin| same(origin, &session.allowed_origin)) {
            let detail = "This checkout belongs on another page than the one that embeds it (header Paydesk-Parent-Origin).";
            return Err(AppError::refused(ErrorCode::OriginNotAllowed, detail));
        }
        let now = self.mint.now_ms();
        if now >= session.expires_at_ms.min(session.ends_at_ms) {
            return Err(AppError::refused(
                ErrorCode::SessionExpired,
                "The session's time is over: make a new one.",
            ));
        }
        self.touch(&tenant, &mut session, now).await?;
        let on_behalf = acting::on_behalf(&tenant, &session).await?;
        let actor = acting::actor(&session, address);
        Ok(Payer { tenant: tenant.acting(actor), organization, session, on_behalf })
    }

    /// Moves the end of a session on, but writes only when a minute is gained: a browser that polls must not turn
    /// every read into a write.
    async fn touch(&self, tenant: &Tenant, session: &mut SessionRow, now: i64) -> Result<(), AppError> {
        const WORTH_WRITING_MS: i64 = 60_000;
        let until = now.saturating_add(millis(self.settings.session_slide)).min(session.ends_at_ms);
        if until.saturating_sub(session.expires_at_ms) < WORTH_WRITING_MS {
            return Ok(());
        }
        let mut tx = tenant.write().await?;
        tx.touch_session(&session.id, until).await?;
        tx.commit().await?;
        session.expires_at_ms = until;
        Ok(())
    }
}
