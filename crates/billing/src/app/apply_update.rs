//! Carries out what was written down about a saved card: asks the processor, then changes the method in place, or says why not.
//! What died in between is carried out again under the same key.

use paydesk_domain::address::Address;
use paydesk_domain::method_kind::MethodKind;
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::confirm_checkout::TOKEN_UNUSABLE;
use crate::app::{App, AppError, address, event_types, millis};
use crate::failpoint;
use crate::ports::processor::{Attachment, Changed, Exchange, MethodChange, ProcessorError, StoredMethod};
use crate::store::{DueWork, MethodRow, MethodUpdateRow, Tenant, UpdateOutcome};

/// Why an update ends that the processor has not answered as long as it remembers its keys.
pub(super) const UNANSWERED: &str = "unanswered";
/// Why an update ends when the method is not there any more, here or at the processor.
pub(super) const METHOD_GONE: &str = "method_gone";
/// Why an update ends when the processor does not understand it.
pub(super) const REJECTED: &str = "rejected";
/// For how long it is tried: below the day that a processor remembers a key for.
const TRIED_MS_MAX: i64 = 20 * 60 * 60 * 1_000;
/// How long after it was replaced a card is let go: whoever has read its name has written what they do with it by then.
const DETACH_AFTER_MS: i64 = 300_000;

/// What the processor said.
enum Told {
    /// The card is so now.
    Card(StoredMethod),
    /// It is not, for this reason.
    Refused(String),
    /// Nothing yet.
    Nothing,
}

impl App {
    /// Carries out an update that is claimed.
    ///
    /// # Errors
    /// When the database fails. The claim then runs out and it is carried out again.
    pub async fn apply_update(&self, tenant: &Tenant, row: MethodUpdateRow) -> Result<(), AppError> {
        failpoint::hit("update.before_send");
        // A call that ends late must not overlap with the one of whoever takes over.
        let limit = self.settings.call_timeout * 2;
        let told = match tokio::time::timeout(limit, self.ask_for_change(&row)).await {
            Ok(told) => told?,
            Err(_) => Told::Nothing,
        };
        failpoint::hit("update.after_reply");
        let now = self.mint.now_ms();
        match told {
            Told::Card(card) => self.renew(tenant, &row, card).await,
            Told::Refused(why) => self.refuse_update(tenant, &row, &why).await,
            Told::Nothing if now.saturating_sub(row.created_at_ms) > TRIED_MS_MAX => {
                self.refuse_update(tenant, &row, UNANSWERED).await
            }
            Told::Nothing => {
                tracing::warn!(
                    update = row.id,
                    "the processor did not answer: a card is brought up to date later"
                );
                Ok(())
            }
        }
    }

