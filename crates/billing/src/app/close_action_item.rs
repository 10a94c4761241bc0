//! Dismisses an action item: somebody has seen to it, or decided to leave it.

use crate::app::audit::{Action, note};
use crate::app::read_action_items::view;
use crate::app::{App, AppError};
use crate::store::OrgTx;
use crate::wire::ActionItemView;

impl App {
    /// Closes an action item. One that is closed already stays as it is.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn dismiss_action_item(
        &self,
        mut tx: OrgTx,
        id: &str,
    ) -> Result<(OrgTx, ActionItemView), AppError> {
        if tx.close_action_item(id, "dismissed", self.mint.now_ms()).await? {
            note(&mut tx, &self.mint, Action::ActionItemDismissed, id, serde_json::json!({}))?;
        }
        let row = tx.find_action_item(id).await?.ok_or_else(AppError::not_found)?;
        Ok((tx, view(row, None)))
    }
}
