//! Moves what is to come of a plan to another saved method of its client: theirs was not kept, has expired, or is to be another.

use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::chargeable::Ground;
use crate::app::update_planned_payment::not_changeable;
use crate::app::{App, AppError, event_types};
use crate::store::{AttemptRow, OrgTx};
use crate::wire::{ChangedPlan, PlanView};

impl App {
    /// Charges another method from now on. A charge that is under way stays with the method that it has.
    ///
    /// # Errors
    /// `not_found`, `not_changeable`; a refusal of the method; when the database fails.
    pub async fn update_plan(
        &self,
        mut tx: OrgTx,
        id: &str,
        change: ChangedPlan,
    ) -> Result<(OrgTx, PlanView), AppError> {
        if !tx.lock_plan(id).await? {
            return Err(AppError::not_found());
        }
        let plan = tx.find_plan(id).await?.ok_or_else(AppError::not_found)?;
        if plan.status != "active" && plan.status != "completed" {
            return Err(not_changeable());
        }
        let organization = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        let method = change.payment_method;
        // As every charge of it will be asked.
        let charge = AttemptRow {
            login_id: plan.login_id.clone(),
            currency: plan.currency.clone(),
            method_id: Some(method.clone()),
            ..AttemptRow::default()
        };
        self.with_saved(&mut tx, &organization, charge, Ground::Permission).await?;
        let now = self.mint.now_ms();
        tx.move_plan(id, &method).await?;
        tx.close_items_of_plan(id, now).await?;
        let detail = json!({"from": plan.method_id, "to": method});
        note(&mut tx, &self.mint, Action::PlanUpdated, id, detail)?;
        let plan = tx.find_plan(id).await?.ok_or_else(AppError::not_found)?;
        self.announce_plan(&mut tx, event_types::PLAN_UPDATED, &plan).await?;
        let view = self.tell_plan(&mut tx, plan).await?;
        Ok((tx, view))
    }
}
