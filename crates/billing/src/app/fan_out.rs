//! Gives events out: each becomes one delivery to every endpoint that listens, exactly once.

use paydesk_domain::id::{OrganizationId, WebhookDeliveryId};

use crate::app::{App, AppError, event_types};

/// How many events are given out in one go. Who gets so many asks once more at once.
pub const BATCH: usize = 200;

impl App {
    /// Gives out what waits in the outbox, and answers how many events that were. An event is taken out in the
    /// transaction that writes its deliveries, so that it has all of them or waits on. Endpoints are told what happens
    /// after they were made. What goes wrong for one organization is logged, and the others' events are given out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fan_out(&self) -> Result<usize, AppError> {
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        let due = self.store.due_events(self.mint.now_ms(), limit).await?;
        let mut given = 0;
        for (org, events) in due {
            match self.give_out(org.clone(), &events).await {
                Ok(count) => given += count,
                Err(error) => tracing::error!(organization = %org, %error, "events could not be given out"),
            }
        }
        Ok(given)
    }

    async fn give_out(&self, org: OrganizationId, events: &[String]) -> Result<usize, AppError> {
        let now = self.mint.now_ms();
        let mut tx = self.store.organization(org).write().await?;
        let endpoints = tx.enabled_endpoints().await?;
        let ids: Vec<&str> = events.iter().map(String::as_str).collect();
        let events = tx.give_out_events(&ids, now).await?;
        for event in &events {
            for endpoint in &endpoints {
                if endpoint.created_at_ms > event.created_at_ms
                    || !event_types::listens(endpoint, &event.topic)
                {
                    continue;
                }
                let id = self.mint.id(WebhookDeliveryId::new)?;
                tx.insert_delivery(id.as_str(), &event.id, &endpoint.id, false, now);
            }
        }
        tx.commit().await?;
        Ok(events.len())
    }
}
