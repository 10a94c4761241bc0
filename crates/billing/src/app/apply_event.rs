//! Applies what the processor told by itself, by the same function that hears replies and look-ups.

use paydesk_domain::attempt::{AttemptEvent, AttemptStatus, ProcessorReference};
use paydesk_domain::debit::DebitEvent;
use paydesk_domain::id::OrganizationId;
use paydesk_domain::return_code::ReturnCode;
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::correct_account::Correction;
use crate::app::record_outcome::Applied;
use crate::app::report::{Names, Report};
use crate::app::{App, AppError, event_types, view};
use crate::failpoint;
use crate::ports::processor::News;
use crate::store::{ProcessorEventRow, Tenant};

/// How long whoever takes an event has for it, and how long one that is too early waits at first.
const PAUSE_MS: i64 = 5_000;
/// How often that pause is doubled at most.
const DOUBLINGS_MAX: i64 = 9;
/// One that is still too early after so many tries, which is after half a day, will never be true, unless what it waits for
/// is undecided for so long.
const TRIES_MAX: i64 = 24;

impl App {
    /// Applies an event, unless somebody else does.
    ///
    /// # Errors
    /// When the database fails: it stays due.
    pub async fn apply_event(&self, event: &ProcessorEventRow) -> Result<(), AppError> {
        failpoint::hit("webhook.after_receipt");
        let pause_ms = PAUSE_MS << event.tries.clamp(0, DOUBLINGS_MAX);
        if !self.store.claim_processor_event(event, self.mint.now_ms().saturating_add(pause_ms)).await? {
            return Ok(());
        }
        let news: News = serde_json::from_str(&event.facts).unwrap_or_default();
        let waits_for = WaitsFor::of(&news);
        let applied = self.apply_news(news).await?;
        failpoint::hit("webhook.before_outcome");
        let status = match applied {
            Some(Applied::Changed | Applied::Known) => "applied",
            Some(Applied::Contradiction) => "contradiction",
            Some(Applied::TooEarly | Applied::LostFence) if event.tries < TRIES_MAX => return Ok(()),
            Some(Applied::TooEarly) if self.may_fit_yet(&waits_for).await? => return Ok(()),
            Some(Applied::TooEarly | Applied::LostFence) => {
                tracing::error!(event = event.id, kind = event.kind, "an event never came to fit");
                "given_up"
            }
            None => "ignored",
        };
        self.metrics.processor_event(status);
        Ok(self.store.settle_processor_event(event, status, self.mint.now_ms()).await?)
    }

    /// Whether what it is too early for may still come about: as long as somebody will find out what became of it.
    async fn may_fit_yet(&self, waits_for: &WaitsFor) -> Result<bool, AppError> {
        match waits_for {
            WaitsFor::Attempt { organization, id } => {
                let Some(tenant) = self.tenant_of(organization) else {
                    return Ok(false);
                };
                let row = tenant.read().await?.find_attempt(id).await?;
                Ok(row
                    .map(|row| view::state(&row))
                    .transpose()?
                    .is_some_and(|state| !state.status().is_final()))
            }
            WaitsFor::AnyDebit => Ok(self.store.is_a_debit_undecided().await?),
            WaitsFor::Nothing => Ok(false),
        }
    }

    /// What it changed; `None` when it is about nothing of ours.
    async fn apply_news(&self, news: News) -> Result<Option<Applied>, AppError> {
        match news {
            News::Charge { organization, attempt, standing } => {
                let Some(tenant) = self.tenant_of(&organization) else {
                    return Ok(None);
                };
                let Some(outcome) = self.processor.standing(&standing) else {
                    return Ok(None);
                };
                if tenant.read().await?.find_attempt(&attempt).await?.is_none() {
                    return Ok(None);
                }
                let report = self.report_of(outcome);
                self.apply_report(&tenant, &attempt, report).await.map(Some)
            }
            News::Verified { organization, attempt } => {
                let Some(tenant) = self.tenant_of(&organization) else {
                    return Ok(None);
                };
                self.hear_news_of_verification(&tenant, &attempt).await
            }
            News::Returned { reference, code } => self.apply_return(&reference, &code).await,
            News::Refund { organization, refund, outcome } => {
                let Some(tenant) = self.tenant_of(&organization) else {
                    return Ok(None);
                };
                if tenant.read().await?.find_refund(&refund).await?.is_none() {
                    return Ok(None);
                }
                self.apply_refund_report(&tenant, &refund, outcome.into()).await.map(Some)
            }
            News::Named { organization, attempt, network_transaction_id, mandate } => {
                let Some(tenant) = self.tenant_of(&organization) else {
                    return Ok(None);
                };
                self.name(&tenant, &attempt, Names { network_transaction_id, mandate }).await
            }
            News::AccountCorrected { reference, last4, bank, routing_number } => {
                self.correct_account(&Correction { reference, last4, bank, routing_number }).await
            }
            News::CardChanged { reference } => self.hear_of_card(&reference).await,
            News::MandateEnded { reference } => self.end_mandate(&reference).await,
            News::Nothing => Ok(None),
        }
    }

