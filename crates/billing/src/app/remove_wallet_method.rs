//! Takes a method out of a client's wallet. From that moment on no organization finds it; what else is to be done is written down in
//! the same transaction.

use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::RemovedMethodView;
use serde_json::json;

use crate::app::authenticate::Client;
use crate::app::change_wallet_method::{method_changed, shown};
use crate::app::read_wallet::payment;
use crate::app::wallet_entry::note_by;
use crate::app::{App, AppError, text};
use crate::store::{OrgTx, WalletPlannedRow};

/// A method that is removed: what organizations may do ends, and the processor is to let it go.
pub(super) const REMOVAL: &str = "removal";

impl App {
    /// Removes a method that nothing is planned with, where it is still the one that was shown. Its row stays, for the books.
    ///
    /// # Errors
    /// `not_found`, `method_changed`, `method_in_use`, `update_in_progress`; when the database fails.
    pub async fn remove_wallet_method(
        &self,
        mut tx: OrgTx,
        client: &Client,
        id: &str,
        version: i64,
    ) -> Result<(OrgTx, RemovedMethodView), AppError> {
        let login = &client.session.login_id;
        tx.act_for_wallet(login).await?;
        tx.lock_login(login).await?;
        let row = shown(&mut tx, login, id, version).await?;
        let planned = tx.wallet_planned(login).await?;
        let uses = |planned: &&WalletPlannedRow| planned.method_id.as_deref() == Some(id);
        let planned: Vec<_> = planned.iter().filter(uses).map(payment).collect();
        if !planned.is_empty() || tx.plans_with(login, id).await? > 0 {
            let detail =
                "Something is still to be charged to this method: have it charged to another one first.";
            return Err(AppError::planned(ErrorCode::MethodInUse, detail, planned));
        }
        if tx.is_being_updated(login, id).await? {
            let detail = "This card is being brought up to date: wait for the outcome.";
            return Err(AppError::refused(ErrorCode::UpdateInProgress, detail));
        }
        let now = self.mint.now_ms();
        if !tx.remove_method(&row, now).await? {
            return Err(method_changed());
        }
        tx.end_backups_of_method(login, id, now).await?;
        self.leave_task(&mut tx, REMOVAL, login, id).await?;
        note_by(&mut tx, &self.mint, client, id, "method.removed", json!({})).await?;
        Ok((tx, RemovedMethodView { id: row.id, removed_at: text::time(now) }))
    }
}
