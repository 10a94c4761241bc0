//! Changes a webhook endpoint: where it is, what it listens to, whether it is told anything.

use crate::app::webhook_schedule::DisableReason;
use crate::app::{App, AppError, event_types, read_endpoints, text};
use crate::store::{EndpointRow, OrgTx};
use crate::wire::webhooks::{ChangedEndpoint, EndpointView};

impl App {
    /// Changes what the request names. An endpoint that is enabled again gets what has waited for it.
    ///
    /// # Errors
    /// `not_found`; a refusal that names the field; when the database fails.
    pub async fn update_endpoint(
        &self,
        mut tx: OrgTx,
        id: &str,
        change: ChangedEndpoint,
    ) -> Result<(OrgTx, EndpointView), AppError> {
        tx.lock_endpoint(id).await?;
        let mut row = tx.find_endpoint(id).await?.ok_or_else(AppError::not_found)?;
        if let Some(url) = &change.url {
            row.url = self.read_url(url)?;
        }
        if let Some(description) = &change.description {
            row.description = text::optional("description", Some(description), 200)?;
        }
        if let Some(events) = &change.events {
            if events.is_empty() {
                return Err(AppError::invalid("events", "At least one type, or \"*\" for all."));
            }
            row.events = serde_json::to_string(&event_types::read_wanted(events)?).unwrap_or_default();
        }
        let row = match change.enabled {
            Some(true) => EndpointRow { enabled: 1, disabled_reason: None, disabled_at_ms: None, ..row },
            Some(false) if row.enabled == 1 => EndpointRow {
                enabled: 0,
                disabled_reason: Some(DisableReason::Requested.as_str().to_owned()),
                disabled_at_ms: Some(self.mint.now_ms()),
                ..row
            },
            _ => row,
        };
        tx.change_endpoint(&row).await?;
        Ok((tx, read_endpoints::view(row)))
    }
}
