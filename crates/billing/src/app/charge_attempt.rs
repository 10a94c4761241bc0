//! Sends an attempt: claim and commit, then call the processor, then have the outcome recorded.

use paydesk_domain::address::Address;
use paydesk_domain::attempt::{AttemptEvent, ProcessorReference};
use paydesk_domain::money::{Currency, Money};

use crate::app::confirm_checkout::TOKEN_UNUSABLE;
use crate::app::{App, AppError, millis};
use crate::ports::processor::{ChargeOutcome, ChargeRequest, Exchange, Presence, ProcessorError};
use crate::store::{AttemptRow, Tenant};

/// Why an attempt fails when the processor could not be reached.
const UNREACHABLE: &str = "processor_unreachable";
/// Why an attempt fails when the processor rejected the request.
const REJECTED: &str = "processor_rejected";
/// Why an attempt fails when it took too long to get ready.
const TOO_LATE: &str = "too_late_to_send";

impl App {
    /// Sends an attempt that nobody has sent yet. Does nothing when somebody else has claimed it.
    ///
    /// # Errors
    /// When the database fails. The attempt's lease then runs out and it is looked up.
    pub async fn charge_attempt(&self, tenant: &Tenant, id: &str) -> Result<(), AppError> {
        let Ok(_slot) = self.charge_slots.acquire().await else {
            return Ok(());
        };
        let now = self.mint.now_ms();
        let leased_until = now.saturating_add(millis(self.settings.lease));
        let mut tx = tenant.write().await?;
        let Some(mut row) = tx.claim_attempt(id, &self.owner, leased_until, now).await? else {
            return Ok(());
        };
        tx.commit().await?;
        // From here on money may move. Whatever happens is recorded under the fence of this claim.
        let event = match self.prepare(tenant, &mut row).await? {
            Prepared::Ready if self.too_late(leased_until) => not_sent(&row, TOO_LATE),
            Prepared::Ready => self.send(&row).await?,
            Prepared::Decided(event) => event,
            Prepared::LostLease => return Ok(()),
        };
        self.metrics.attempt(event.name());
        self.record_outcome(tenant, &row, event).await
    }

    fn too_late(&self, leased_until: i64) -> bool {
        self.mint.now_ms().saturating_add(millis(self.settings.call_timeout)) >= leased_until
    }

    /// Makes a method of a token. No money moves here, so that every fault is a failure before sending.
    async fn prepare(&self, tenant: &Tenant, row: &mut AttemptRow) -> Result<Prepared, AppError> {
        if row.processor_method.is_some() {
            return Ok(Prepared::Ready);
        }
        let limit = self.settings.call_timeout + self.settings.call_timeout / 4;
        match tokio::time::timeout(limit, self.exchange(tenant, row)).await {
            Ok(Ok(None)) => {}
            Ok(Ok(Some(event))) => return Ok(Prepared::Decided(event)),
            Ok(Err(AppError::Processor(ProcessorError::Unknown(_)))) | Err(_) => {
                return Ok(Prepared::Decided(AttemptEvent::FailBeforeSend(UNREACHABLE.to_owned())));
            }
            Ok(Err(AppError::Processor(error))) => return Ok(Prepared::Decided(failed(&error))),
            Ok(Err(error)) => return Err(error),
        }
        // Kept before it is charged: should the charge have to be sent again, it is the same request.
        let mut tx = tenant.write().await?;
        let kept = tx.keep_attempt_method(row).await?;
        tx.commit().await?;
        Ok(if kept { Prepared::Ready } else { Prepared::LostLease })
    }

    async fn exchange(
        &self,
        tenant: &Tenant,
        row: &mut AttemptRow,
    ) -> Result<Option<AttemptEvent>, AppError> {
        let token = row.token.clone().unwrap_or_default();
        let address: Address = serde_json::from_str(row.billing_address.as_deref().unwrap_or_default())
            .map_err(|_| AppError::Inconsistent("an address that cannot be read".into()))?;
        let key = format!("{}.method", row.id);
        let exchanged = match self.processor.exchange_token(&key, &token, &address).await {
            // Once more, under the same key: the answer alone may have been lost.
            Err(ProcessorError::Unknown(_)) => self.processor.exchange_token(&key, &token, &address).await?,
            exchanged => exchanged?,
        };
        let method = match exchanged {
            Exchange::Method(method) => method,
            Exchange::Unusable => return Ok(Some(AttemptEvent::FailBeforeSend(TOKEN_UNUSABLE.to_owned()))),
            Exchange::Declined(decline) => return Ok(Some(AttemptEvent::Decline(decline))),
        };
        row.customer = method.customer;
        if row.save == 1 && row.customer.is_none() {
            let account = tenant.read().await?.find_account(&row.account_id).await?;
            let name = account.map(|account| account.name).unwrap_or_default();
            row.customer = Some(self.customer_of(tenant, &row.login_id, &name).await?);
        }
        row.processor_method = Some(method.reference);
        row.brand = Some(method.brand.as_str().to_owned());
        row.last4 = Some(method.last4);
        row.exp_month = Some(i64::from(method.exp_month));
        row.exp_year = Some(i64::from(method.exp_year));
        Ok(None)
    }

    async fn send(&self, row: &AttemptRow) -> Result<AttemptEvent, AppError> {
        let currency: Currency =
            row.currency.parse().map_err(|_| AppError::Inconsistent("an unknown currency".into()))?;
        let charge = ChargeRequest {
            key: &row.idempotency_key,
            attempt: &row.id,
            amount: Money::new(row.amount, currency),
            method: row.processor_method.as_deref().unwrap_or_default(),
            customer: row.customer.as_deref(),
            presence: Presence::OnSession,
            keep: row.save == 1,
        };
        let answered = tokio::time::timeout(self.settings.call_timeout, self.processor.charge(charge)).await;
        Ok(match answered {
            Ok(Ok(ChargeOutcome::Succeeded(reference))) => {
                AttemptEvent::Succeed(ProcessorReference(reference))
            }
            Ok(Ok(ChargeOutcome::Declined(decline))) => AttemptEvent::Decline(decline),
            Ok(Err(ProcessorError::NotSent(_))) => not_sent(row, UNREACHABLE),
            Ok(Err(error)) => failed(&error),
            Err(_) => AttemptEvent::LoseAnswer,
        })
    }
}

/// This request never left. For the first one that is the end of the attempt. For one that was in doubt it says nothing
/// about the request before it, which may still turn up: it stays in doubt.
fn not_sent(row: &AttemptRow, why: &str) -> AttemptEvent {
    if row.look_ups == 0 { AttemptEvent::FailBeforeSend(why.to_owned()) } else { AttemptEvent::LoseAnswer }
}

/// What follows from a call without an outcome.
fn failed(error: &ProcessorError) -> AttemptEvent {
    match error {
        ProcessorError::NotSent(_) => AttemptEvent::FailBeforeSend(UNREACHABLE.to_owned()),
        ProcessorError::Rejected(why) => {
            tracing::error!(%why, "the processor rejects our requests: an operator must look");
            AttemptEvent::FailBeforeSend(REJECTED.to_owned())
        }
        ProcessorError::Unknown(_) => AttemptEvent::LoseAnswer,
    }
}

enum Prepared {
    /// It can be charged.
    Ready,
    /// There is nothing to charge.
    Decided(AttemptEvent),
    /// Somebody else decides about it now.
    LostLease,
}
