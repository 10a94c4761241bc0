//! Who is calling: an organization's server by its key; the browser of a payer by its session's secret; or that of a client who looks
//! after their wallet, by what they were given when they confirmed who they are.

use paydesk_domain::wire::error::ErrorCode;

use crate::app::acting::{self, OnBehalf};
use crate::app::{App, AppError, millis};
use crate::secret::{Secret, same};
use crate::store::{Actor, CredentialKind, OrganizationRow, SessionRow, Tenant, WalletSessionRow};

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

/// The browser of a client who looks after their wallet.
#[derive(Clone, Debug)]
pub struct Client {
    /// The part of the store of the organization whose page it is.
    pub tenant: Tenant,
    /// The organization.
    pub organization: OrganizationRow,
    /// The session, touched.
    pub session: WalletSessionRow,
    /// The network address that the request came from.
    pub address: Option<String>,
}

/// A wallet session that nobody has been let into: whoever made it knows its secret.
#[derive(Clone, Debug)]
pub struct Unconfirmed {
    /// Whom it is for, if it is they who are there.
    pub(super) client: Client,
    /// The session's secret.
    pub(super) secret: Secret,
}

impl Client {
    /// Whom the audit log of any organization names.
    pub(super) fn actor(&self) -> Actor {
        Actor::Client { id: self.session.login_id.clone(), address: self.address.clone() }
    }
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
        let opened = self.opened_by(secret, &[CredentialKind::CheckoutSession]).await?;
        let (tenant, _, id) = opened.ok_or_else(refused)?;
        let mut tx = tenant.read().await?;
        let mut session = tx.find_session(&id).await?.ok_or_else(refused)?;
        let organization = tx.find_organization().await?.ok_or_else(refused)?;
        drop(tx);
        if session.scope != "checkout" {
            return Err(refused());
        }
        let now = self.mint.now_ms();
        may_go_on(
            parent_origin,
            &session.allowed_origin,
            session.expires_at_ms.min(session.ends_at_ms),
            now,
        )?;
        if let Some(until) = self.moved_on(session.expires_at_ms, session.ends_at_ms, now) {
            let mut tx = tenant.write().await?;
            tx.touch_session(&session.id, until).await?;
            tx.commit().await?;
            session.expires_at_ms = until;
        }
        let on_behalf = acting::on_behalf(&tenant, &session).await?;
        let actor = acting::actor(&session, address);
        Ok(Payer { tenant: tenant.acting(actor), organization, session, on_behalf })
    }

    /// Finds the wallet session of its secret, which came from a network address, for the page that embeds it, and lets it live on. It
    /// opens nothing: for confirming who is there.
    ///
    /// # Errors
    /// `session_invalid`, `session_expired`, `origin_not_allowed`; when the database fails.
    pub async fn unconfirmed_of(
        &self,
        secret: &Secret,
        parent_origin: Option<&str>,
        address: Option<String>,
    ) -> Result<Unconfirmed, AppError> {
        let opened = self.opened_by(secret, &[CredentialKind::WalletSession]).await?;
        let (tenant, _, id) =
            opened.ok_or_else(|| no_wallet("Send the session's secret: Authorization: Bearer ws_…"))?;
        let client = self.wallet_session(tenant, &id, parent_origin, address).await?;
        Ok(Unconfirmed { client, secret: secret.clone() })
    }

    /// Finds the wallet session of a client who has confirmed who they are, by the secret that they were given then, and lets it live on.
    ///
    /// # Errors
    /// `session_invalid`, `session_expired`, `origin_not_allowed`, `confirmation_needed` for the session's own secret; when the database
    /// fails.
    pub async fn client_of(
        &self,
        secret: &Secret,
        parent_origin: Option<&str>,
        address: Option<String>,
    ) -> Result<Client, AppError> {
        let kinds = [CredentialKind::WalletAccess, CredentialKind::WalletSession];
        let opened = self.opened_by(secret, &kinds).await?;
        let (tenant, kind, id) =
            opened.ok_or_else(|| no_wallet("Send what opens the wallet: Authorization: Bearer wa_…"))?;
        let client = self.wallet_session(tenant, &id, parent_origin, address).await?;
        // Whoever made the session cannot do without the client, also after the client was there.
        if kind != CredentialKind::WalletAccess {
            let detail = "The client has to confirm that it is they who are there: POST /v1/wallet/confirmation tells whoever does what opens the wallet (wa_…).";
            return Err(AppError::refused(ErrorCode::ConfirmationNeeded, detail));
        }
        Ok(client)
    }

    /// A wallet session, for the page that embeds it. It lives on.
    async fn wallet_session(
        &self,
        tenant: Tenant,
        id: &str,
        parent_origin: Option<&str>,
        address: Option<String>,
    ) -> Result<Client, AppError> {
        let lost = || no_wallet("There is no such session any more.");
        let mut tx = tenant.read().await?;
        let mut session = tx.find_wallet_session(id).await?.ok_or_else(lost)?;
        let organization = tx.find_organization().await?.ok_or_else(lost)?;
        drop(tx);
        let now = self.mint.now_ms();
        may_go_on(
            parent_origin,
            &session.allowed_origin,
            session.expires_at_ms.min(session.ends_at_ms),
            now,
        )?;
        if let Some(until) = self.moved_on(session.expires_at_ms, session.ends_at_ms, now) {
            let mut tx = tenant.write().await?;
            tx.touch_wallet_session(&session.id, until).await?;
            tx.commit().await?;
            session.expires_at_ms = until;
        }
        let client = Client { tenant, organization, session, address };
        let actor = client.actor();
        Ok(Client { tenant: client.tenant.acting(actor), ..client })
    }

    /// What a session's secret opens: the organization that it was made with, its kind, and the session's id. `None` for what is no
    /// secret of these kinds.
    async fn opened_by(
        &self,
        secret: &Secret,
        kinds: &[CredentialKind],
    ) -> Result<Option<(Tenant, CredentialKind, String)>, AppError> {
        let hash = secret.hash();
        let credential = self.store.credential(&hash).await?;
        let good = credential.filter(|found| kinds.contains(&found.kind) && same(&found.hash, &hash));
        Ok(good.map(|found| (self.store.organization(found.org), found.kind, found.subject)))
    }

    /// Until when a session that is used lives from now on, where that is worth writing: a browser that polls must not turn
    /// every read into a write.
    fn moved_on(&self, expires_at_ms: i64, ends_at_ms: i64, now: i64) -> Option<i64> {
        const WORTH_WRITING_MS: i64 = 60_000;
        let until = now.saturating_add(millis(self.settings.session_slide)).min(ends_at_ms);
        (until.saturating_sub(expires_at_ms) >= WORTH_WRITING_MS).then_some(until)
    }
}

fn no_wallet(detail: &'static str) -> AppError {
    AppError::refused(ErrorCode::SessionInvalid, detail)
}

/// Refuses a session on another page than its own, and one whose time is over.
fn may_go_on(
    parent_origin: Option<&str>,
    allowed_origin: &str,
    until_ms: i64,
    now: i64,
) -> Result<(), AppError> {
    if !parent_origin.is_some_and(|origin| same(origin, allowed_origin)) {
        let detail = "This session belongs on another page than the one that embeds it (header Paydesk-Parent-Origin).";
        return Err(AppError::refused(ErrorCode::OriginNotAllowed, detail));
    }
    if now >= until_ms {
        let detail = "The session's time is over: make a new one.";
        return Err(AppError::refused(ErrorCode::SessionExpired, detail));
    }
    Ok(())
}
