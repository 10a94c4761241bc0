//! Saves a new card or bank account in a client's wallet. It lets nobody charge it.
//!
//! That it is tried is written down before the processor is asked: whoever tries cards that are not theirs is told to wait.

use paydesk_domain::address::Address;
use paydesk_domain::id::PaymentMethodId;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::{NewWalletMethod, SavedWalletMethodView, WalletMethodView};
use serde_json::json;

use crate::app::authenticate::Client;
use crate::app::read_wallet::{self, Others};
use crate::app::wallet_entry::{note_by, note_tried};
use crate::app::write_once::Write;
use crate::app::{App, AppError, address, text, view};
use crate::ports::processor::{Attachment, Exchange, ProcessorError, StoredMethod};
use crate::ports::verification::{VerifyOutcome, VerifyRequest};
use crate::secret::spelled_sha256;
use crate::store::{MethodRow, NewMethod, OrgTx};

/// What is noted of a try, and of one that ended with a method.
const TRIED: &str = "method.tried";
const SAVED: &str = "method.saved";
/// Within which time tries without a method are counted.
const HOUR_MS: i64 = 60 * 60 * 1_000;
const HOUR_S: u64 = 60 * 60;

/// A new method, as it was read.
struct Asked {
    /// What every call to the processor is named by: the same request under the same key is the same.
    name: String,
    kind: MethodKind,
    token: String,
    address: Address,
    nickname: Option<String>,
}

impl App {
    /// Saves a method, or answers with the one that is there already. The processor is asked before the transaction begins.
    ///
    /// # Errors
    /// `token_unusable`, `card_refused`, `wallet_full`, `rate_limited`, a refusal that names the field; when the database or the processor
    /// fails.
    pub async fn save_wallet_method(
        &self,
        client: &Client,
        write: &Write,
        request: (&str, &str),
        new: NewWalletMethod,
    ) -> Result<(OrgTx, SavedWalletMethodView), AppError> {
        let asked = read(client, request, new)?;
        self.note_try(client, &asked).await?;
        let stored = self.stored_of(&asked).await?;
        if self.fingerprints_known(client, &stored).await?
            && let Some(answer) = self.known(client, write, &stored).await?
        {
            return Ok(answer);
        }
        self.is_room(client, asked.kind).await?;
        let (customer, network) = self.have_kept(client, &asked, &stored).await?;

        let login = &client.session.login_id;
        let mut tx = write.transaction().await?;
        tx.act_for_wallet(login).await?;
        tx.lock_login(login).await?;
        let vault = &client.organization.vault;
        let known = tx.method_by_fingerprint(login, vault, &stored.fingerprint, stored.expiry()).await?;
        let is_full = tx.count_methods(login, asked.kind.as_str()).await?
            >= self.settings.methods_max(asked.kind.as_str());
        if known.is_some() || is_full {
            // Somebody was quicker, in another tab: what is kept at the processor is not needed, unless it is theirs.
            tx.rollback().await?;
            if known.is_none_or(|known| known.reference != stored.reference) {
                self.let_go_again(&asked, &stored, &customer).await;
            }
            return self.known(client, write, &stored).await?.ok_or_else(full);
        }
        let fingerprint = stored.fingerprint.clone();
        let row = self.row_of(client, asked, stored, (customer, network))?;
        let now_ms = self.mint.now_ms();
        if !tx.insert_method(NewMethod { row: row.clone(), created_at_ms: now_ms }).await? {
            return Err(token_unusable());
        }
        tx.set_fingerprint(login, &row.id, &fingerprint).await?;
        note_by(&mut tx, &self.mint, client, &row.id, SAVED, json!({"kind": row.kind})).await?;
        let method = self.shown_again(&mut tx, client, &row.id).await?;
        Ok((tx, SavedWalletMethodView { method, known: false }))
    }