    /// Asks the processor about a verification, of a purchase or of a wallet, that is not decided here yet.
    async fn hear_news_of_verification(
        &self,
        tenant: &Tenant,
        id: &str,
    ) -> Result<Option<Applied>, AppError> {
        let of_wallet = tenant.read().await?.find_verification(id).await?;
        let is_decided = match &of_wallet {
            Some(row) => row.status != "sending",
            None => match tenant.read().await?.find_setup(id).await? {
                Some(row) => view::state(&row)?.status().is_final(),
                None => return Ok(None),
            },
        };
        if is_decided {
            return Ok(Some(Applied::Known));
        }
        let is_decided = match of_wallet {
            Some(_) => {
                self.hear_of_proof(tenant, id).await?;
                let row = tenant.read().await?.find_verification(id).await?;
                row.is_some_and(|row| row.status != "sending")
            }
            None => {
                self.hear_of_verification(tenant, id).await?;
                let row = tenant.read().await?.find_setup(id).await?;
                row.map(|row| view::state(&row)).transpose()?.is_some_and(|state| state.status().is_final())
            }
        };
        Ok(Some(if is_decided { Applied::Changed } else { Applied::TooEarly }))
    }

    async fn apply_return(&self, reference: &str, code: &str) -> Result<Option<Applied>, AppError> {
        let Some(code) = ReturnCode::parse(code) else {
            return Ok(None);
        };
        // A debit of whose submission nobody has told us yet may still be ours.
        let Some(owner) = self.store.owner_of_payment(reference).await? else {
            return Ok(Some(Applied::TooEarly));
        };
        let Some(tenant) = self.tenant_of(&owner.org_id) else {
            return Ok(None);
        };
        let known = AttemptEvent::Succeed(ProcessorReference(reference.to_owned()));
        let report = Report::from(known).with_debit(Some(DebitEvent::Return(code)));
        self.apply_report(&tenant, &owner.id, report).await.map(Some)
    }

    /// Keeps names that the reply would have brought, had it come.
    async fn name(&self, tenant: &Tenant, attempt: &str, names: Names) -> Result<Option<Applied>, AppError> {
        let Some(row) = tenant.read().await?.find_attempt(attempt).await? else {
            return Ok(None);
        };
        let mut tx = tenant.write().await?;
        tx.lock_invoice(&row.invoice_id).await?;
        let row = tx.find_attempt(attempt).await?;
        let row = row.ok_or(AppError::Inconsistent("an attempt that is gone".into()))?;
        let status = view::state(&row)?.status();
        if !status.is_final() {
            return Ok(Some(Applied::TooEarly));
        }
        if status == AttemptStatus::Succeeded {
            self.keep_names(&mut tx, &row, &names).await?;
            tx.commit().await?;
        }
        Ok(Some(Applied::Known))
    }

    async fn end_mandate(&self, reference: &str) -> Result<Option<Applied>, AppError> {
        // Its name is learned with the answer to its first debit, which may still be on its way.
        let Some(owner) = self.store.owner_of_mandate(reference).await? else {
            return Ok(Some(Applied::TooEarly));
        };
        let Some(tenant) = self.tenant_of(&owner.org_id) else {
            return Ok(None);
        };
        let mut tx = tenant.write().await?;
        let Some(mandate) = tx.find_mandate(&owner.id).await? else {
            return Ok(None);
        };
        if !tx.end_mandate(&mandate.id, "processor", self.mint.now_ms()).await? {
            return Ok(Some(Applied::Known));
        }
        note(&mut tx, &self.mint, Action::MandateEnded, &mandate.id, json!({"because": "processor"}))?;
        self.announce_mandate(&mut tx, event_types::MANDATE_ENDED, &mandate.id, &mandate.account_id).await?;
        tx.commit().await?;
        Ok(Some(Applied::Changed))
    }

    pub(super) fn tenant_of(&self, organization: &str) -> Option<Tenant> {
        organization.parse::<OrganizationId>().ok().map(|id| self.store.organization(id))
    }
}

/// What must be decided before an event can be true.
enum WaitsFor {
    /// This attempt.
    Attempt { organization: String, id: String },
    /// A debit that nobody knows yet by the name that the processor uses.
    AnyDebit,
    /// Nothing.
    Nothing,
}

impl WaitsFor {
    fn of(news: &News) -> Self {
        match news {
            News::Charge { organization, attempt, .. } | News::Named { organization, attempt, .. } => {
                Self::Attempt { organization: organization.clone(), id: attempt.clone() }
            }
            News::Returned { .. } | News::MandateEnded { .. } => Self::AnyDebit,
            News::Verified { .. }
            | News::CardChanged { .. }
            | News::Refund { .. }
            | News::AccountCorrected { .. }
            | News::Nothing => Self::Nothing,
        }
    }
}
