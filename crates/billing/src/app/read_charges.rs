//! Reads tries to charge, whoever started them.

use crate::app::find_try::find_try;
use crate::app::read_clients::{cut, page};
use crate::app::{App, AppError, view};
use crate::store::{AttemptFilter, Tenant};
use crate::wire::{ChargeView, ChargesQuery, List};

impl App {
    /// One try to charge.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn read_charge(&self, tenant: &Tenant, id: &str) -> Result<ChargeView, AppError> {
        let mut tx = tenant.read().await?;
        let row = find_try(&mut tx, id).await?.ok_or_else(AppError::not_found)?;
        let side = view::attempt_side(&mut tx, &row).await?;
        Ok(ChargeView::from_parts(row, side))
    }

    /// A page of tries to charge.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn list_charges(
        &self,
        tenant: &Tenant,
        query: ChargesQuery,
    ) -> Result<List<ChargeView>, AppError> {
        let page = page(query.limit, query.cursor)?;
        let filter = AttemptFilter {
            invoice: query.invoice.unwrap_or_default(),
            account: query.account.unwrap_or_default(),
            status: query.status.unwrap_or_default(),
        };
        let mut tx = tenant.read().await?;
        let rows = tx.list_attempts(&page, &filter).await?;
        let (rows, next_cursor) = cut(rows, &page, |row| row.id.clone());
        let mut data = Vec::with_capacity(rows.len());
        for row in rows {
            let side = view::attempt_side(&mut tx, &row).await?;
            data.push(ChargeView::from_parts(row, side));
        }
        Ok(List { data, next_cursor })
    }
}
