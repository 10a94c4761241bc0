//! Erases a client's wallet at their wish, in one transaction: methods are removed, organizations told, and what was typed is emptied.
//! What was agreed to stays as long as the rules of payments ask; the answer says what, why, and until when.

use paydesk_domain::wire::error::ErrorCode;

use crate::app::authenticate::Client;
use crate::app::mail_client::ToClient;
use crate::app::mail_text::Occasion;
use crate::app::read_wallet::payment;
use crate::app::remove_wallet_method::REMOVAL;
use crate::app::revoke_authorization::METHOD_REMOVED;
use crate::app::wallet_entry::note_erased;
use crate::app::{App, AppError, text};
use crate::store::{Actor, OrgTx, OrganizationRow, Tenant, WalletAuthorizationRow};
use crate::wire::{WalletErasureView, WalletStayView};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

impl App {
    /// Erases the wallet, unless something is planned or under way.
    ///
    /// # Errors
    /// `method_in_use` with what is planned; when the database fails.
    pub async fn erase_wallet(
        &self,
        mut tx: OrgTx,
        client: &Client,
    ) -> Result<(OrgTx, WalletErasureView), AppError> {
        let login = &client.session.login_id;
        tx.act_for_wallet(login).await?;
        tx.lock_login(login).await?;
        let planned: Vec<_> = tx.wallet_planned(login).await?.iter().map(payment).collect();
        if !planned.is_empty() || tx.wallet_is_in_use(login).await? {
            let detail = "Something is still to be charged, or a card is being brought up to date: end it or wait for it first.";
            return Err(AppError::planned(ErrorCode::MethodInUse, detail, planned));
        }
        if !tx.is_open(&client.session.id).await? {
            let detail = "This wallet was erased, or closed, meanwhile.";
            return Err(AppError::refused(ErrorCode::SessionInvalid, detail));
        }
        let tenants = self.tenants_of(&mut tx, login, &client.actor()).await?;
        let (organizations, sessions) = look_at(&mut tx, login, &tenants).await?;
        tx.turn_to(&client.tenant).await?;
        let stays = self.stays(&mut tx, login, &organizations).await?;
        let methods = self.empty_wallet(&mut tx, login, &client.tenant, &tenants, &sessions).await?;
        note_erased(&mut tx, &self.mint, login, Some(&client.session.id), methods).await?;
        self.say_last(&mut tx, login, &client.session.locale, &client.organization.name).await?;
        let methods_removed = i64::try_from(methods).unwrap_or(i64::MAX);
        Ok((tx, WalletErasureView { erased_at: text::time(self.mint.now_ms()), methods_removed, stays }))
    }

    /// Erases the wallet of a login that no organization knows any more.
    ///
    /// # Errors
    /// `method_in_use`; when the database fails.
    pub(super) async fn erase_unknown_login(
        &self,
        tx: &mut OrgTx,
        home: &Tenant,
        login: &str,
    ) -> Result<(), AppError> {
        let organization = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        let tenants = self.tenants_of(tx, login, &Actor::Worker).await?;
        let (_, sessions) = look_at(tx, login, &tenants).await?;
        let methods = self.empty_wallet(tx, login, home, &tenants, &sessions).await?;
        note_erased(tx, &self.mint, login, None, methods).await?;
        self.say_last(tx, login, &organization.locale, &organization.name).await?;
        Ok(tx.erase_login(login).await?)
    }

    /// Removes every method, and empties what is left. Answers how many methods that were. The transaction is `home`'s afterwards.
    async fn empty_wallet(
        &self,
        tx: &mut OrgTx,
        login: &str,
        home: &Tenant,
        tenants: &[Tenant],
        sessions: &[String],
    ) -> Result<usize, AppError> {
        let methods = tx.wallet_methods(login).await?;
        let authorizations = tx.wallet_authorizations(login).await?;
        let now = self.mint.now_ms();
        for method in &methods {
            tx.remove_method(method, now).await?;
            tx.end_backups_of_method(login, &method.id, now).await?;
        }
        for tenant in tenants {
            tx.turn_to(tenant).await?;
            let here = |given: &&WalletAuthorizationRow| given.org_id == tenant.id().as_str();
            for given in authorizations.iter().filter(here) {
                let Some(method) = methods.iter().find(|method| method.id == given.method_id) else {
                    continue;
                };
                self.end_permission(tx, &given.id, method, METHOD_REMOVED, false).await?;
            }
            for method in &methods {
                // Where only what was agreed to had gone on: that is over, and its agreement ends, too.
                tx.end_continuing(login, &method.id).await?;
                self.end_standing_mandate(tx, &method.id, METHOD_REMOVED).await?;
            }
            tx.erase_wallet_here(login, sessions).await?;
        }
        tx.turn_to(home).await?;
        for method in &methods {
            self.leave_task(tx, REMOVAL, login, &method.id).await?;
        }
        tx.erase_wallet_texts(login, now).await?;
        Ok(methods.len())
    }

    /// The organizations that know the client, or have erased them, in the order of their ids.
    async fn tenants_of(&self, tx: &mut OrgTx, login: &str, by: &Actor) -> Result<Vec<Tenant>, AppError> {
        let ids = tx.organizations_of_login(login).await?;
        let lost = || AppError::Inconsistent("an organization's id that is none".into());
        ids.iter()
            .map(|id| self.tenant_of(id).map(|tenant| tenant.acting(by.clone())).ok_or_else(lost))
            .collect()
    }

    /// What stays of the wallet, with whom, and until when.
    async fn stays(
        &self,
        tx: &mut OrgTx,
        login: &str,
        organizations: &[OrganizationRow],
    ) -> Result<Vec<WalletStayView>, AppError> {
        let consents = tx.wallet_consents(login, "").await?;
        let now = self.mint.now_ms();
        let mut stays = Vec::new();
        for organization in organizations {
            let stay = |what: &str, why: &str, until: Option<String>| WalletStayView {
                organization: organization.id.clone(),
                name: organization.name.clone(),
                what: what.to_owned(),
                why: why.to_owned(),
                until,
            };
            if consents.iter().any(|consent| consent.org_id == organization.id) {
                let until_ms = now.saturating_add(organization.records_kept_days.saturating_mul(DAY_MS));
                stays.push(stay("consents", "proof_of_what_was_agreed", Some(text::time(until_ms))));
            }
            stays.push(stay("account", "the_organizations_own_records", None));
        }
        Ok(stays)
    }

    /// Writes to the client once more. Nothing else is written about this wallet afterwards.
    async fn say_last(
        &self,
        tx: &mut OrgTx,
        login: &str,
        locale: &str,
        organization: &str,
    ) -> Result<(), AppError> {
        let to = ToClient { login, locale, organization, about: None, until_ms: None };
        self.mail_client(tx, to, &Occasion::WalletErased).await
    }
}

/// Looks at every organization, and changes nothing: whether a payment is under way, and which sessions there are.
async fn look_at(
    tx: &mut OrgTx,
    login: &str,
    tenants: &[Tenant],
) -> Result<(Vec<OrganizationRow>, Vec<String>), AppError> {
    let (mut organizations, mut sessions) = (Vec::new(), Vec::new());
    for tenant in tenants {
        tx.turn_to(tenant).await?;
        if tx.is_paying(login).await? {
            let detail =
                "A payment is under way, waits for its day, or is to be tried again: wait for its outcome.";
            return Err(AppError::planned(ErrorCode::MethodInUse, detail, Vec::new()));
        }
        sessions.extend(tx.wallet_sessions_of(login).await?);
        organizations.extend(tx.find_organization().await?);
    }
    Ok((organizations, sessions))
}