    fn row_of(
        &self,
        client: &Client,
        asked: Asked,
        stored: StoredMethod,
        (customer, network_transaction_id): (String, Option<String>),
    ) -> Result<MethodRow, AppError> {
        Ok(MethodRow {
            id: self.mint.id(PaymentMethodId::new)?.as_str().to_owned(),
            login_id: client.session.login_id.clone(),
            vault: client.organization.vault.clone(),
            customer,
            kind: asked.kind.as_str().to_owned(),
            brand: stored.brand().to_owned(),
            exp_month: stored.expiry().map(|(month, _)| i64::from(month)),
            exp_year: stored.expiry().map(|(_, year)| i64::from(year)),
            reference: stored.reference,
            last4: stored.last4,
            billing_address: address::stored(&asked.address)?,
            nickname: asked.nickname,
            network_transaction_id,
            ..MethodRow::default()
        })
    }

    /// Writes down that a method is tried, unless too many were that came to nothing.
    async fn note_try(&self, client: &Client, asked: &Asked) -> Result<(), AppError> {
        let login = &client.session.login_id;
        let mut tx = client.tenant.write().await?;
        tx.act_for_login(login).await?;
        tx.lock_login(login).await?;
        let since = self.mint.now_ms().saturating_sub(HOUR_MS);
        let tried = tx.count_wallet_entries(login, TRIED, since).await?;
        let in_vain = tried.saturating_sub(tx.count_wallet_entries(login, SAVED, since).await?);
        if in_vain >= i64::from(self.settings.card_testing.login_max) {
            self.metrics.turned_away("card_testing");
            let detail = "Too many cards and accounts came to nothing: wait an hour.";
            return Err(AppError::refused(ErrorCode::RateLimited, detail).after(HOUR_S));
        }
        note_tried(&mut tx, &self.mint, client, TRIED, json!({"kind": asked.kind})).await?;
        Ok(tx.commit().await?)
    }

    /// The method that the token stands for.
    async fn stored_of(&self, asked: &Asked) -> Result<StoredMethod, AppError> {
        let key = format!("{}.method", asked.name);
        let exchange = || self.processor.exchange_token(&key, asked.kind, &asked.token, &asked.address);
        let exchanged = match exchange().await {
            // Once more, under the same key: the answer alone may have been lost.
            Err(ProcessorError::Unknown(_)) => exchange().await?,
            exchanged => exchanged?,
        };
        match exchanged {
            Exchange::Method(method) if method.kind() == asked.kind => Ok(method),
            Exchange::Method(_) | Exchange::Unusable => Err(token_unusable()),
            Exchange::Declined(_) => Err(card_refused()),
        }
    }

    /// Learns the fingerprints of the wallet's methods that look like this one and were saved elsewhere. Answers whether there is
    /// anything to compare.
    async fn fingerprints_known(&self, client: &Client, stored: &StoredMethod) -> Result<bool, AppError> {
        if stored.fingerprint.is_empty() {
            return Ok(false);
        }
        let login = &client.session.login_id;
        let mut tx = client.tenant.read().await?;
        tx.act_for_login(login).await?;
        let alike = tx.methods_without_fingerprint(login, &client.organization.vault, &stored.last4).await?;
        drop(tx);
        for method in alike {
            let Some(found) = self.processor.method(&method.reference).await? else { continue };
            let mut tx = client.tenant.write().await?;
            tx.act_for_login(login).await?;
            tx.lock_login(login).await?;
            tx.set_fingerprint(login, &method.id, &found.fingerprint).await?;
            tx.commit().await?;
        }
        Ok(true)
    }

    /// The answer with the method that is there already, if it is.
    async fn known(
        &self,
        client: &Client,
        write: &Write,
        stored: &StoredMethod,
    ) -> Result<Option<(OrgTx, SavedWalletMethodView)>, AppError> {
        let login = &client.session.login_id;
        let mut tx = write.transaction().await?;
        tx.act_for_wallet(login).await?;
        let vault = &client.organization.vault;
        let found = tx.method_by_fingerprint(login, vault, &stored.fingerprint, stored.expiry()).await?;
        let Some(row) = found else {
            tx.rollback().await?;
            return Ok(None);
        };
        note_by(&mut tx, &self.mint, client, &row.id, SAVED, json!({"known": true})).await?;
        let method = self.shown_again(&mut tx, client, &row.id).await?;
        Ok(Some((tx, SavedWalletMethodView { method, known: true })))
    }

