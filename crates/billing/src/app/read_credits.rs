//! Reads credits, and what is left of each.

use crate::app::read_clients::{cut, page};
use crate::app::{App, AppError, text};
use crate::store::{CreditFilter, CreditRow, Tenant};
use crate::wire::{CreditView, CreditsQuery, List};

impl App {
    /// One credit.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn read_credit(&self, tenant: &Tenant, id: &str) -> Result<CreditView, AppError> {
        let row = tenant.read().await?.find_credit(id).await?;
        row.map(view).ok_or_else(AppError::not_found)
    }

    /// A page of credits.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn list_credits(
        &self,
        tenant: &Tenant,
        query: CreditsQuery,
    ) -> Result<List<CreditView>, AppError> {
        let page = page(query.limit, query.cursor)?;
        let filter = CreditFilter { account: query.client.unwrap_or_default() };
        let rows = tenant.read().await?.list_credits(&page, &filter).await?;
        let (rows, next_cursor) = cut(rows, &page, |row| row.id.clone());
        Ok(List { data: rows.into_iter().map(view).collect(), next_cursor })
    }
}

/// A credit as its organization sees it.
pub(super) fn view(row: CreditRow) -> CreditView {
    CreditView {
        id: row.id,
        client: row.account_id,
        amount: row.amount,
        available: row.available,
        currency: row.currency,
        reason: row.reason,
        created_at: text::time(row.created_at_ms),
    }
}
