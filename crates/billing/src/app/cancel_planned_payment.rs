//! Calls an installment off. What it would have paid stays owed.

use crate::app::audit::Action;
use crate::app::update_planned_payment::{changeable, not_changeable};
use crate::app::{App, AppError, event_types};
use crate::store::{OrgTx, PlannedRow};
use crate::wire::PlannedPaymentView;

/// Why an installment is called off.
pub(super) const BY_ORGANIZATION: &str = "organization";

impl App {
    /// Calls an installment off that is still to come, or that has failed.
    ///
    /// # Errors
    /// `not_found`, `not_changeable`; when the database fails.
    pub async fn cancel_planned_payment(
        &self,
        mut tx: OrgTx,
        id: &str,
    ) -> Result<(OrgTx, PlannedPaymentView), AppError> {
        let row = changeable(&mut tx, id).await?;
        let now = self.mint.now_ms();
        if !tx.cancel_planned(id, BY_ORGANIZATION, now).await? {
            return Err(not_changeable());
        }
        let row = PlannedRow {
            status: "canceled".to_owned(),
            because: Some(BY_ORGANIZATION.to_owned()),
            ended_at_ms: Some(now),
            ..row
        };
        self.tell_planned(&mut tx, Action::PlannedCanceled, event_types::PLANNED_CANCELED, &row).await?;
        self.complete_plan(&mut tx, &row.plan_id).await?;
        Ok((tx, PlannedPaymentView::from(row)))
    }
}
