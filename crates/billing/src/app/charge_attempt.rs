//! Sends a claimed attempt: calls the processor, then has the outcome recorded.

use std::sync::Arc;

use jiff::Timestamp;
use paydesk_domain::attempt::AttemptEvent;
use paydesk_domain::engine::{CallFault, Sends, UNREACHABLE, kept_back};
use paydesk_domain::mandate::HolderType;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::money::{Currency, Money};
use paydesk_domain::stored_credential::{
    Initiation, MerchantReason, MethodStorage, Sequence, StoredCredential,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::sync::OwnedSemaphorePermit;

use crate::app::accept_mandate::covers;
use crate::app::chargeable::Permission;
use crate::app::confirm_checkout::{TOKEN_UNUSABLE, with_method};
use crate::app::keep_with_plan::Keeping;
use crate::app::report::Report;
use crate::app::{App, AppError, address, view};
use crate::failpoint;
use crate::ports::processor::{ChargeRequest, Exchange, MandateProof, MethodChange, ProcessorError};
use crate::store::{AttemptRow, MandateRow, MethodRow, Tenant};

/// The page that a challenge ends on.
pub const CHALLENGE_DONE: &str = "/challenge-done";
/// Why an attempt fails when no agreement permits the debit.
pub(super) const NO_MANDATE: &str = "mandate_missing";

impl App {
    /// Sends an attempt that is claimed.
    ///
    /// # Errors
    /// When the database fails. The attempt's lease then runs out and it is looked up.
    pub async fn charge_attempt(&self, tenant: &Tenant, claimed: AttemptRow) -> Result<(), AppError> {
        let Ok(slot) = Arc::clone(&self.charge_slots).acquire_owned().await else {
            return Ok(());
        };
        match self.permitted(tenant, vec![claimed]).await?.pop() {
            Some(permitted) => self.charge_in_slot(tenant, permitted, slot).await,
            None => Ok(()),
        }
    }

    /// Asks for several at once whether they may be sent: what was permitted when they were written may have ended since.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn permitted(
        &self,
        tenant: &Tenant,
        claimed: Vec<AttemptRow>,
    ) -> Result<Vec<Permitted>, AppError> {
        let (by_payers, others): (Vec<_>, Vec<_>) =
            claimed.into_iter().partition(|row| row.initiation == "payer");
        let mut permitted: Vec<Permitted> =
            by_payers.into_iter().map(|row| Permitted { row, permission: None }).collect();
        if !others.is_empty() {
            let permissions = self.still_chargeable(&mut tenant.read().await?, &others).await?;
            let others = others.into_iter().zip(permissions);
            permitted.extend(others.map(|(row, permission)| Permitted { row, permission: Some(permission) }));
        }
        Ok(permitted)
    }

    /// The same for somebody who has a slot already. They keep it until the outcome is written: a database that cannot
    /// keep up holds the sending back.
    pub(super) async fn charge_in_slot(
        &self,
        tenant: &Tenant,
        permitted: Permitted,
        _slot: OwnedSemaphorePermit,
    ) -> Result<(), AppError> {
        let Permitted { mut row, permission } = permitted;
        // From here on money may move. Whatever happens is recorded under the fence of this claim.
        let report = match self.prepare(tenant, &mut row, permission).await? {
            Prepared::Ready(mandate) => {
                match self.figures().before_sending(&Sends::from(&row), self.mint.now_ms()) {
                    Ok(()) => self.send(tenant, &row, mandate.as_deref()).await?,
                    Err(instead) => patiently(&row, instead).into(),
                }
            }
            Prepared::Decided(event) => event.into(),
            Prepared::LostLease => return Ok(()),
        };
        self.metrics.attempt(report.event.name());
        failpoint::hit("charge.before_outcome");
        self.record_outcome(tenant, &row, report).await?;
        failpoint::hit("charge.after_outcome");
        Ok(())
    }

    /// Makes a method of a token, and asks whether the payer's agreement permits a debit. No money moves here, so that
    /// every fault is a failure before sending.
    async fn prepare(
        &self,
        tenant: &Tenant,
        row: &mut AttemptRow,
        permission: Option<Permission>,
    ) -> Result<Prepared, AppError> {
        let method = match permission {
            None => None,
            Some(Ok(method)) => Some(method),
            Some(Err(why)) => {
                tracing::warn!(attempt = row.id, why = why.as_str(), "what was permitted has ended since");
                return Ok(Prepared::Decided(Sends::from(&*row).not_sent(why.as_str())));
            }
        };
        if let Some(method) = method
            && !adopt(tenant, row, method).await?
        {
            return Ok(Prepared::LostLease);
        }
        if let Some(ended) = self.tell_address(row).await? {
            return Ok(ended);
        }
        if row.processor_method.is_none()
            && let Some(ended) = self.make_method(tenant, row).await?
        {
            return Ok(ended);
        }
        let Some(mandate) = row.mandate_id.clone() else {
            return Ok(if row.kind == MethodKind::Card.as_str() {
                Prepared::Ready(None)
            } else {
                Prepared::Decided(Sends::from(&*row).not_sent(NO_MANDATE))
            });
        };
        let mut tx = tenant.write().await?;
        let Some(mandate) = tx.find_mandate(&mandate).await? else {
            return Ok(Prepared::Decided(Sends::from(&*row).not_sent(NO_MANDATE)));
        };
        if let Err(why) = covers(&mandate, row, self.mint.now())? {
            tracing::warn!(attempt = row.id, %why, "no mandate permits this debit");
            return Ok(Prepared::Decided(Sends::from(&*row).not_sent(NO_MANDATE)));
        }
        tx.use_mandate(&mandate.id, &row.origin_id).await?;
        tx.commit().await?;
        Ok(Prepared::Ready(Some(Box::new(mandate))))
    }

    /// Tells the processor the address that came with a saved method which lacked one. Nothing else can be done about a
    /// refusal: the charge goes its way.
    ///
    /// # Errors
    /// When what is stored cannot be read.
    pub(super) async fn tell_address(&self, row: &AttemptRow) -> Result<Option<Prepared>, AppError> {
        let (Some(_), Some(address)) = (&row.method_id, &row.billing_address) else {
            return Ok(None);
        };
        let address = address::read(address)?;
        let change = MethodChange {
            key: &format!("{}.address", row.id),
            method: row.processor_method.as_deref().unwrap_or_default(),
            customer: row.customer.as_deref().unwrap_or_default(),
            expiry: None,
            address: Some(&address),
        };
        let told = self.processor.change_method(change);
        Ok(match tokio::time::timeout(self.settings.call_timeout, told).await {
            Ok(Ok(_)) => None,
            Ok(Err(ProcessorError::Unknown(_))) | Err(_) => {
                self.breaker.unanswered(self.mint.now_ms());
                Some(Prepared::Decided(Sends::from(row).not_sent(UNREACHABLE)))
            }
            // It says nothing of a charge that was sent before: see the engine.
            Ok(Err(error)) => Some(Prepared::Decided(Sends::from(row).after_fault(fault(&error)))),
        })
    }

    /// The security code that came with a saved card, if one did.
    async fn security_code_of(&self, tenant: &Tenant, row: &AttemptRow) -> Result<Option<String>, AppError> {
        if row.initiation != "payer" || row.method_id.is_none() || row.kind != MethodKind::Card.as_str() {
            return Ok(None);
        }
        Ok(tenant.read().await?.find_payer(&row.id).await?.and_then(|payer| payer.security_code))
    }

    /// Where the payer of a card comes back to from a page of their bank's: to ours, which only the page that embeds the checkout
    /// may show. None for whoever is not there, and where this server does not know its own address.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn return_url_of(
        &self,
        tenant: &Tenant,
        row: &AttemptRow,
    ) -> Result<Option<String>, AppError> {
        let is_there = row.initiation == "payer" && row.kind == MethodKind::Card.as_str();
        let (Some(session), true) = (&row.session_id, is_there) else {
            return Ok(None);
        };
        let session = tenant.read().await?.find_session(session).await?;
        Ok(session.and_then(|session| self.challenge_return(&session.allowed_origin)))
    }

    /// Where a bank's page leads back to, for a page of this origin; none where this server does not know its own.
    pub(super) fn challenge_return(&self, allowed_origin: &str) -> Option<String> {
        let origin = self.settings.public_origin.as_ref()?;
        let parent = utf8_percent_encode(allowed_origin, NON_ALPHANUMERIC);
        Some(format!("{origin}{CHALLENGE_DONE}?parent={parent}"))
    }

    /// Makes a method of the token of an attempt, and keeps it with that before anything else is done with it.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn make_method(
        &self,
        tenant: &Tenant,
        row: &mut AttemptRow,
    ) -> Result<Option<Prepared>, AppError> {
        let limit = self.settings.call_timeout + self.settings.call_timeout / 4;
        match tokio::time::timeout(limit, self.exchange(tenant, row)).await {
            Ok(Ok(None)) => {}
            Ok(Ok(Some(event))) => return Ok(Some(Prepared::Decided(event))),
            Ok(Err(AppError::Processor(ProcessorError::Unknown(_)))) | Err(_) => {
                self.breaker.unanswered(self.mint.now_ms());
                return Ok(Some(Prepared::Decided(CallFault::Unknown.while_preparing())));
            }
            Ok(Err(AppError::Processor(error))) => {
                return Ok(Some(Prepared::Decided(fault(&error).while_preparing())));
            }
            Ok(Err(error)) => return Err(error),
        }
        // Kept before it is charged: should the charge have to be sent again, it is the same request.
        let mut tx = tenant.write().await?;
        let kept = match row.amount {
            0 => tx.keep_setup_method(row).await?,
            _ => tx.keep_attempt_method(row).await?,
        };
        tx.commit().await?;
        Ok(if kept { None } else { Some(Prepared::LostLease) })
    }

    async fn exchange(
        &self,
        tenant: &Tenant,
        row: &mut AttemptRow,
    ) -> Result<Option<AttemptEvent>, AppError> {
        let token = row.token.clone().unwrap_or_default();
        let address = address::read(row.billing_address.as_deref().unwrap_or_default())?;
        let key = format!("{}.method", row.id);
        let kind = view::kind(&row.kind)?;
        let exchanged = match self.processor.exchange_token(&key, kind, &token, &address).await {
            // Once more, under the same key: the answer alone may have been lost.
            Err(ProcessorError::Unknown(_)) => {
                self.processor.exchange_token(&key, kind, &token, &address).await?
            }
            exchanged => exchanged?,
        };
        let method = match exchanged {
            Exchange::Method(method) => method,
            Exchange::Unusable => return Ok(Some(AttemptEvent::FailBeforeSend(TOKEN_UNUSABLE.to_owned()))),
            Exchange::Declined(decline) => return Ok(Some(AttemptEvent::Decline(decline))),
        };
        if method.kind() != kind {
            return Ok(Some(AttemptEvent::FailBeforeSend(TOKEN_UNUSABLE.to_owned())));
        }
        row.customer.clone_from(&method.customer);
        if Keeping::of(row).is_kept() && row.customer.is_none() {
            let account = tenant.read().await?.find_account(&row.account_id).await?;
            let name = account.map(|account| account.name).unwrap_or_default();
            row.customer = Some(self.customer_of(tenant, &row.login_id, &name).await?);
        }
        row.brand = Some(method.brand().to_owned());
        row.exp_month = method.expiry().map(|(month, _)| i64::from(month));
        row.exp_year = method.expiry().map(|(_, year)| i64::from(year));
        row.processor_method = Some(method.reference);
        row.last4 = Some(method.last4);
        Ok(None)
    }

    async fn send(
        &self,
        tenant: &Tenant,
        row: &AttemptRow,
        mandate: Option<&MandateRow>,
    ) -> Result<Report, AppError> {
        if !self.breaker.admits(self.mint.now_ms()) {
            return Ok(patiently(row, Sends::from(row).not_sent(UNREACHABLE)).into());
        }
        let currency: Currency =
            row.currency.parse().map_err(|_| AppError::Inconsistent("an unknown currency".into()))?;
        let credential = credential(row)?;
        let security_code = self.security_code_of(tenant, row).await?;
        let return_url = self.return_url_of(tenant, row).await?;
        let charge = ChargeRequest {
            key: &row.idempotency_key,
            organization: &row.org_id,
            attempt: &row.id,
            amount: Money::new(row.amount, currency),
            method: row.processor_method.as_deref().unwrap_or_default(),
            kind: view::kind(&row.kind)?,
            customer: row.customer.as_deref(),
            credential: &credential,
            mandate: mandate.map(|mandate| proof(row, mandate)),
            keep: Keeping::of(row).is_kept(),
            security_code: security_code.as_deref(),
            return_url: return_url.as_deref(),
        };
        failpoint::hit("charge.before_send");
        let answered = tokio::time::timeout(self.settings.call_timeout, self.processor.charge(charge)).await;
        failpoint::hit("charge.after_reply");
        let is_answer = matches!(&answered, Ok(Ok(_) | Err(ProcessorError::Rejected(_))));
        if is_answer {
            self.breaker.answered()
        } else {
            self.breaker.unanswered(self.mint.now_ms())
        }
        Ok(match answered {
            Ok(Ok(outcome)) => self.report_of(outcome),
            Ok(Err(error)) => patiently(row, Sends::from(row).after_fault(fault(&error))).into(),
            Err(_) => AttemptEvent::LoseAnswer.into(),
        })
    }
}

