//! What follows when a charge failed: another try, planned within the ceilings, or a human.

use jiff::Timestamp;
use paydesk_domain::decline::Decline;
use paydesk_domain::retry::{RetryDecision, decide_card, decide_debit};
use paydesk_domain::return_code::ReturnCode;
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::charge_backup::is_backup;
use crate::app::{App, AppError};
use crate::store::{AttemptRow, OrgTx};

impl App {
    /// A bank refused a charge. A payer who is there is told and decides for themselves; nobody is there for the
    /// others.
    pub(super) async fn after_decline(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        decline: &Decline,
    ) -> Result<(), AppError> {
        if row.initiation == "payer" {
            return Ok(());
        }
        if is_backup(row) {
            return self.after_backup(tx, row).await;
        }
        // Each installment is a debt of its own, with tries of its own, although they share an invoice.
        let planned = tx.planned_of_attempt(&row.origin_id).await?;
        let sent = match planned {
            Some(_) => tx.sent_for(&row.origin_id).await?,
            None => tx.sent_by_merchant(&row.invoice_id).await?,
        };
        let sent = times(sent);
        let decision = decide_card(decline, &sent, self.mint.now());
        if let Some(planned) = planned
            && self.charge_backup(tx, row, &planned).await?
        {
            // Should that be refused as well, it goes on as it would have; until then nobody is troubled.
            return match decision {
                RetryDecision::At(at) => self.plan_retry(tx, row, at).await,
                RetryDecision::Never(_) => Ok(()),
            };
        }
        self.plan(tx, row, decision, "charge_failed", decline.code()).await
    }

    /// A charge without its payer never reached the processor. Nothing was tried, so that no ceiling counts it, and an
    /// operator's fault must not become a payer's: it is put before a human.
    pub(super) async fn after_failure(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        why: &str,
    ) -> Result<(), AppError> {
        if row.initiation == "payer" {
            return Ok(());
        }
        if is_backup(row) {
            return self.after_backup(tx, row).await;
        }
        self.open_item(tx, "charge_failed", row, Some(why)).await
    }

    /// A debit came back. Its action item is open already; a new try is planned where the rules allow one, and where the
    /// processor still has the account: one that was not saved is forgotten after its first debit.
    pub(super) async fn after_return(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        code: &ReturnCode,
    ) -> Result<(), AppError> {
        let is_kept = row.method_id.is_some() || row.save == 1;
        let sent = times(tx.sent_for(&row.origin_id).await?);
        if is_kept && let RetryDecision::At(at) = decide_debit(code, &sent, self.mint.now()) {
            self.plan_retry(tx, row, at).await?;
        }
        Ok(())
    }

    async fn plan_retry(&self, tx: &mut OrgTx, row: &AttemptRow, at: Timestamp) -> Result<(), AppError> {
        tx.plan_retry(&row.id, at.as_millisecond(), self.mint.now_ms()).await?;
        note(tx, &self.mint, Action::RetryPlanned, &row.id, json!({"at": at.to_string()}))
    }

    async fn plan(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        decision: RetryDecision,
        kind: &'static str,
        code: &str,
    ) -> Result<(), AppError> {
        match decision {
            RetryDecision::At(at) => self.plan_retry(tx, row, at).await,
            RetryDecision::Never(_) => self.open_item(tx, kind, row, Some(code)).await,
        }
    }

    /// Gives an attempt that cannot be decided in time to a human, once; whether it had not been before.
    pub(super) async fn hand_over(&self, tx: &mut OrgTx, row: &AttemptRow) -> Result<bool, AppError> {
        let is_first = tx.hand_over(&row.id, self.mint.now_ms()).await?;
        if is_first {
            self.open_item(tx, "attempt_undecided", row, None).await?;
        }
        Ok(is_first)
    }
}

fn times(millis: Vec<i64>) -> Vec<Timestamp> {
    millis.into_iter().filter_map(|at| Timestamp::from_millisecond(at).ok()).collect()
}
