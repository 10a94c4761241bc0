//! A plan that an admin bought for a client who has never signed in rests on a method outside of any wallet: only staff can
//! change it, so that somebody must follow up with the client.

use crate::app::{App, AppError};
use crate::store::{AttemptRow, OrgTx};

/// The kind of the action item.
pub(super) const PLAN_FOLLOW_UP: &str = "plan_follow_up";

impl App {
    /// Keeps the task to follow up with the client whose plan began with this attempt, where that is needed. Answers whether
    /// it is. The attempt's answer says so from then on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_follow_up(&self, tx: &mut OrgTx, row: &AttemptRow) -> Result<bool, AppError> {
        let payer = tx.find_payer(&row.id).await?;
        if !payer.is_some_and(|payer| payer.admin_id.is_some() && payer.never_logged_in == 1) {
            return Ok(false);
        }
        self.open_item(tx, PLAN_FOLLOW_UP, row, None).await?;
        Ok(true)
    }
}
