//! Moves what is to come of a plan to another saved method of its client: theirs was not kept, has expired, or is to be another.

use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::chargeable::Ground;
use crate::app::update_planned_payment::not_changeable;
use crate::app::{App, AppError, event_types};
use crate::store::{AttemptRow, OrgTx, PlanRow};
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
        let plan = tx.find_plan(id).await?.ok_or_else(AppError::not_found)?;
        // No method is taken out of the wallet meanwhile.
        tx.act_for_login(&plan.login_id).await?;
        tx.lock_login(&plan.login_id).await?;
        let method = change.payment_method;
        let plan = movable(&mut tx, id).await?;
        self.may_charge(&mut tx, &plan, &method, Ground::Permission).await?;
        self.charge_from_now_on(&mut tx, &plan, &method).await?;
        let plan = tx.find_plan(id).await?.ok_or_else(AppError::not_found)?;
        let view = self.tell_plan(&mut tx, plan).await?;
        Ok((tx, view))
    }

    /// Whether every charge of a plan may be made of a method: it is asked as they will be.
    ///
    /// # Errors
    /// A refusal of the method; when the database fails.
    pub(super) async fn may_charge(
        &self,
        tx: &mut OrgTx,
        plan: &PlanRow,
        method: &str,
        ground: Ground,
    ) -> Result<(), AppError> {
        let organization = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        let charge = AttemptRow {
            login_id: plan.login_id.clone(),
            currency: plan.currency.clone(),
            method_id: Some(method.to_owned()),
            ..AttemptRow::default()
        };
        self.with_saved(tx, &organization, charge, ground).await?;
        Ok(())
    }

    /// Moves what is to come of a plan, and tells of it.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn charge_from_now_on(
        &self,
        tx: &mut OrgTx,
        plan: &PlanRow,
        method: &str,
    ) -> Result<(), AppError> {
        tx.move_plan(&plan.id, method).await?;
        tx.close_items_of_plan(&plan.id, self.mint.now_ms()).await?;
        let detail = json!({"from": plan.method_id, "to": method});
        note(tx, &self.mint, Action::PlanUpdated, &plan.id, detail)?;
        let moved = PlanRow { method_id: Some(method.to_owned()), ..plan.clone() };
        self.announce_plan(tx, event_types::PLAN_UPDATED, &moved).await
    }
}

/// A plan of which something may be to come, locked.
///
/// # Errors
/// `not_found`, `not_changeable`; when the database fails.
pub(super) async fn movable(tx: &mut OrgTx, id: &str) -> Result<PlanRow, AppError> {
    if !tx.lock_plan(id).await? {
        return Err(AppError::not_found());
    }
    let plan = tx.find_plan(id).await?.ok_or_else(AppError::not_found)?;
    match plan.status.as_str() {
        "active" | "completed" => Ok(plan),
        _ => Err(not_changeable()),
    }
}
