//! Ends the permission of one organization to charge one method, in that organization's own transaction, and tells it.

use paydesk_domain::id::OutboxId;
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::{App, AppError, event_types};
use crate::store::{MethodRow, OrgTx};

/// Why a permission ended: the method was taken out of the wallet.
pub(super) const METHOD_REMOVED: &str = "method_removed";

impl App {
    /// Ends a permission of the transaction's organization. Answers whether it stood.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn end_authorization(
        &self,
        tx: &mut OrgTx,
        id: &str,
        method: &MethodRow,
        because: &str,
    ) -> Result<bool, AppError> {
        let now = self.mint.now_ms();
        if !tx.revoke_authorization(id, now).await? {
            return Ok(false);
        }
        let detail = json!({"method": method.id, "login": method.login_id, "because": because});
        note(tx, &self.mint, Action::AuthorizationRevoked, id, detail)?;
        let told = event_types::authorization(id, method, Some(because));
        let event = self.mint.id(OutboxId::new)?;
        tx.insert_outbox(event.as_str(), event_types::AUTHORIZATION_REVOKED, id, &told, now).await?;
        self.end_standing_mandate(tx, &method.id, because).await?;
        Ok(true)
    }

    /// Ends the agreement under which a bank account was debited: it said that it ends with the permission.
    async fn end_standing_mandate(
        &self,
        tx: &mut OrgTx,
        method: &str,
        because: &str,
    ) -> Result<(), AppError> {
        let Some(mandate) = tx.standing_mandate(method).await? else { return Ok(()) };
        if tx.end_mandate(&mandate.id, because, self.mint.now_ms()).await? {
            note(tx, &self.mint, Action::MandateEnded, &mandate.id, json!({"because": because}))?;
            let (topic, account) = (event_types::MANDATE_ENDED, &mandate.account_id);
            self.announce_mandate(tx, topic, &mandate.id, account).await?;
        }
        Ok(())
    }
}
