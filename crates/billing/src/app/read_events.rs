//! Reads events.

use crate::app::read_clients::{cut, page};
use crate::app::{App, AppError, event_types, text};
use crate::store::{EventRow, Tenant};
use crate::wire::List;
use crate::wire::webhooks::{EventView, EventsQuery};

impl App {
    /// One event.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn read_event(&self, tenant: &Tenant, id: &str) -> Result<EventView, AppError> {
        tenant.read().await?.find_event(id).await?.map(view).ok_or_else(AppError::not_found)
    }

    /// A page of events.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn list_events(
        &self,
        tenant: &Tenant,
        query: EventsQuery,
    ) -> Result<List<EventView>, AppError> {
        let page = page(query.limit, query.cursor)?;
        let rows = tenant.read().await?.list_events(&page, &query.kind.unwrap_or_default()).await?;
        let (rows, next_cursor) = cut(rows, &page, |row| row.id.clone());
        Ok(List { data: rows.into_iter().map(view).collect(), next_cursor })
    }
}

fn view(row: EventRow) -> EventView {
    EventView {
        data: event_types::data(&row),
        id: row.id,
        kind: row.topic,
        subject: row.subject,
        timestamp: text::time(row.created_at_ms),
    }
}
