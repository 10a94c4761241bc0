//! A purchase of which nothing is due now: its method is verified, and what is to be paid later begins with that.
//!
//! No money moves, so that nothing is ever in doubt: whoever has lost the answer asks again, under the same key. A payer whose bank
//! asks them is [seen to](crate::app::see_to_verification) as one who pays is.

use paydesk_domain::attempt::{AttemptEvent, AttemptState, ProcessorReference};
use paydesk_domain::engine::{CallFault, UNREACHABLE};
use paydesk_domain::method_kind::MethodKind;

use crate::app::audit::note_attempt;
use crate::app::charge_attempt::{NO_MANDATE, Prepared, proof};
use crate::app::record_outcome::outcome;
use crate::app::report::Report;
use crate::app::{App, AppError, millis, view};
use crate::failpoint;
use crate::ports::processor::{ProcessorError, VerifyRequest};
use crate::store::{AttemptRow, MandateRow, OrgTx, Outcome, Tenant};

/// After how long nobody asks any more: the payer has long gone, and the plan with them.
pub(super) const GIVE_UP_AFTER_MS: i64 = 20 * 3_600_000;
/// How often the pause before the next question is doubled at most.
const DOUBLINGS_MAX: u32 = 6;

impl App {
    /// Verifies the method of a purchase that is claimed, and has the outcome recorded. Without an answer it stays as it is,
    /// and is asked again when it is due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn verify_method(&self, tenant: &Tenant, claimed: AttemptRow) -> Result<(), AppError> {
        let Ok(_slot) = self.charge_slots.acquire().await else { return Ok(()) };
        let mut row = claimed;
        let report = match self.ready(tenant, &mut row).await? {
            Prepared::Ready(mandate) => self.ask_bank(tenant, &row, mandate.as_deref()).await?,
            Prepared::Decided(event) => event.into(),
            Prepared::LostLease => return Ok(()),
        };
        if report.event == AttemptEvent::LoseAnswer {
            tracing::warn!(attempt = row.id, "a verification has no answer yet");
            return Ok(());
        }
        failpoint::hit("charge.before_outcome");
        self.record_verified(tenant, &row, report).await
    }

    /// Asks again about a verification that nobody has decided in time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn verify_again(&self, tenant: &Tenant, id: &str) -> Result<(), AppError> {
        let mut tx = tenant.write().await?;
        let Some(row) = tx.find_setup(id).await? else { return Ok(()) };
        let now = self.mint.now_ms();
        let doublings = u32::try_from(row.look_ups).unwrap_or(DOUBLINGS_MAX).min(DOUBLINGS_MAX);
        let pause = match row.challenge_url {
            Some(_) => self.figures().challenge_pause_ms(),
            None => millis(self.settings.lease).saturating_mul(1 << doublings),
        };
        let Some(row) = tx.claim_setup(id, now.saturating_add(pause), now).await? else { return Ok(()) };
        tx.commit().await?;
        if row.challenge_url.is_some() {
            return self.see_to_verification(tenant, row).await;
        }
        if now.saturating_sub(row.created_at_ms) >= GIVE_UP_AFTER_MS {
            let event = AttemptEvent::FailBeforeSend(UNREACHABLE.to_owned());
            return self.record_verified(tenant, &row, event.into()).await;
        }
        self.verify_method(tenant, row).await
    }

    /// Makes a method of a token, and finds the agreement that later debits rest on.
    async fn ready(&self, tenant: &Tenant, row: &mut AttemptRow) -> Result<Prepared, AppError> {
        if let Some(ended) = self.tell_address(row).await? {
            return Ok(ended);
        }
        if row.processor_method.is_none()
            && let Some(ended) = self.make_method(tenant, row).await?
        {
            return Ok(ended);
        }
        if row.kind == MethodKind::Card.as_str() {
            return Ok(Prepared::Ready(None));
        }
        let mandate = match &row.mandate_id {
            Some(mandate) => tenant.read().await?.find_mandate(mandate).await?,
            None => None,
        };
        Ok(match mandate.filter(|mandate| mandate.ended_at_ms.is_none()) {
            Some(mandate) => Prepared::Ready(Some(Box::new(mandate))),
            None => Prepared::Decided(AttemptEvent::FailBeforeSend(NO_MANDATE.to_owned())),
        })
    }

    async fn ask_bank(
        &self,
        tenant: &Tenant,
        row: &AttemptRow,
        mandate: Option<&MandateRow>,
    ) -> Result<Report, AppError> {
        // An account that the processor knows this agreement of was verified with it.
        if let Some(known) = mandate.and_then(|mandate| mandate.processor_reference.clone()) {
            return Ok(AttemptEvent::Succeed(ProcessorReference(known)).into());
        }
        let key = format!("{}.setup", row.id);
        let return_url = self.return_url_of(tenant, row).await?;
        let verification = VerifyRequest {
            key: &key,
            organization: &row.org_id,
            attempt: &row.id,
            method: row.processor_method.as_deref().unwrap_or_default(),
            kind: view::kind(&row.kind)?,
            customer: row.customer.as_deref(),
            mandate: mandate.map(|mandate| proof(row, mandate)),
            return_url: return_url.as_deref(),
        };
        failpoint::hit("charge.before_send");
        let asked = self.processor.verify(verification);
        let answered = tokio::time::timeout(self.settings.call_timeout, asked).await;
        failpoint::hit("charge.after_reply");
        Ok(match answered {
            Ok(Ok(outcome)) => self.report_of_verification(outcome),
            Ok(Err(ProcessorError::Rejected(why))) => {
                tracing::error!(%why, "the processor rejects our requests: an operator must look");
                CallFault::Rejected.while_preparing().into()
            }
            // The payer is there: they may try again at once.
            Ok(Err(ProcessorError::NotSent(_))) if row.look_ups == 0 => {
                CallFault::NotSent.while_preparing().into()
            }
            Ok(Err(ProcessorError::NotSent(_) | ProcessorError::Unknown(_))) | Err(_) => {
                AttemptEvent::LoseAnswer.into()
            }
        })
    }

    /// Records what became of a verification, with all that follows from it, in one transaction and once.
    ///
    /// # Errors
    /// When the database fails, or what is reported cannot be.
    pub(super) async fn record_verified(
        &self,
        tenant: &Tenant,
        claimed: &AttemptRow,
        report: Report,
    ) -> Result<(), AppError> {
        let gone = || AppError::Inconsistent("a verification that is gone".into());
        let mut tx = tenant.write().await?;
        tx.lock_invoice(&claimed.invoice_id).await?;
        let row = tx.find_setup(&claimed.id).await?.ok_or_else(gone)?;
        let before = view::state(&row)?;
        if before.status().is_final() {
            return Ok(());
        }
        let after = before
            .clone()
            .apply(report.event.clone())
            .map_err(|error| AppError::Inconsistent(error.to_string().into()))?;
        if !tx.decide_setup(&row.id, self.outcome_of_verification(&after)).await? {
            return Ok(());
        }
        match &after {
            AttemptState::Succeeded(_) => self.begin_verified(&mut tx, &row, &report).await?,
            AttemptState::Declined(decline) => self.void_plans(&mut tx, &row, decline.code()).await?,
            AttemptState::FailedBeforeSend(why) => self.void_plans(&mut tx, &row, why).await?,
            AttemptState::Created
            | AttemptState::Sending
            | AttemptState::InDoubt
            | AttemptState::Challenged(_)
            | AttemptState::GivingUp(_) => {}
        }
        note_attempt(&mut tx, &self.mint, &row, &before, &after)?;
        tx.commit().await?;
        failpoint::hit("charge.after_outcome");
        if after != before {
            tracing::info!(attempt = row.id, to = after.name(), "verification");
        }
        Ok(())
    }

    /// What is written of a state that a verification has come into. While its payer is asked it is as undecided as before, and is
    /// taken up again; at once where it is given up, by whoever says so.
    fn outcome_of_verification(&self, after: &AttemptState) -> Outcome {
        let now = self.mint.now_ms();
        let due_at_ms = match after {
            AttemptState::Challenged(_) => now.saturating_add(self.figures().challenge_pause_ms()),
            _ => now,
        };
        let written = outcome(after, now);
        let status = if written.challenge.is_some() { AttemptState::Sending.name() } else { written.status };
        Outcome { status, due_at_ms, ..written }
    }

    async fn begin_verified(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        report: &Report,
    ) -> Result<(), AppError> {
        if let Some(session) = &row.session_id {
            tx.complete_session(session, &row.id);
        }
        let method = self.keep_facts(tx, row, report).await?;
        self.begin_plans(tx, row, method.as_deref()).await
    }
}
