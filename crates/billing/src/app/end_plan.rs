//! Ends a plan: a subscription is charged no more, installments are called off. What is owed stays owed, and what is under
//! way goes on.

use paydesk_domain::wire::error::ErrorCode;
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::cancel_planned_payment::BY_ORGANIZATION;
use crate::app::{App, AppError, event_types};
use crate::store::{OrgTx, PlanRow};
use crate::wire::PlanView;

impl App {
    /// Ends a plan that is active.
    ///
    /// # Errors
    /// `not_found`, `not_changeable`; when the database fails.
    pub async fn end_plan(&self, mut tx: OrgTx, id: &str) -> Result<(OrgTx, PlanView), AppError> {
        let plan = self.end_active_plan(&mut tx, id, BY_ORGANIZATION).await?;
        let view = self.tell_plan(&mut tx, plan).await?;
        Ok((tx, view))
    }

    /// The same within a transaction, and who wanted it.
    ///
    /// # Errors
    /// `not_found`, `not_changeable`; when the database fails.
    pub(super) async fn end_active_plan(
        &self,
        tx: &mut OrgTx,
        id: &str,
        because: &str,
    ) -> Result<PlanRow, AppError> {
        if !tx.lock_plan(id).await? {
            return Err(AppError::not_found());
        }
        let now = self.mint.now_ms();
        if !tx.end_plan(id, because, now).await? {
            let detail = "This plan has not begun yet, or is over.";
            return Err(AppError::refused(ErrorCode::NotChangeable, detail));
        }
        let planned = tx.cancel_planned_of(id, because, now).await?;
        for row in &planned {
            self.tell_planned(tx, Action::PlannedCanceled, event_types::PLANNED_CANCELED, row).await?;
        }
        let plan = tx.find_plan(id).await?.ok_or_else(AppError::not_found)?;
        note(tx, &self.mint, Action::PlanEnded, id, json!({"kind": plan.kind, "payments": planned.len()}))?;
        self.nothing_to_take_over(tx, &plan).await?;
        self.announce_plan(tx, event_types::PLAN_ENDED, &plan).await?;
        Ok(plan)
    }
}
