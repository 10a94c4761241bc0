//! An organization erases a client: names, addresses and whatever else tells who they are go, and its books stay as they are.

use paydesk_domain::wire::error::ErrorCode;
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::{App, AppError, millis, text};
use crate::ports::processor::ProcessorError;
use crate::store::{OrgTx, Tenant, WalletAuthorizationRow};
use crate::wire::ErasedClientView;

/// Why a permission ended: its client was erased.
const CLIENT_ERASED: &str = "client_erased";
/// How many kept cards are let go in one go at most, and how long one waits before that is tried again.
const BATCH: i64 = 50;
const PAUSE_MS: i64 = 60 * 60 * 1_000;

/// Refuses what is written for a client who was erased.
///
/// # Errors
/// `client_erased`; when the database fails.
pub(super) async fn refuse_erased(tx: &mut OrgTx, account: &str) -> Result<(), AppError> {
    match tx.account_is_erased(account).await? {
        true => Err(AppError::refused(ErrorCode::ClientErased, "This client was erased.")),
        false => Ok(()),
    }
}

impl App {
    /// Erases a client of the organization whose transaction it is, unless something is open. Where no organization knows them any
    /// more, their login and wallet as well.
    ///
    /// # Errors
    /// `not_found`, `client_erased`, `client_in_use` with the kinds of what stands in the way; when the database fails.
    pub async fn erase_client(
        &self,
        mut tx: OrgTx,
        tenant: &Tenant,
        id: &str,
    ) -> Result<(OrgTx, ErasedClientView), AppError> {
        let account = tx.find_account(id).await?.ok_or_else(AppError::not_found)?;
        let login = account.login_id.as_str();
        let now = self.mint.now_ms();
        // The account before the login, as whoever brings in a method locks them.
        if !tx.begin_erasure(id, now).await? {
            return Err(AppError::refused(ErrorCode::ClientErased, "This client was erased before."));
        }
        tx.act_for_wallet(login).await?;
        tx.lock_login(login).await?;
        let kinds = tx.in_the_way(id).await?;
        if !kinds.is_empty() {
            let detail = "Something is open: see to what in_the_way lists first.";
            return Err(AppError::in_the_way(ErrorCode::ClientInUse, detail, kinds));
        }
        if !tx.knows_login(login).await? {
            self.end_what_it_may_charge(&mut tx, tenant, login).await?;
        }
        let login_erased = !tx.login_is_known(login).await?;
        if login_erased {
            self.erase_unknown_login(&mut tx, tenant, login).await?;
        }
        tx.erase_client_texts(id, login, now).await?;
        note(
            &mut tx,
            &self.mint,
            Action::ClientErased,
            id,
            json!({"login": login, "login_erased": login_erased}),
        )?;
        Ok((tx, ErasedClientView { id: id.to_owned(), erased_at: text::time(now), login_erased }))
    }

    /// Ends every permission of the organization to charge the login's methods.
    async fn end_what_it_may_charge(
        &self,
        tx: &mut OrgTx,
        tenant: &Tenant,
        login: &str,
    ) -> Result<(), AppError> {
        let given = tx.wallet_authorizations(login).await?;
        let here = |given: &&WalletAuthorizationRow| given.org_id == tenant.id().as_str();
        for given in given.iter().filter(here) {
            let Some(method) = tx.find_own_method(login, &given.method_id).await? else { continue };
            self.end_permission(tx, &given.id, &method, CLIENT_ERASED, false).await?;
        }
        // What it might have charged in the place of something else.
        if let Some(backup) = tx.standing_backup(login).await? {
            tx.end_backup(login, &backup.id, self.mint.now_ms()).await?;
        }
        for method in tx.wallet_methods(login).await? {
            tx.end_continuing(login, &method.id).await?;
            self.end_standing_mandate(tx, &method.id, CLIENT_ERASED).await?;
        }
        Ok(())
    }

    /// Has the processor let go cards that were kept for plans of clients who were erased. Answers how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn let_kept_cards_go(&self) -> Result<usize, AppError> {
        let now = self.mint.now_ms();
        let mut gone = 0;
        for (organization, ids) in self.store.to_detach(now, BATCH).await? {
            let tenant = self.store.organization(organization);
            for id in ids {
                gone += usize::from(self.let_kept_card_go(&tenant, &id).await?);
            }
        }
        Ok(gone)
    }

    async fn let_kept_card_go(&self, tenant: &Tenant, id: &str) -> Result<bool, AppError> {
        let mut tx = tenant.write().await?;
        let Some(card) = tx.find_to_detach(id).await? else { return Ok(false) };
        let until_ms = self.mint.now_ms().saturating_add(PAUSE_MS.max(millis(self.settings.call_timeout)));
        if !tx.claim_to_detach(&card, until_ms).await? {
            return Ok(false);
        }
        tx.commit().await?;
        if card.vault != self.settings.vault || self.store.is_in_use(&card.vault, &card.reference).await? {
            return Ok(false);
        }
        // Letting go twice does no harm: each try has a key of its own.
        let key = format!("{}.detach.{}", card.id, card.detach_tries);
        let asked = self.processor.detach(&key, &card.reference, &card.customer);
        match tokio::time::timeout(self.settings.call_timeout, asked).await {
            Ok(Ok(())) => {
                let mut tx = tenant.write().await?;
                tx.detached(id).await?;
                tx.commit().await?;
                Ok(true)
            }
            Ok(Err(ProcessorError::Rejected(why))) => {
                tracing::warn!(card = card.id, %why, "a kept card is not let go");
                Ok(false)
            }
            Ok(Err(_)) | Err(_) => Ok(false),
        }
    }
}
