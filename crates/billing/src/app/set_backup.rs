//! Sets which card of a wallet an organization charges once where a planned payment is refused, and ends that. It is the client's own:
//! the organization learns of the card what a receipt says.

use paydesk_domain::consent;
use paydesk_domain::id::BackupId;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::{WalletBackupRequest, WalletMethodNowView};
use serde_json::json;

use crate::app::authenticate::Client;
use crate::app::mail_client::ToClient;
use crate::app::mail_text::{Named, Occasion};
use crate::app::read_confirmation::Origin;
use crate::app::wallet_entry::note_by;
use crate::app::{App, AppError, text};
use crate::secret::sha256_hex;
use crate::store::{BackupRow, MethodRow, OrgTx, OrganizationRow, Tenant};

impl App {
    /// The part of the store of the organization that has a backup of the client's, or had it.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn has_backup(&self, client: &Client, id: &str) -> Result<Tenant, AppError> {
        let login = &client.session.login_id;
        let mut tx = client.tenant.read().await?;
        tx.act_for_wallet(login).await?;
        let found = tx.whose_backup(login, id).await?;
        let tenant = found.and_then(|org| self.tenant_of(&org)).ok_or_else(AppError::not_found)?;
        Ok(tenant.acting(client.actor()))
    }

    /// Sets a backup; it takes the place of the earlier one. One that stands is answered as it is. Answers whether it is new. The
    /// transaction is the organization's that may charge it.
    ///
    /// # Errors
    /// `not_found`, `method_unknown`, a refusal that names the field; when the database fails.
    pub async fn set_backup(
        &self,
        mut tx: OrgTx,
        client: &Client,
        method: &str,
        request: WalletBackupRequest,
        origin: Origin,
    ) -> Result<(OrgTx, (bool, WalletMethodNowView)), AppError> {
        let login = &client.session.login_id;
        tx.act_for_wallet(login).await?;
        tx.lock_login(login).await?;
        let method = tx.find_own_method(login, method).await?.ok_or_else(AppError::not_found)?;
        let organization = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        may_back_up(&method, &organization)?;
        let locale = text::required("consent_locale", &request.consent_locale, 35)?;
        let shown = consent::back_up(&locale, &organization.name);
        if request.consent_version != shown.version {
            return Err(AppError::invalid("consent_version", "There is no consent text of this version."));
        }
        let stands = tx.standing_backup(login).await?;
        let is_new = stands.as_ref().is_none_or(|stands| stands.method_id != method.id);
        if is_new {
            if let Some(earlier) = stands {
                self.let_backup_end(&mut tx, client, &organization, &earlier).await?;
            }
            let row = BackupRow {
                id: self.mint.id(BackupId::new)?.as_str().to_owned(),
                org_id: organization.id.clone(),
                method_id: method.id.clone(),
                consent_version: shown.version.to_owned(),
                consent_hash: sha256_hex(shown.text.as_bytes()),
                consent_locale: shown.locale.to_owned(),
                accepted_at_ms: self.mint.now_ms(),
                address: origin.address,
                user_agent: origin.user_agent,
            };
            tx.insert_backup(login, &row).await?;
            tx.keep_consent_text(login, &row.consent_hash, &shown.text).await?;
            let detail = json!({"backup": row.id, "organization": row.org_id});
            note_by(&mut tx, &self.mint, client, &method.id, "backup.set", detail).await?;
            let occasion = Occasion::BackupSet { method: Named::of(&method) };
            self.mail_client(&mut tx, to(client, &organization), &occasion).await?;
        }
        let method = self.shown_again(&mut tx, client, &method.id).await?;
        Ok((tx, (is_new, WalletMethodNowView { method })))
    }

    /// Ends a backup; one that has ended is answered as it is. A charge that is under way goes its way.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn end_wallet_backup(
        &self,
        mut tx: OrgTx,
        client: &Client,
        id: &str,
    ) -> Result<(OrgTx, serde_json::Value), AppError> {
        let login = &client.session.login_id;
        tx.act_for_wallet(login).await?;
        tx.lock_login(login).await?;
        let organization = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        let stands = tx.standing_backup(login).await?.filter(|stands| stands.id == id);
        if let Some(stands) = stands {
            self.let_backup_end(&mut tx, client, &organization, &stands).await?;
        }
        Ok((tx, json!({"id": id})))
    }

    async fn let_backup_end(
        &self,
        tx: &mut OrgTx,
        client: &Client,
        organization: &OrganizationRow,
        ended: &BackupRow,
    ) -> Result<(), AppError> {
        let login = &client.session.login_id;
        tx.end_backup(login, &ended.id, self.mint.now_ms()).await?;
        let detail = json!({"backup": ended.id, "organization": ended.org_id});
        note_by(tx, &self.mint, client, &ended.method_id, "backup.ended", detail).await?;
        let Some(method) = tx.find_own_method(login, &ended.method_id).await? else { return Ok(()) };
        let occasion = Occasion::BackupEnded { method: Named::of(&method) };
        self.mail_client(tx, to(client, organization), &occasion).await
    }

    /// What a replaced method was a backup for, the other one is, with what was agreed to as it was; unless that is an account. The
    /// transaction acts for the login and holds its lock.
    pub(super) async fn move_backups(
        &self,
        tx: &mut OrgTx,
        old: &MethodRow,
        new: &MethodRow,
    ) -> Result<(), AppError> {
        for ended in tx.end_backups_of_method(&old.login_id, &old.id, self.mint.now_ms()).await? {
            if new.kind == MethodKind::Card.as_str() && new.vault == old.vault && new.closed_at_ms.is_none() {
                let id = self.mint.id(BackupId::new)?.as_str().to_owned();
                let moved = BackupRow { id, method_id: new.id.clone(), ..ended };
                tx.insert_backup(&old.login_id, &moved).await?;
            }
        }
        Ok(())
    }
}

fn may_back_up(method: &MethodRow, organization: &OrganizationRow) -> Result<(), AppError> {
    if method.kind != MethodKind::Card.as_str() {
        return Err(AppError::invalid("id", "Only a card is a backup."));
    }
    if method.closed_at_ms.is_some() {
        let detail = "The bank has closed this card: choose another one.";
        return Err(AppError::param(ErrorCode::MethodBlocked, "id", detail));
    }
    if method.vault != organization.vault {
        let detail = "This organization takes its payments elsewhere: it cannot charge what is kept here.";
        return Err(AppError::param(ErrorCode::MethodUnknown, "organization", detail));
    }
    Ok(())
}

fn to<'a>(client: &'a Client, organization: &'a OrganizationRow) -> ToClient<'a> {
    ToClient {
        login: &client.session.login_id,
        locale: &client.session.locale,
        organization: &organization.name,
        about: None,
        until_ms: None,
    }
}
