//! Reads webhook endpoints. Their secrets are not shown.

use crate::app::read_clients::{cut, page};
use crate::app::{App, AppError, event_types, text};
use crate::store::{EndpointRow, OrgTx, Tenant};
use crate::wire::webhooks::EndpointView;
use crate::wire::{List, PageQuery};

impl App {
    /// One endpoint.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn read_endpoint(&self, tenant: &Tenant, id: &str) -> Result<EndpointView, AppError> {
        endpoint(&mut tenant.read().await?, id).await
    }

    /// A page of endpoints.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn list_endpoints(
        &self,
        tenant: &Tenant,
        query: PageQuery,
    ) -> Result<List<EndpointView>, AppError> {
        let page = page(query.limit, query.cursor)?;
        let rows = tenant.read().await?.list_endpoints(&page).await?;
        let (rows, next_cursor) = cut(rows, &page, |row| row.id.clone());
        Ok(List { data: rows.into_iter().map(view).collect(), next_cursor })
    }
}

/// One endpoint, within a transaction.
pub(super) async fn endpoint(tx: &mut OrgTx, id: &str) -> Result<EndpointView, AppError> {
    tx.find_endpoint(id).await?.map(view).ok_or_else(AppError::not_found)
}

pub(super) fn view(row: EndpointRow) -> EndpointView {
    EndpointView {
        events: event_types::wanted(&row),
        id: row.id,
        url: row.url,
        description: row.description,
        enabled: row.enabled == 1,
        disabled_reason: row.disabled_reason,
        disabled_at: row.disabled_at_ms.map(text::time),
        created_at: text::time(row.created_at_ms),
    }
}