    /// Takes up an update that somebody left: one that was not carried out, or an old card that is to be let go.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_up_update(&self, tenant: &Tenant, work: &DueWork) -> Result<(), AppError> {
        let now = self.mint.now_ms();
        let pause = if work.status == "sending" { millis(self.settings.lease) } else { DETACH_AFTER_MS };
        let mut tx = tenant.write().await?;
        let claimed = tx.claim_update(&work.id, &work.status, now.saturating_add(pause), now).await?;
        tx.commit().await?;
        match claimed {
            Some(row) if row.status == "sending" => self.apply_update(tenant, row).await,
            Some(row) => self.let_go(tenant, &row).await,
            None => Ok(()),
        }
    }

    async fn ask_for_change(&self, row: &MethodUpdateRow) -> Result<Told, AppError> {
        let address = address::read(&row.billing_address)?;
        let asked = match &row.token {
            Some(token) => self.take_in(row, token, &address).await,
            None => self.change_expiry(row, &address).await,
        };
        Ok(match asked {
            Ok(told) => told,
            Err(ProcessorError::Rejected(why)) => {
                tracing::error!(%why, "the processor rejects our requests: an operator must look");
                Told::Refused(REJECTED.to_owned())
            }
            Err(error) => {
                tracing::warn!(update = row.id, %error, "a card could not be brought up to date");
                Told::Nothing
            }
        })
    }

    async fn change_expiry(&self, row: &MethodUpdateRow, address: &Address) -> Result<Told, ProcessorError> {
        let month = row.exp_month.and_then(|month| u8::try_from(month).ok());
        let year = row.exp_year.and_then(|year| u16::try_from(year).ok());
        let change = MethodChange {
            key: &format!("{}.change", row.id),
            method: &row.old_reference,
            customer: &row.customer,
            expiry: month.zip(year),
            address: Some(address),
        };
        Ok(match self.processor.change_method(change).await? {
            Changed::Method(card) => Told::Card(card),
            Changed::Declined(decline) => Told::Refused(decline.code().to_owned()),
            Changed::Unknown => Told::Refused(METHOD_GONE.to_owned()),
        })
    }

    /// The card that takes the place: kept under the same customer as the old one.
    async fn take_in(
        &self,
        row: &MethodUpdateRow,
        token: &str,
        address: &Address,
    ) -> Result<Told, ProcessorError> {
        let key = format!("{}.method", row.id);
        let card = match self.processor.exchange_token(&key, MethodKind::Card, token, address).await? {
            Exchange::Method(card) if card.kind() == MethodKind::Card => card,
            Exchange::Method(_) | Exchange::Unusable => return Ok(Told::Refused(TOKEN_UNUSABLE.to_owned())),
            Exchange::Declined(decline) => return Ok(Told::Refused(decline.code().to_owned())),
        };
        // The older way keeps a card under a customer of its own at once.
        if card.customer.is_some() {
            return Ok(Told::Card(card));
        }
        let key = format!("{}.attach", row.id);
        Ok(match self.processor.attach(&key, &card.reference, &row.customer).await? {
            Attachment::Attached => Told::Card(card),
            Attachment::Declined(decline) => Told::Refused(decline.code().to_owned()),
        })
    }

    /// Changes the method in place: its id stays, and with it its authorizations, its name, and what is planned with it.
    async fn renew(
        &self,
        tenant: &Tenant,
        row: &MethodUpdateRow,
        card: StoredMethod,
    ) -> Result<(), AppError> {
        let now = self.mint.now_ms();
        let replaced = card.reference != row.old_reference;
        let outcome = UpdateOutcome {
            status: if replaced { "detaching" } else { "done" },
            refusal: None,
            new_reference: replaced.then(|| card.reference.clone()),
            due_at_ms: now.saturating_add(DETACH_AFTER_MS),
        };
        let mut tx = tenant.write().await?;
        if !tx.finish_update(&row.id, row.fence, outcome).await? {
            return Ok(());
        }
        let vault = tx.find_organization().await?.ok_or_else(AppError::not_found)?.vault;
        let method = renewed(row, card, vault);
        tx.act_for_login(&row.login_id).await?;
        tx.lock_login(&row.login_id).await?;
        if !tx.renew_method(&row.old_reference, &method).await? {
            tx.rollback().await?;
            return self.refuse_update(tenant, row, METHOD_GONE).await;
        }
        let detail =
            json!({"update": row.id, "session": row.session_id, "replaced": replaced, "admin": row.admin_id});
        note(&mut tx, &self.mint, Action::MethodUpdated, &row.method_id, detail)?;
        if let Some(admin) = &row.admin_id {
            let topic = event_types::METHOD_UPDATED_BY_ADMIN;
            self.tell_client(&mut tx, topic, &row.account_id, &method, admin).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn refuse_update(&self, tenant: &Tenant, row: &MethodUpdateRow, why: &str) -> Result<(), AppError> {
        let mut tx = tenant.write().await?;
        let outcome = UpdateOutcome {
            status: "refused",
            refusal: Some(why.to_owned()),
            new_reference: None,
            due_at_ms: self.mint.now_ms(),
        };
        if tx.finish_update(&row.id, row.fence, outcome).await? {
            let detail = json!({"update": row.id, "session": row.session_id, "refusal": why});
            note(&mut tx, &self.mint, Action::MethodUpdateRefused, &row.method_id, detail)?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Lets the replaced card go at the processor, once no charge rests on it any more. Whatever fails is tried again.
    async fn let_go(&self, tenant: &Tenant, row: &MethodUpdateRow) -> Result<(), AppError> {
        let mut tx = tenant.read().await?;
        let vault = tx.find_organization().await?.ok_or_else(AppError::not_found)?.vault;
        drop(tx);
        if self.store.is_in_use(&vault, &row.old_reference).await? {
            return Ok(());
        }
        // Letting go twice does no harm: each try has a key of its own, so that none is answered with an old failure.
        let key = format!("{}.detach.{}", row.id, row.fence);
        let detached = self.processor.detach(&key, &row.old_reference, &row.customer);
        match tokio::time::timeout(self.settings.call_timeout, detached).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(update = row.id, %error, "a replaced card could not be let go yet");
                return Ok(());
            }
            Err(_) => return Ok(()),
        }
        let now = self.mint.now_ms();
        let outcome = UpdateOutcome { status: "done", refusal: None, new_reference: None, due_at_ms: now };
        let mut tx = tenant.write().await?;
        if tx.finish_update(&row.id, row.fence, outcome).await? {
            let detail = json!({"update": row.id});
            note(&mut tx, &self.mint, Action::MethodDetached, &row.method_id, detail)?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// The method as it is afterwards.
fn renewed(row: &MethodUpdateRow, card: StoredMethod, vault: String) -> MethodRow {
    MethodRow {
        id: row.method_id.clone(),
        login_id: row.login_id.clone(),
        vault,
        kind: card.kind().as_str().to_owned(),
        brand: card.brand().to_owned(),
        exp_month: card.expiry().map(|(month, _)| i64::from(month)),
        exp_year: card.expiry().map(|(_, year)| i64::from(year)),
        customer: card.customer.unwrap_or_else(|| row.customer.clone()),
        reference: card.reference,
        last4: card.last4,
        billing_address: row.billing_address.clone(),
        ..MethodRow::default()
    }
}
