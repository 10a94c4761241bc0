//! Reads what became of deliveries to a webhook endpoint.

use crate::app::read_clients::{cut, page};
use crate::app::{App, AppError, text};
use crate::store::{DeliveryRow, Tenant};
use crate::wire::webhooks::{DeliveryStatus, DeliveryView};
use crate::wire::{List, PageQuery};

impl App {
    /// A page of the deliveries to one endpoint.
    ///
    /// # Errors
    /// `not_found`; a refusal that names the field; when the database fails.
    pub async fn list_deliveries(
        &self,
        tenant: &Tenant,
        endpoint: &str,
        query: PageQuery,
    ) -> Result<List<DeliveryView>, AppError> {
        let page = page(query.limit, query.cursor)?;
        let mut tx = tenant.read().await?;
        tx.find_endpoint(endpoint).await?.ok_or_else(AppError::not_found)?;
        let rows = tx.list_deliveries(&page, endpoint).await?;
        let (rows, next_cursor) = cut(rows, &page, |row| row.id.clone());
        Ok(List { data: rows.into_iter().map(view).collect(), next_cursor })
    }
}

pub(super) fn view(row: DeliveryRow) -> DeliveryView {
    let status = match row.status.as_str() {
        "delivered" => DeliveryStatus::Delivered,
        "failed" => DeliveryStatus::Failed,
        _ => DeliveryStatus::Waiting,
    };
    DeliveryView {
        id: row.id,
        event: row.event_id,
        endpoint: row.endpoint_id,
        status,
        replay: row.replay == 1,
        tries: row.tries,
        next_try_at: (status == DeliveryStatus::Waiting).then(|| text::time(row.due_at_ms)),
        last_try_at: row.last_tried_at_ms.map(text::time),
        last_status: row.last_status,
        last_error: row.last_error,
        created_at: text::time(row.created_at_ms),
        done_at: row.done_at_ms.map(text::time),
    }
}
