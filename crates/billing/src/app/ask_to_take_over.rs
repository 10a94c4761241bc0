//! Asks somebody to follow up the client of a plan that keeps its own card, until nothing is to come of it.

use crate::app::keep_with_plan::is_kept_with_plan;
use crate::app::open_action_item::Subject;
use crate::app::{App, AppError};
use crate::store::{OrgTx, PlanRow};

/// What is asked of whoever opens the Payment Action Center: the client has to sign in and take a plan over with a method of
/// their own.
const TO_TAKE_OVER: &str = "plan_to_take_over";
/// Why nobody is asked any more: nothing is to come of the plan.
const PLAN_OVER: &str = "plan_over";

impl App {
    /// Asks somebody to follow the client of a plan up, where the plan keeps its own card.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn ask_to_take_over(
        &self,
        tx: &mut OrgTx,
        plan: &PlanRow,
        to_come: i64,
    ) -> Result<(), AppError> {
        if !is_kept_with_plan(plan.method_id.as_deref()) {
            return Ok(());
        }
        let about = Subject {
            id: plan.id.clone(),
            account: plan.account_id.clone(),
            amount: to_come,
            currency: plan.currency.clone(),
        };
        self.open_item(tx, TO_TAKE_OVER, about, None).await
    }

    /// Nobody has to take a plan over of which nothing is to come.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn nothing_to_take_over(&self, tx: &mut OrgTx, plan: &PlanRow) -> Result<(), AppError> {
        if is_kept_with_plan(plan.method_id.as_deref()) {
            tx.close_items_about(&plan.id, TO_TAKE_OVER, PLAN_OVER, self.mint.now_ms()).await?;
        }
        Ok(())
    }
}
