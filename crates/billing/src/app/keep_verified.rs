//! Puts what was verified into the client's wallet, or says why not; and tidies up at the processor afterwards.

use paydesk_domain::id::PaymentMethodId;
use serde_json::json;

use crate::app::apply_update::METHOD_GONE;
use crate::app::carry_out_verification::FULL;
use crate::app::confirm_checkout::TOKEN_UNUSABLE;
use crate::app::limit_card_tests::{WALLET_SAVED, WALLET_UPDATED};
use crate::app::wallet_entry::note_of;
use crate::app::{App, AppError, address, millis, view};
use crate::ports::processor::{MethodChange, ProcessorError};
use crate::store::{Decided, MethodRow, NewMethod, OrgTx, Tenant, VerificationRow};

/// What is noted of one that came to nothing.
const REFUSED: &str = "method.refused";
/// How long after it was replaced a card is let go: whoever has read its name has written what they do with it by then.
const DETACH_AFTER_MS: i64 = 300_000;

/// What is left to do at the processor.
const LET_NEW_GO: &str = "new";
const LET_OLD_GO: &str = "old";
const SET_EXPIRY_BACK: &str = "expiry";

impl App {
    /// Writes what is verified: a new method, or a card as it is now. Somebody may have been quicker, in another tab.
    pub(super) async fn keep_verified(
        &self,
        tenant: &Tenant,
        row: &VerificationRow,
        network: Option<String>,
    ) -> Result<(), AppError> {
        let mut tx = tenant.write().await?;
        tx.act_for_login(&row.login_id).await?;
        tx.lock_login(&row.login_id).await?;
        match &row.updates {
            Some(updates) => self.keep_update(tx, tenant, row, updates, network).await,
            None => self.keep_new(tx, tenant, row, network).await,
        }
    }

    async fn keep_new(
        &self,
        mut tx: OrgTx,
        tenant: &Tenant,
        row: &VerificationRow,
        network: Option<String>,
    ) -> Result<(), AppError> {
        let fingerprint = row.fingerprint.as_deref().unwrap_or_default();
        let known = tx.method_by_fingerprint(&row.login_id, &row.vault, fingerprint, expiry(row)).await?;
        if let Some(known) = known {
            tx.rollback().await?;
            return self.keep_known(tenant, row, known.id).await;
        }
        let is_full =
            tx.count_methods(&row.login_id, &row.kind).await? >= self.settings.methods_max(&row.kind);
        if is_full {
            tx.rollback().await?;
            return self.refuse_for_wallet(tenant, row, FULL).await;
        }
        let id = self.mint.id(PaymentMethodId::new)?.as_str().to_owned();
        let method = MethodRow {
            id: id.clone(),
            nickname: row.nickname.clone(),
            network_transaction_id: network,
            ..described(row)
        };
        if !tx.insert_method(NewMethod { row: method, created_at_ms: self.mint.now_ms() }).await? {
            tx.rollback().await?;
            return self.refuse_for_wallet(tenant, row, TOKEN_UNUSABLE).await;
        }
        tx.set_fingerprint(&row.login_id, &id, fingerprint).await?;
        let decided = Decided { method_id: Some(id.clone()), ..Decided::default() };
        let detail = json!({"kind": row.kind, "verification": row.id});
        self.decide(tx, row, decided, (Some(&id), WALLET_SAVED), detail).await
    }

    async fn keep_update(
        &self,
        mut tx: OrgTx,
        tenant: &Tenant,
        row: &VerificationRow,
        updates: &str,
        network: Option<String>,
    ) -> Result<(), AppError> {
        let method = MethodRow { id: updates.to_owned(), ..described(row) };
        let old = row.old_reference.as_deref().unwrap_or_default();
        if !tx.renew_method(old, &method).await? {
            tx.rollback().await?;
            return self.refuse_for_wallet(tenant, row, METHOD_GONE).await;
        }
        tx.set_fingerprint(&row.login_id, updates, row.fingerprint.as_deref().unwrap_or_default()).await?;
        if let Some(network) = network {
            tx.keep_network_id(&row.login_id, updates, &network, &method.reference).await?;
        }
        let replaced = method.reference != old;
        let left_over = replaced.then(|| (LET_OLD_GO, self.mint.now_ms().saturating_add(DETACH_AFTER_MS)));
        let decided = Decided { method_id: Some(updates.to_owned()), left_over, ..Decided::default() };
        let detail = json!({"verification": row.id, "replaced": replaced});
        self.decide(tx, row, decided, (Some(updates), WALLET_UPDATED), detail).await
    }