/// A payer is told at once that nothing was charged, and can try again. A charge that was agreed to earlier has nobody who
/// would: it waits until the processor is reached.
fn patiently(row: &AttemptRow, instead: AttemptEvent) -> AttemptEvent {
    if row.initiation == "payer" { instead } else { kept_back(instead) }
}

/// Lets an attempt that was planned with a saved card charge the one that has taken its place since. What was sent before is
/// sent again as it was. Answers false when the claim is lost.
async fn adopt(tenant: &Tenant, row: &mut AttemptRow, method: MethodRow) -> Result<bool, AppError> {
    let is_first = row.first_sent_at_ms == row.sent_at_ms;
    if !is_first || row.processor_method.as_ref() == Some(&method.reference) {
        return Ok(true);
    }
    *row = with_method(row.clone(), method);
    let mut tx = tenant.write().await?;
    let adopted = tx.adopt_method(row).await?;
    tx.commit().await?;
    Ok(adopted)
}

/// Who starts the charge, from the attempt's own facts.
fn credential(row: &AttemptRow) -> Result<StoredCredential, AppError> {
    let initiation = match MerchantReason::parse(&row.initiation) {
        Some(reason) => Initiation::Merchant(reason),
        None => Initiation::Payer,
    };
    let is_stored = row.method_id.is_some() || Keeping::of(row).is_kept() || row.id != row.origin_id;
    let storage = if is_stored { MethodStorage::Stored } else { MethodStorage::OneUse };
    let is_later = row.method_id.is_some() || row.id != row.origin_id;
    let sequence = if is_later { Sequence::Subsequent } else { Sequence::Initial };
    StoredCredential::new(initiation, sequence, storage, row.network_transaction_id.clone())
        .map_err(|error| AppError::Inconsistent(error.to_string().into()))
}

