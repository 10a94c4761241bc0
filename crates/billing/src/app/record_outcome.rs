//! Records what happened to an attempt: one function for replies and look-ups (and webhooks, when they come), in one
//! transaction with the payment, its allocations, the books, the receipt and the outbox.

use paydesk_domain::attempt::{AttemptEvent, AttemptState, ProcessorReference};
use paydesk_domain::id::{AuthorizationId, LedgerEntryId, OutboxId, PaymentId, PaymentMethodId, ReceiptId};
use paydesk_domain::invoice::allocate_top_first;
use paydesk_domain::money::{Currency, Money};

use crate::app::add_method::save;
use crate::app::{App, AppError, event_types, millis, view};
use crate::clock::Mint;
use crate::store::{
    AttemptRow, LedgerEntryRow, MethodRow, NewAuthorization, NewPayment, OrgTx, Outcome, PaymentRow, Tenant,
};

impl App {
    /// Records an event under the fence of `claimed`. Does nothing when somebody else decides about it now.
    ///
    /// # Errors
    /// When the database fails, or the rules have no such transition.
    pub async fn record_outcome(
        &self,
        tenant: &Tenant,
        claimed: &AttemptRow,
        event: AttemptEvent,
    ) -> Result<(), AppError> {
        let mut tx = tenant.write().await?;
        tx.lock_invoice(&claimed.invoice_id).await?;
        let row = tx
            .find_attempt(&claimed.id)
            .await?
            .ok_or(AppError::Inconsistent("an attempt that is gone".into()))?;
        if row.fence != claimed.fence {
            return Ok(());
        }
        let before = view::state(&row)?;
        let after =
            before.clone().apply(event).map_err(|error| AppError::Inconsistent(error.to_string().into()))?;
        if before == after && before.status().is_final() {
            return Ok(());
        }
        if !tx.record_outcome(&row.id, row.fence, self.outcome(&row, &after)).await? {
            return Ok(());
        }
        if let AttemptState::Succeeded(reference) = &after {
            self.settle(&mut tx, &row, reference).await?;
        }
        tx.commit().await?;
        tracing::info!(attempt = row.id, from = before.name(), to = after.name(), "attempt");
        Ok(())
    }

    fn outcome(&self, row: &AttemptRow, state: &AttemptState) -> Outcome {
        let now = self.mint.now_ms();
        let base = Outcome { status: state.name(), due_at_ms: now, ..Outcome::default() };
        let decided_at_ms = state.status().is_final().then_some(now);
        match state {
            AttemptState::Succeeded(ProcessorReference(reference)) => {
                Outcome { processor_reference: Some(reference.clone()), decided_at_ms, ..base }
            }
            AttemptState::Declined(decline) => {
                Outcome { decline_code: Some(decline.code().to_owned()), decided_at_ms, ..base }
            }
            AttemptState::FailedBeforeSend(why) => {
                Outcome { failure: Some(why.clone()), decided_at_ms, ..base }
            }
            AttemptState::InDoubt => {
                Outcome { due_at_ms: now.saturating_add(self.next_look_up(row.look_ups)), ..base }
            }
            AttemptState::Created | AttemptState::Sending => base,
        }
    }

    /// How long to wait for the next look-up after so many.
    fn next_look_up(&self, look_ups: i64) -> i64 {
        let after = &self.settings.look_up_after;
        let index = usize::try_from(look_ups).unwrap_or(usize::MAX).min(after.len().saturating_sub(1));
        after.get(index).copied().map_or(60_000, millis)
    }