    /// It is in the wallet already.
    pub(super) async fn keep_known(
        &self,
        tenant: &Tenant,
        row: &VerificationRow,
        id: String,
    ) -> Result<(), AppError> {
        let mut tx = tenant.write().await?;
        tx.act_for_login(&row.login_id).await?;
        let left_over = self.left_over_of(row);
        let decided = Decided { method_id: Some(id.clone()), known: true, left_over, refusal: None };
        let detail = json!({"known": true, "verification": row.id});
        self.decide(tx, row, decided, (Some(&id), WALLET_SAVED), detail).await
    }

    /// It is not saved; what is in the wallet is as it was.
    pub(super) async fn refuse_for_wallet(
        &self,
        tenant: &Tenant,
        row: &VerificationRow,
        why: &str,
    ) -> Result<(), AppError> {
        let mut tx = tenant.write().await?;
        tx.act_for_login(&row.login_id).await?;
        let left_over = self.left_over_of(row);
        let decided = Decided { refusal: Some(why.to_owned()), left_over, ..Decided::default() };
        let detail = json!({"verification": row.id, "refusal": why});
        let left_over = left_over.map(|(what, _)| what.to_owned());
        self.decide(tx, row, decided, (row.updates.as_deref(), REFUSED), detail).await?;
        if left_over.as_deref() == Some(SET_EXPIRY_BACK) {
            // At once: the client is about to enter another one. Who is overtaken here is so by a claim, which sees to it.
            let decided = VerificationRow { left_over, fence: row.fence.saturating_add(1), ..row.clone() };
            return self.tidy_up_after(tenant, &decided).await;
        }
        Ok(())
    }

