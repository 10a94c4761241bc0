//! What became of the charge that was made of a planned payment. One that failed stops no later one.

use paydesk_domain::attempt::AttemptState;
use paydesk_domain::debit::DebitState;
use paydesk_domain::id::OutboxId;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::money::{Currency, Money};
use paydesk_domain::return_code::ReturnCode;
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::charge_backup::is_backup;
use crate::app::mail_text::{Named, Occasion};
use crate::app::{App, AppError, event_types, text};
use crate::store::{AttemptRow, OrgTx, PlannedRow, Standing};

/// Why a planned payment is not charged, and a retry not made: what it is for was paid in another way.
pub(super) const PAID: &str = "paid";
/// Why no retry is made of a payment whose plan was ended since.
pub(super) const PLAN_ENDED: &str = "plan_ended";

impl App {
    /// An attempt was decided: so is the planned payment that it was made of, unless it is tried again.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn follow_planned(
        &self,
        tx: &mut OrgTx,
        standing: &Standing,
        after: &AttemptState,
    ) -> Result<(), AppError> {
        let row = &standing.attempt;
        let is_payers = row.initiation == "payer";
        match after {
            AttemptState::Declined(decline) if is_payers => self.void_plans(tx, row, decline.code()).await,
            AttemptState::FailedBeforeSend(why) if is_payers => self.void_plans(tx, row, why).await,
            // A charge that somebody made by hand was made of none.
            _ if is_payers || !standing.is_planned => Ok(()),
            AttemptState::Succeeded(_) if row.kind == MethodKind::Card.as_str() => {
                if is_backup(row) {
                    // What would have gone on is needless.
                    tx.finish_retry(&row.origin_id, Some(&row.id), None, self.mint.now_ms()).await?;
                    self.mail_backed_up(tx, row).await?;
                }
                self.move_planned_of(tx, row, "paid", None).await
            }
            // A bank was asked: the money may come.
            AttemptState::Succeeded(_) => self.move_planned_of(tx, row, "processing", None).await,
            AttemptState::Declined(decline) => self.fail_planned_of(tx, row, decline.code()).await,
            AttemptState::FailedBeforeSend(why) => self.fail_planned_of(tx, row, why).await,
            AttemptState::Created
            | AttemptState::Sending
            | AttemptState::InDoubt
            | AttemptState::Challenged(_)
            | AttemptState::GivingUp(_) => Ok(()),
        }
    }

    /// The same for a debit that moved on.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn follow_planned_debit(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        after: &DebitState,
    ) -> Result<(), AppError> {
        if row.initiation == "payer" {
            return Ok(());
        }
        match after {
            DebitState::Submitted => Ok(()),
            DebitState::Settled => self.move_planned_of(tx, row, "paid", None).await,
            DebitState::Returned(code) => self.fail_planned_of(tx, row, ReturnCode::as_str(code)).await,
            DebitState::Canceled => self.fail_planned_of(tx, row, "canceled").await,
        }
    }

    /// No other try is made of a charge: it was paid in another way, its plan was ended, or it cannot be charged any more.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn end_planned_of(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        because: &str,
    ) -> Result<(), AppError> {
        let status = match because {
            PAID => "skipped",
            PLAN_ENDED => "canceled",
            _ => "failed",
        };
        self.move_planned_of(tx, row, status, Some(because)).await
    }

    async fn fail_planned_of(&self, tx: &mut OrgTx, row: &AttemptRow, why: &str) -> Result<(), AppError> {
        // Of a backup, it is the plan's own method that is tried again.
        let tried = if is_backup(row) { &row.origin_id } else { &row.id };
        let is_tried_again =
            tx.planned_retry(tried).await?.is_some() || self.has_backup_under_way(tx, row).await?;
        let status = if is_tried_again { "charging" } else { "failed" };
        let first = tx.planned_of_attempt(&row.origin_id).await?.and_then(|planned| planned.because);
        let why = first.filter(|_| is_backup(row)).unwrap_or_else(|| why.to_owned());
        self.move_planned_of(tx, row, status, Some(&why)).await
    }

    /// Whether a backup is charged for what was refused: nothing is decided until that is.
    async fn has_backup_under_way(&self, tx: &mut OrgTx, row: &AttemptRow) -> Result<bool, AppError> {
        if row.id != row.origin_id {
            return Ok(false);
        }
        let live = tx.live_attempt(&row.invoice_id).await?;
        Ok(live.is_some_and(|live| is_backup(&live) && live.origin_id == row.id))
    }

    async fn move_planned_of(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        status: &'static str,
        because: Option<&str>,
    ) -> Result<(), AppError> {
        match tx.planned_of_attempt(&row.origin_id).await? {
            Some(planned) => self.move_planned(tx, planned, status, because).await,
            None => Ok(()),
        }
    }

    /// Moves a planned payment on, tells of it, and completes its plan where nothing else is to come.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn move_planned(
        &self,
        tx: &mut OrgTx,
        planned: PlannedRow,
        status: &'static str,
        because: Option<&str>,
    ) -> Result<(), AppError> {
        if planned.status == status && planned.because.as_deref() == because {
            return Ok(());
        }
        // Two that are decided at the same time must not each take the other for still to come.
        tx.lock_plan(&planned.plan_id).await?;
        let now = self.mint.now_ms();
        let (action, topic) = match status {
            "paid" => (Some(Action::PlannedPaid), event_types::PLANNED_PAID),
            "failed" => (Some(Action::PlannedFailed), event_types::PLANNED_FAILED),
            "skipped" => (Some(Action::PlannedSkipped), event_types::PLANNED_SKIPPED),
            "canceled" => (Some(Action::PlannedCanceled), event_types::PLANNED_CANCELED),
            _ => (None, ""),
        };
        tx.move_planned(&planned.id, status, because, action.map(|_| now)).await?;
        let Some(action) = action else { return Ok(()) };
        let because = because.map(str::to_owned);
        let planned = PlannedRow { status: status.to_owned(), because, ..planned };
        self.tell_planned(tx, action, topic, &planned).await?;
        if status == "failed" {
            self.mail_failed(tx, &planned).await?;
        }
        self.complete_plan(tx, &planned.plan_id).await
    }

    /// Writes to the client that their backup was charged.
    async fn mail_backed_up(&self, tx: &mut OrgTx, row: &AttemptRow) -> Result<(), AppError> {
        let Some(planned) = tx.planned_of_attempt(&row.origin_id).await? else { return Ok(()) };
        let currency: Currency =
            row.currency.parse().map_err(|_| AppError::Inconsistent("an unknown currency".into()))?;
        let (amount, due_on) =
            (Money::new(row.amount, currency), text::read_date("due_on", &planned.due_on)?);
        let occasion = Occasion::BackupCharged { method: Named::charged(row), amount, due_on };
        self.mail_of_organization(tx, &row.login_id, occasion).await
    }

    /// Writes to the client that a planned payment was not taken, and is still owed.
    async fn mail_failed(&self, tx: &mut OrgTx, planned: &PlannedRow) -> Result<(), AppError> {
        let currency: Currency =
            planned.currency.parse().map_err(|_| AppError::Inconsistent("an unknown currency".into()))?;
        let amount = Money::new(planned.amount, currency);
        let due_on = text::read_date("due_on", &planned.due_on)?;
        let occasion = Occasion::PlannedFailed { amount, due_on };
        self.mail_of_organization(tx, &planned.login_id, occasion).await
    }

    /// Notes what happened to a planned payment, and tells of it.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn tell_planned(
        &self,
        tx: &mut OrgTx,
        action: Action,
        topic: &str,
        planned: &PlannedRow,
    ) -> Result<(), AppError> {
        let detail = json!({
            "plan": planned.plan_id, "amount": planned.amount, "currency": planned.currency, "due_on": planned.due_on,
            "charge": planned.attempt_id, "because": planned.because,
        });
        note(tx, &self.mint, action, &planned.id, detail)?;
        let id = self.mint.id(OutboxId::new)?;
        let told = event_types::planned(planned);
        tx.insert_outbox(id.as_str(), topic, &planned.id, &told, self.mint.now_ms()).await?;
        Ok(())
    }
}
