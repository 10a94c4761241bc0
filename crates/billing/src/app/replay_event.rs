//! Sends an event once more, to one endpoint or to all that listen.

use paydesk_domain::id::WebhookDeliveryId;

use crate::app::{App, AppError, event_types, read_deliveries};
use crate::store::{EndpointRow, OrgTx};
use crate::wire::webhooks::{Replay, Replayed};

impl App {
    /// Writes new deliveries of an event. They carry the same `webhook-id` and body as the first ones, and have all
    /// their tries before them. One endpoint gets the event whether it listens to its type or not, and whether it was
    /// there when it happened or not.
    ///
    /// # Errors
    /// `not_found`; a refusal of `endpoint`; when the database fails.
    pub async fn replay_event(
        &self,
        mut tx: OrgTx,
        id: &str,
        replay: Replay,
    ) -> Result<(OrgTx, Replayed), AppError> {
        let event = tx.find_event(id).await?.ok_or_else(AppError::not_found)?;
        let enabled = tx.enabled_endpoints().await?;
        let endpoints: Vec<EndpointRow> = match &replay.endpoint {
            Some(wanted) => {
                let found = enabled.into_iter().find(|endpoint| endpoint.id == *wanted);
                let unknown = || AppError::invalid("endpoint", "There is no such enabled endpoint of yours.");
                vec![found.ok_or_else(unknown)?]
            }
            None => enabled.into_iter().filter(|row| event_types::listens(row, &event.topic)).collect(),
        };
        let now = self.mint.now_ms();
        let mut deliveries = Vec::with_capacity(endpoints.len());
        for endpoint in endpoints {
            let id = self.mint.id(WebhookDeliveryId::new)?;
            tx.insert_delivery(id.as_str(), &event.id, &endpoint.id, true, now);
            let row = tx.find_delivery(id.as_str()).await?;
            deliveries.extend(row.map(read_deliveries::view));
        }
        Ok((tx, Replayed { deliveries }))
    }
}
