//! Carries out a planned try: a new attempt of the same debt, if the debt still stands.

use paydesk_domain::id::AttemptId;

use crate::app::audit::{Action, attempt_detail, note};
use crate::app::chargeable::NotChargeable;
use crate::app::follow_planned::{PAID, PLAN_ENDED};
use crate::app::plan_terms::sum;
use crate::app::take_planned::DEBIT_PAUSE_MS;
use crate::app::{App, AppError, view};
use crate::failpoint;
use crate::store::{AttemptRow, NewAttempt, OrgTx, PlannedRow, Tenant};

/// How long a planned try, or a planned payment, waits for another charge of the same invoice to be decided.
pub(super) const BUSY_PAUSE_MS: i64 = 60_000;

impl App {
    /// Makes the attempt that was planned after `failed`, or finds that none is needed. The attempt and the end of the
    /// plan are one transaction: a plan is carried out once, whatever dies.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_retry(&self, tenant: &Tenant, failed: &str) -> Result<(), AppError> {
        let mut tx = tenant.write().await?;
        let gone = || AppError::Inconsistent("a planned try without its attempt".into());
        let row = tx.find_attempt(failed).await?.ok_or_else(gone)?;
        tx.lock_invoice(&row.invoice_id).await?;
        let now = self.mint.now_ms();
        if tx.planned_retry(failed).await?.is_none() {
            return Ok(());
        }
        let planned = tx.planned_of_attempt(&row.origin_id).await?;
        let pause = match (tx.live_attempt(&row.invoice_id).await?, &planned) {
            (Some(_), _) => Some(BUSY_PAUSE_MS),
            (None, Some(planned)) => {
                self.waits_for_debit(&mut tx, &row.invoice_id, planned).await?.then_some(DEBIT_PAUSE_MS)
            }
            (None, None) => None,
        };
        if let Some(pause) = pause {
            tx.postpone_retry(failed, now.saturating_add(pause)).await?;
            return Ok(tx.commit().await?);
        }
        match self.next_try(&mut tx, &row, planned.as_ref(), now).await? {
            Ok(next) => {
                tx.finish_retry(failed, Some(&next.id), None, now).await?;
                note(&mut tx, &self.mint, Action::AttemptCreated, &next.id, attempt_detail(&next))?;
                tx.insert_attempt(NewAttempt { row: next, claim: None }).await?;
                tx.hint().await?;
            }
            Err(needless) => {
                tx.finish_retry(failed, None, Some(needless), now).await?;
                self.end_planned_of(&mut tx, &row, needless).await?;
            }
        }
        failpoint::hit("retry.before_commit");
        tx.commit().await?;
        self.to_send.notify_one();
        Ok(())
    }

    /// The attempt to make, or why none is needed.
    async fn next_try(
        &self,
        tx: &mut OrgTx,
        failed: &AttemptRow,
        planned: Option<&PlannedRow>,
        now: i64,
    ) -> Result<Result<AttemptRow, &'static str>, AppError> {
        let invoice = tx.find_invoice(&failed.invoice_id).await?;
        let payable = invoice.as_ref().map_or(0, view::payable_now);
        if payable < failed.amount {
            return Ok(Err(PAID));
        }
        if let Some(planned) = planned {
            if tx.find_plan(&planned.plan_id).await?.is_some_and(|plan| plan.status == "ended") {
                return Ok(Err(PLAN_ENDED));
            }
            // What else is open of the invoice has its own day.
            if sum(&self.still_owed(tx, &failed.invoice_id, planned).await?) < failed.amount {
                return Ok(Err(PAID));
            }
        }
        let permission = self.still_chargeable(tx, std::slice::from_ref(failed)).await?.pop();
        let method = match permission.unwrap_or(Err(NotChargeable::Unknown)) {
            Ok(method) => method,
            // Nobody is there to give another one: a human must ask for it.
            Err(why) => {
                self.open_item(tx, "charge_failed", failed, Some(why.as_str())).await?;
                return Ok(Err(why.as_str()));
            }
        };
        let id = self.mint.id(AttemptId::new)?.as_str().to_owned();
        Ok(Ok(AttemptRow {
            idempotency_key: format!("{id}.charge"),
            request_hash: format!("retry of {}", failed.id),
            id,
            session_id: None,
            origin_id: failed.origin_id.clone(),
            initiation: "resubmission".to_owned(),
            // Another card may have taken its place since: its first charge is not the old one's.
            network_transaction_id: if failed.processor_method.as_ref() == Some(&method.reference) {
                failed.network_transaction_id.clone()
            } else {
                method.network_transaction_id
            },
            customer: Some(method.customer),
            processor_method: Some(method.reference),
            brand: Some(method.brand),
            last4: Some(method.last4),
            exp_month: method.exp_month,
            exp_year: method.exp_year,
            // Whether the account is kept is a fact of the first try, and stays one.
            save: failed.save,
            status: "created".to_owned(),
            processor_reference: None,
            decline_code: None,
            failure: None,
            fence: 0,
            due_at_ms: now,
            look_ups: 0,
            created_at_ms: now,
            first_sent_at_ms: None,
            sent_at_ms: None,
            handed_over_at_ms: None,
            // What the first try held was released when it failed.
            credit: 0,
            look_up_after: None,
            look_up_began_at_ms: None,
            ..failed.clone()
        }))
    }
}