    /// Money was taken: everything that follows from it.
    async fn settle(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        reference: &ProcessorReference,
    ) -> Result<(), AppError> {
        let now = self.mint.now_ms();
        let items = tx.list_items(&row.invoice_id).await?;
        let open: Vec<i64> = items.iter().map(|item| item.amount.saturating_sub(item.covered)).collect();
        let (parts, left_over) = allocate_top_first(row.amount, &open);
        let covered = items.into_iter().map(|item| item.id).zip(parts).filter(|(_, part)| *part > 0);
        let payment = PaymentRow {
            id: self.mint.id(PaymentId::new)?.as_str().to_owned(),
            account_id: row.account_id.clone(),
            invoice_id: row.invoice_id.clone(),
            attempt_id: row.id.clone(),
            amount: row.amount,
            currency: row.currency.clone(),
            processor_reference: reference.0.clone(),
            brand: row.brand.clone(),
            last4: row.last4.clone(),
            paid_at_ms: now,
            receipt_id: self.mint.id(ReceiptId::new)?.as_str().to_owned(),
            receipt_number: tx.next_receipt_number().await?,
        };
        let id = payment.id.clone();
        let told = event_types::payment_succeeded(&payment);
        tx.insert_payment(NewPayment { row: payment, allocations: covered.collect() }).await?;

        let currency: Currency =
            row.currency.parse().map_err(|_| AppError::Inconsistent("an unknown currency".into()))?;
        let receivable = format!("receivable:{}", row.account_id);
        let kept = Money::new(row.amount.saturating_sub(left_over), currency);
        book(tx, &self.mint, "payment", &id, kept, ["processor", &receivable]).await?;
        // More than was open, because something else paid in between: it stays the payer's.
        let credit = format!("credit:{}", row.account_id);
        book(tx, &self.mint, "overpayment", &id, Money::new(left_over, currency), ["processor", &credit])
            .await?;

        let event = self.mint.id(OutboxId::new)?;
        tx.insert_outbox(event.as_str(), event_types::PAYMENT_SUCCEEDED, &id, &told, now).await?;
        tx.complete_session(&row.session_id, &row.id).await?;
        if row.save == 1 {
            self.keep_method(tx, row, now).await?;
        }
        Ok(())
    }

    /// Keeps the card that the payer wanted saved. Money was taken, so that nothing here may fail the transaction: a
    /// wallet that has become full, or a card that is in another wallet, is left out.
    async fn keep_method(&self, tx: &mut OrgTx, row: &AttemptRow, now: i64) -> Result<(), AppError> {
        let fact = |fact: &Option<String>| fact.clone().unwrap_or_default();
        let id = self.mint.id(PaymentMethodId::new)?.as_str().to_owned();
        let method = MethodRow {
            id: id.clone(),
            login_id: row.login_id.clone(),
            vault: row.vault.clone(),
            customer: fact(&row.customer),
            reference: fact(&row.processor_method),
            brand: fact(&row.brand),
            last4: fact(&row.last4),
            exp_month: row.exp_month.unwrap_or_default(),
            exp_year: row.exp_year.unwrap_or_default(),
            billing_address: fact(&row.billing_address),
            nickname: None,
        };
        let authorization = NewAuthorization {
            id: self.mint.id(AuthorizationId::new)?.as_str().to_owned(),
            login_id: row.login_id.clone(),
            method_id: id,
            consent_version: fact(&row.consent_version),
            consent_hash: fact(&row.consent_hash),
            consent_locale: fact(&row.consent_locale),
            accepted_at_ms: row.consented_at_ms.unwrap_or(now),
            actor: "payer".to_owned(),
            address: row.consent_address.clone(),
            user_agent: row.consent_user_agent.clone(),
        };
        save(tx, self.settings.cards_max, method, authorization, now).await?;
        Ok(())
    }
}

/// Books an amount from one account to another: two lines that sum to zero. Nothing is booked for nothing.
pub(super) async fn book(
    tx: &mut OrgTx,
    mint: &Mint,
    kind: &str,
    subject: &str,
    amount: Money,
    [debit, credit]: [&str; 2],
) -> Result<(), AppError> {
    if amount.minor() == 0 {
        return Ok(());
    }
    let transaction = mint.id(LedgerEntryId::new)?;
    for (account, minor) in [(debit, amount.minor()), (credit, -amount.minor())] {
        let entry = LedgerEntryRow {
            transaction_id: transaction.as_str().to_owned(),
            account: account.to_owned(),
            amount: minor,
            currency: amount.currency().code().to_owned(),
        };
        tx.insert_entry(mint.id(LedgerEntryId::new)?.as_str(), &entry).await?;
    }
    tx.close_transaction(transaction.as_str(), kind, subject, mint.now_ms()).await?;
    Ok(())
}
