//! What a client is told when an admin changes something in their wallet: an event, a notification that asks the organization's
//! server to send it, and a mail.

use paydesk_domain::id::OutboxId;
use serde_json::json;

use crate::app::mail_text::{Named, Occasion};
use crate::app::{App, AppError, event_types};
use crate::store::{MethodRow, OrgTx};

impl App {
    /// Tells of a method of a client that an admin saved or brought up to date. All of it goes out with the change itself.
    pub(super) async fn tell_client(
        &self,
        tx: &mut OrgTx,
        topic: &'static str,
        account: &str,
        method: &MethodRow,
        admin: &str,
    ) -> Result<(), AppError> {
        let now = self.mint.now_ms();
        let event = json!({
            "id": method.id,
            "account": account,
            "kind": method.kind,
            "brand": method.brand,
            "last4": method.last4,
            "admin": admin,
        });
        let id = self.mint.id(OutboxId::new)?;
        tx.insert_outbox(id.as_str(), topic, &method.id, &event, now).await?;
        let notification = json!({"about": topic, "to": account, "payment_method": event});
        let id = self.mint.id(OutboxId::new)?;
        tx.insert_outbox(id.as_str(), event_types::NOTIFICATION_REQUESTED, &method.id, &notification, now)
            .await?;
        let named = Named::of(method);
        let occasion = match topic {
            event_types::METHOD_UPDATED_BY_ADMIN => Occasion::MethodUpdated { method: named },
            _ => Occasion::MethodSaved { method: named },
        };
        self.mail_of_organization(tx, &method.login_id, occasion).await
    }
}