/// The agreement that a debit rests on, as the processor is told of it.
pub(super) fn proof<'a>(row: &'a AttemptRow, mandate: &'a MandateRow) -> MandateProof<'a> {
    MandateProof {
        // What was known when the attempt was written: a request that is sent again must be the same.
        reference: row.processor_mandate.as_deref(),
        accepted_at: Timestamp::from_millisecond(mandate.accepted_at_ms).unwrap_or_default(),
        address: mandate.address.as_deref(),
        user_agent: mandate.user_agent.as_deref(),
        holder: HolderType::parse(&mandate.holder_type).unwrap_or(HolderType::Personal),
    }
}

/// What a call's error says of the request.
fn fault(error: &ProcessorError) -> CallFault {
    if let ProcessorError::Rejected(why) = error {
        tracing::error!(%why, "the processor rejects our requests: an operator must look");
    }
    CallFault::from(error)
}

/// A claimed attempt, and whether its method may still be charged.
pub(super) struct Permitted {
    /// The attempt.
    pub(super) row: AttemptRow,
    /// None where a payer is there, who was asked just now.
    permission: Option<Permission>,
}

/// What follows from getting a charge ready.
pub(super) enum Prepared {
    /// It can be charged, under this mandate where it is a debit.
    Ready(Option<Box<MandateRow>>),
    /// There is nothing to charge.
    Decided(AttemptEvent),
    /// Somebody else decides about it now.
    LostLease,
}
