//! A card is not what it was, as its bank tells the processor: another expiry, another number, or it was closed.
//!
//! What it is now is read from the processor, so that neither the order of what is told nor how often it is told changes anything. The
//! wallet is brought up to date; each organization is told of what it may charge; where something is planned on a closed card, a human is
//! asked to look, and the client is written to.

use paydesk_domain::id::OutboxId;
use serde_json::json;

use crate::app::mail_text::{Named, Occasion};
use crate::app::open_action_item::Subject;
use crate::app::record_outcome::Applied;
use crate::app::wallet_entry::note_done;
use crate::app::{App, AppError, event_types, text};
use crate::ports::processor::StoredMethod;
use crate::store::{CalledMethodRow, MethodRow, OrgTx, WalletPlannedRow};

/// What an action item is about: a plan whose card is closed.
const CARD_CLOSED: &str = "card_closed";

impl App {
    /// Hears that a card may not be what it was. `None` when it is in no wallet: another card took its place, it was removed, or it
    /// never was.
    ///
    /// # Errors
    /// When the database fails or contradicts itself.
    pub(super) async fn hear_of_card(&self, reference: &str) -> Result<Option<Applied>, AppError> {
        let called = self.store.method_called(&self.settings.vault, reference).await?;
        let Some(called) = called else { return Ok(None) };
        let Some(before) = self.settled(&called).await? else { return Ok(Some(Applied::TooEarly)) };
        let read = self.processor.method(reference);
        let now = match tokio::time::timeout(self.settings.call_timeout, read).await {
            Ok(Ok(Some(now))) => now,
            // The processor let it go.
            Ok(Ok(None)) => return Ok(Some(Applied::Known)),
            Ok(Err(error)) => {
                tracing::warn!(method = called.id, %error, "what a card is now could not be asked");
                return Ok(Some(Applied::TooEarly));
            }
            Err(_) => return Ok(Some(Applied::TooEarly)),
        };
        if now.expiry().is_none() {
            return Ok(None);
        }
        let Some(after) = self.changed_to(&before, &now) else { return Ok(Some(Applied::Known)) };
        self.keep_news(&called, &before, &after, &now.fingerprint).await.map(Some)
    }

    /// The card as the wallet has it, where that is what the processor is to have as well.
    async fn settled(&self, called: &CalledMethodRow) -> Result<Option<MethodRow>, AppError> {
        let lost = || AppError::Inconsistent("a method of an unreadable organization".into());
        let tenant = self.tenant_of(&called.org_id).ok_or_else(lost)?;
        let mut tx = tenant.read().await?;
        tx.act_for_wallet(&called.login_id).await?;
        if tx.is_unsettled(&called.login_id, &called.id).await? {
            return Ok(None);
        }
        Ok(tx.find_own_method(&called.login_id, &called.id).await?)
    }

    /// The card as it is now; `None` when that is what is known.
    fn changed_to(&self, before: &MethodRow, now: &StoredMethod) -> Option<MethodRow> {
        let after = MethodRow {
            brand: now.brand().to_owned(),
            last4: now.last4.clone(),
            exp_month: now.expiry().map(|(month, _)| i64::from(month)),
            exp_year: now.expiry().map(|(_, year)| i64::from(year)),
            closed_at_ms: now.closed.then(|| before.closed_at_ms.unwrap_or_else(|| self.mint.now_ms())),
            ..before.clone()
        };
        (after != *before).then_some(after)
    }

    /// Writes it, and tells everybody whom it concerns, in one transaction.
    async fn keep_news(
        &self,
        called: &CalledMethodRow,
        before: &MethodRow,
        after: &MethodRow,
        fingerprint: &str,
    ) -> Result<Applied, AppError> {
        let lost = || AppError::Inconsistent("a method of an unreadable organization".into());
        let tenant = self.tenant_of(&called.org_id).ok_or_else(lost)?;
        let login = &called.login_id;
        let mut tx = tenant.write().await?;
        tx.act_for_wallet(login).await?;
        tx.lock_login(login).await?;
        // Somebody has changed it since the processor was asked: it is asked again.
        if tx.is_unsettled(login, &called.id).await?
            || !tx.hear_of_card(after, fingerprint, self.mint.now_ms()).await?
        {
            return Ok(Applied::TooEarly);
        }
        let is_closed = after.closed_at_ms.is_some() && before.closed_at_ms.is_none();
        let action = if is_closed { "method.closed" } else { "method.updated_by_bank" };
        note_done(&mut tx, &self.mint, login, &called.id, action, json!({})).await?;
        let planned = tx.wallet_planned(login).await?;
        for organization in tx.organizations_of_method(login, &called.id).await? {
            let Some(tenant) = self.tenant_of(&organization) else { continue };
            tx.turn_to(&tenant).await?;
            let here = |row: &&WalletPlannedRow| {
                row.org_id == organization && row.method_id.as_ref() == Some(&called.id)
            };
            let planned: Vec<_> = planned.iter().filter(here).collect();
            self.tell_news(&mut tx, after, is_closed, &planned).await?;
        }
        tx.commit().await?;
        self.to_mail.notify_one();
        Ok(Applied::Changed)
    }

    /// Tells an organization that may charge the card. The transaction is its own.
    async fn tell_news(
        &self,
        tx: &mut OrgTx,
        card: &MethodRow,
        is_closed: bool,
        planned: &[&WalletPlannedRow],
    ) -> Result<(), AppError> {
        let given = tx.agreed_authorization(&card.login_id, &card.id).await?;
        let stands = given.is_some_and(|given| given.revoked_at_ms.is_none());
        if !stands && planned.is_empty() {
            return Ok(());
        }
        let topic = match is_closed {
            true => event_types::METHOD_CLOSED,
            false => event_types::METHOD_UPDATED_BY_BANK,
        };
        let id = self.mint.id(OutboxId::new)?;
        let told = event_types::told_by_bank(card);
        tx.insert_outbox(id.as_str(), topic, &card.id, &told, self.mint.now_ms()).await?;
        let (true, Some(first)) = (is_closed, planned.first()) else { return Ok(()) };
        for plan in tx.plans_to_move(&card.login_id, &card.id).await? {
            let amount = planned.iter().filter(|row| row.plan_id == plan.id).map(|row| row.amount).sum();
            let about = Subject { id: plan.id, account: plan.account_id, amount, currency: plan.currency };
            self.open_item(tx, CARD_CLOSED, about, None).await?;
        }
        let next_on = text::read_date("due_on", &first.due_on)?;
        let occasion = Occasion::CardClosed { method: Named::of(card), next_on };
        self.mail_of_organization(tx, &card.login_id, occasion).await
    }
}