    async fn is_room(&self, client: &Client, kind: MethodKind) -> Result<(), AppError> {
        let login = &client.session.login_id;
        let mut tx = client.tenant.read().await?;
        tx.act_for_login(login).await?;
        let count = tx.count_methods(login, kind.as_str()).await?;
        if count < self.settings.methods_max(kind.as_str()) { Ok(()) } else { Err(full()) }
    }

    /// Has the processor keep the method; a card is verified with its bank by an amount of zero. Answers under which customer, and the
    /// network's name for it.
    async fn have_kept(
        &self,
        client: &Client,
        asked: &Asked,
        stored: &StoredMethod,
    ) -> Result<(String, Option<String>), AppError> {
        let customer = match &stored.customer {
            Some(customer) => customer.clone(),
            None => {
                let found = client.tenant.read().await?.find_account(&client.session.account_id).await?;
                let name = found.map(|account| account.name).unwrap_or_default();
                self.customer_of(&client.tenant, &client.session.login_id, &name).await?
            }
        };
        if asked.kind != MethodKind::Card {
            let key = format!("{}.attach", asked.name);
            return match self.processor.attach(&key, &stored.reference, &customer).await? {
                Attachment::Attached => Ok((customer, None)),
                Attachment::Declined(_) => Err(card_refused()),
            };
        }
        let key = format!("{}.setup", asked.name);
        let verified = self.processor.verify(VerifyRequest {
            key: &key,
            organization: client.tenant.id().as_str(),
            attempt: &asked.name,
            method: &stored.reference,
            kind: asked.kind,
            customer: Some(&customer),
            mandate: None,
            return_url: None,
        });
        match verified.await? {
            VerifyOutcome::Verified(taken) => Ok((customer, taken.network_transaction_id)),
            VerifyOutcome::Declined(_) => Err(card_refused()),
            VerifyOutcome::Challenged { reference, .. } => {
                // Nobody can be shown the bank's page from here.
                self.processor.cancel_verification(&format!("{key}.cancel"), &reference).await?;
                Err(card_refused())
            }
        }
    }

    async fn let_go_again(&self, asked: &Asked, stored: &StoredMethod, customer: &str) {
        let key = format!("{}.detach", asked.name);
        if let Err(error) = self.processor.detach(&key, &stored.reference, customer).await {
            tracing::warn!(%error, "a method that nobody needs is still kept at the processor");
        }
    }

    /// A method of the wallet as its client sees it now.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn shown_again(
        &self,
        tx: &mut OrgTx,
        client: &Client,
        id: &str,
    ) -> Result<WalletMethodView, AppError> {
        let login = &client.session.login_id;
        let row = tx.find_own_method(login, id).await?.ok_or_else(AppError::not_found)?;
        let others = Others {
            authorizations: tx.wallet_authorizations(login).await?,
            planned: tx.wallet_planned(login).await?,
            organizations: tx.wallet_organizations(login).await?,
        };
        read_wallet::method(row, view::today(&client.organization, self.mint.now())?, &others)
    }
}

/// `request`: its key, and its hash.
fn read(client: &Client, request: (&str, &str), new: NewWalletMethod) -> Result<Asked, AppError> {
    let given = new.billing_address.as_ref();
    let given = given.ok_or_else(|| {
        AppError::param(ErrorCode::AddressNeeded, "billing_address", "Every new method needs one.")
    })?;
    let named = [client.session.id.as_str(), request.0, request.1].join(" ");
    Ok(Asked {
        name: format!("wallet_{}", spelled_sha256(named.as_bytes())),
        kind: new.method_kind.unwrap_or_default(),
        token: text::required("token", &new.token, 255)?,
        address: address::accept("billing_address", given)?,
        nickname: text::optional("nickname", new.nickname.as_deref(), 60)?,
    })
}

fn token_unusable() -> AppError {
    let detail = "The processor does not know this token, or it was used: enter the card or account again.";
    AppError::param(ErrorCode::TokenUnusable, "token", detail)
}

fn card_refused() -> AppError {
    AppError::refused(ErrorCode::CardRefused, "The bank or the processor refuses to let this be saved.")
}

fn full() -> AppError {
    AppError::refused(ErrorCode::WalletFull, "The wallet holds as many of these as it may.")
}
