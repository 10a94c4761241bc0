//! Lets one organization charge one method of the client's wallet, in that organization's own transaction.

use paydesk_domain::consent;
use paydesk_domain::id::{AuthorizationId, OutboxId};
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::{WalletAuthorizationRequest, WalletAuthorizationView};
use serde_json::json;

use crate::app::acting::PAYER;
use crate::app::audit::{Action, note};
use crate::app::authenticate::Client;
use crate::app::mail_client::ToClient;
use crate::app::mail_text::{Named, Occasion};
use crate::app::read_confirmation::Origin;
use crate::app::wallet_entry::note_by;
use crate::app::{App, AppError, event_types, text, view};
use crate::secret::sha256_hex;
use crate::store::{MethodRow, NewAuthorization, OrgTx, OrganizationRow, Tenant};

impl App {
    /// The part of the store of an organization that knows the client: whose permission it is to be.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn to_be_authorized(&self, client: &Client, organization: &str) -> Result<Tenant, AppError> {
        let login = &client.session.login_id;
        let mut tx = client.tenant.read().await?;
        tx.act_for_wallet(login).await?;
        let known = tx.wallet_organizations(login).await?;
        let found = known.iter().find(|known| known.org_id == organization);
        let tenant = found.and_then(|found| self.tenant_of(&found.org_id)).ok_or_else(AppError::not_found)?;
        Ok(tenant.acting(client.actor()))
    }

    /// Gives the permission. One that stands is answered as it is. The transaction is the organization's that gets it.
    ///
    /// # Errors
    /// `not_found`, `method_unknown`, a refusal that names the field; when the database fails.
    pub async fn give_authorization(
        &self,
        mut tx: OrgTx,
        client: &Client,
        method: &str,
        request: WalletAuthorizationRequest,
        origin: Origin,
    ) -> Result<(OrgTx, WalletAuthorizationView), AppError> {
        let login = &client.session.login_id;
        tx.act_for_wallet(login).await?;
        tx.lock_login(login).await?;
        let method = tx.find_own_method(login, method).await?.ok_or_else(AppError::not_found)?;
        let organization = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        if method.vault != organization.vault {
            let detail =
                "This organization takes its payments elsewhere: it cannot charge what is kept here.";
            return Err(AppError::param(ErrorCode::MethodUnknown, "organization", detail));
        }
        let locale = text::required("consent_locale", &request.consent_locale, 35)?;
        let shown = consent::authorize(view::kind(&method.kind)?, &locale, &organization.name);
        if request.consent_version != shown.version {
            return Err(AppError::invalid("consent_version", "There is no consent text of this version."));
        }
        let now = self.mint.now_ms();
        let new = NewAuthorization {
            id: self.mint.id(AuthorizationId::new)?.as_str().to_owned(),
            login_id: login.clone(),
            method_id: method.id.clone(),
            consent_version: shown.version.to_owned(),
            consent_hash: sha256_hex(shown.text.as_bytes()),
            consent_locale: shown.locale.to_owned(),
            accepted_at_ms: now,
            actor: PAYER.to_owned(),
            admin_id: None,
            address: origin.address,
            user_agent: origin.user_agent,
        };
        if tx.insert_authorization(new.clone(), now).await? {
            tx.keep_consent_text(login, &new.consent_hash, &shown.text).await?;
            self.tell_given(&mut tx, client, &new, &method).await?;
            let to = ToClient {
                login,
                locale: &client.session.locale,
                organization: &organization.name,
                about: None,
                until_ms: None,
            };
            let occasion = Occasion::ConsentGiven { method: Named::of(&method) };
            self.mail_client(&mut tx, to, &occasion).await?;
        }
        let lost = || AppError::Inconsistent("a permission that is and is not there".into());
        let given = tx.live_authorization(login, &method.id).await?.ok_or_else(lost)?;
        let OrganizationRow { id, name, .. } = organization;
        let since = text::time(given.accepted_at_ms);
        Ok((tx, WalletAuthorizationView { id: given.id, organization: id, name, since }))
    }

    async fn tell_given(
        &self,
        tx: &mut OrgTx,
        client: &Client,
        new: &NewAuthorization,
        method: &MethodRow,
    ) -> Result<(), AppError> {
        let detail = json!({
            "method": new.method_id,
            "login": new.login_id,
            "consent_version": new.consent_version,
            "consent_hash": new.consent_hash,
            "accepted_at_ms": new.accepted_at_ms,
        });
        note(tx, &self.mint, Action::AuthorizationGiven, &new.id, detail)?;
        let told = event_types::authorization(&new.id, method, None);
        let id = self.mint.id(OutboxId::new)?;
        let now = new.accepted_at_ms;
        tx.insert_outbox(id.as_str(), event_types::AUTHORIZATION_GIVEN, &new.id, &told, now).await?;
        let detail = json!({"authorization": new.id});
        note_by(tx, &self.mint, client, &method.id, "authorization.given", detail).await
    }
}