    /// Writes what became of it where it is still ours to say, and lets whoever looks after the rest know.
    async fn decide(
        &self,
        mut tx: OrgTx,
        row: &VerificationRow,
        decided: Decided,
        (method, action): (Option<&str>, &'static str),
        detail: serde_json::Value,
    ) -> Result<(), AppError> {
        if !tx.decide_verification(row, &decided).await? {
            return Ok(tx.rollback().await?);
        }
        note_of(&mut tx, &self.mint, row, method, action, detail).await?;
        tx.commit().await?;
        if decided.left_over.is_some() {
            self.work.notify_one();
        }
        Ok(())
    }

    /// What there is to do at the processor about one that did not come into the wallet.
    fn left_over_of(&self, row: &VerificationRow) -> Option<(&'static str, i64)> {
        let now = self.mint.now_ms();
        match (&row.token, &row.updates) {
            (None, Some(_)) if row.reference.is_some() => {
                Some((SET_EXPIRY_BACK, now.saturating_add(millis(self.settings.lease))))
            }
            // What hangs on no customer is kept nowhere.
            (Some(_), _) if row.reference.is_some() && row.customer.is_some() => Some((LET_NEW_GO, now)),
            _ => None,
        }
    }

    /// Does what is left to do at the processor. Whatever fails is tried again; doing it twice does no harm.
    pub(super) async fn tidy_up_after(&self, tenant: &Tenant, row: &VerificationRow) -> Result<(), AppError> {
        let tidying = async {
            match row.left_over.as_deref() {
                Some(LET_NEW_GO) => self.let_new_go(tenant, row).await,
                Some(LET_OLD_GO) => self.let_old_go(row).await,
                Some(SET_EXPIRY_BACK) => self.set_expiry_back(tenant, row).await,
                _ => Ok(true),
            }
        };
        let is_done = match tokio::time::timeout(self.settings.call_timeout, tidying).await {
            Ok(Ok(is_done)) => is_done,
            Ok(Err(AppError::Processor(ProcessorError::Rejected(why)))) => {
                tracing::error!(verification = row.id, %why, "the processor does not let it be tidied up");
                true
            }
            Ok(Err(AppError::Processor(error))) => {
                tracing::warn!(verification = row.id, %error, "it could not be tidied up yet");
                false
            }
            Ok(Err(error)) => return Err(error),
            Err(_) => false,
        };
        if is_done {
            let mut tx = tenant.write().await?;
            tx.finish_verification(&row.id, row.fence).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Lets what did not come into the wallet go, unless it is somebody's.
    async fn let_new_go(&self, tenant: &Tenant, row: &VerificationRow) -> Result<bool, AppError> {
        let reference = row.reference.as_deref().unwrap_or_default();
        let mut tx = tenant.read().await?;
        tx.act_for_login(&row.login_id).await?;
        let known = tx.method_by_reference(&row.login_id, &row.vault, reference).await?;
        drop(tx);
        if known.is_some() {
            return Ok(true);
        }
        let key = format!("{}.detach.{}", row.id, row.fence);
        self.processor.detach(&key, reference, row.customer.as_deref().unwrap_or_default()).await?;
        Ok(true)
    }

    /// Lets the card go that another one took the place of, once no charge rests on it any more.
    async fn let_old_go(&self, row: &VerificationRow) -> Result<bool, AppError> {
        let old = row.old_reference.as_deref().unwrap_or_default();
        if self.store.is_in_use(&row.vault, old).await? {
            return Ok(false);
        }
        let key = format!("{}.detach.{}", row.id, row.fence);
        self.processor.detach(&key, old, row.old_customer.as_deref().unwrap_or_default()).await?;
        Ok(true)
    }

    /// The processor has the new expiry already, which the bank refused: it is told again what the wallet says.
    async fn set_expiry_back(&self, tenant: &Tenant, row: &VerificationRow) -> Result<bool, AppError> {
        let mut tx = tenant.read().await?;
        tx.act_for_login(&row.login_id).await?;
        let updates = row.updates.as_deref().unwrap_or_default();
        let found = tx.find_own_method(&row.login_id, updates).await?;
        tx.act_for_wallet(&row.login_id).await?;
        // The client has entered another one, which the processor may have already.
        let is_changing = tx.is_being_updated(&row.login_id, updates).await?;
        drop(tx);
        if is_changing {
            return Ok(false);
        }
        let Some(method) = found.filter(|found| Some(&found.reference) == row.old_reference.as_ref()) else {
            return Ok(true);
        };
        let key = format!("{}.back.{}", row.id, row.fence);
        let address = address::read(&method.billing_address).ok();
        let change = MethodChange {
            key: &key,
            method: &method.reference,
            customer: &method.customer,
            expiry: Some(view::expiry_parts(&method)),
            address: address.as_ref(),
        };
        // A processor that takes no expiry that is over keeps the new one: here the card has expired, and is charged by nobody.
        self.processor.change_method(change).await?;
        Ok(true)
    }

    /// The method of the wallet that it is, if there is one. The fingerprints of those that look like it are learned first.
    pub(super) async fn known_in_wallet(
        &self,
        tenant: &Tenant,
        row: &VerificationRow,
    ) -> Result<Option<String>, AppError> {
        let fingerprint = row.fingerprint.as_deref().unwrap_or_default();
        if fingerprint.is_empty() {
            return Ok(None);
        }
        let login = &row.login_id;
        let mut tx = tenant.read().await?;
        tx.act_for_login(login).await?;
        let last4 = row.last4.as_deref().unwrap_or_default();
        let alike = tx.methods_without_fingerprint(login, &row.vault, last4).await?;
        drop(tx);
        for method in alike {
            let Some(found) = self.processor.method(&method.reference).await? else { continue };
            let mut tx = tenant.write().await?;
            tx.act_for_login(login).await?;
            tx.lock_login(login).await?;
            tx.set_fingerprint(login, &method.id, &found.fingerprint).await?;
            tx.commit().await?;
        }
        let mut tx = tenant.read().await?;
        tx.act_for_login(login).await?;
        let found = tx.method_by_fingerprint(login, &row.vault, fingerprint, expiry(row)).await?;
        Ok(found.map(|found| found.id))
    }

    /// Whether the wallet has room for it.
    pub(super) async fn has_room(&self, tenant: &Tenant, row: &VerificationRow) -> Result<bool, AppError> {
        let mut tx = tenant.read().await?;
        tx.act_for_login(&row.login_id).await?;
        let count = tx.count_methods(&row.login_id, &row.kind).await?;
        Ok(count < self.settings.methods_max(&row.kind))
    }
}

fn expiry(row: &VerificationRow) -> Option<(u8, u16)> {
    let month = row.card_month.and_then(|month| u8::try_from(month).ok());
    month.zip(row.card_year.and_then(|year| u16::try_from(year).ok()))
}

/// The method as it is afterwards, without an id.
fn described(row: &VerificationRow) -> MethodRow {
    MethodRow {
        login_id: row.login_id.clone(),
        vault: row.vault.clone(),
        customer: row.customer.clone().unwrap_or_default(),
        reference: row.reference.clone().unwrap_or_default(),
        kind: row.kind.clone(),
        brand: row.brand.clone().unwrap_or_default(),
        last4: row.last4.clone().unwrap_or_default(),
        exp_month: row.card_month,
        exp_year: row.card_year,
        billing_address: row.billing_address.clone(),
        ..MethodRow::default()
    }
}
