//! Reads planned payments.

use crate::app::read_clients::{cut, page};
use crate::app::{App, AppError};
use crate::store::{PlannedFilter, Tenant};
use crate::wire::{List, PlannedPaymentView, PlannedPaymentsQuery};

impl App {
    /// One planned payment.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn read_planned_payment(
        &self,
        tenant: &Tenant,
        id: &str,
    ) -> Result<PlannedPaymentView, AppError> {
        let row = tenant.read().await?.find_planned(id).await?;
        row.map(PlannedPaymentView::from).ok_or_else(AppError::not_found)
    }

    /// A page of planned payments.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn list_planned_payments(
        &self,
        tenant: &Tenant,
        query: PlannedPaymentsQuery,
    ) -> Result<List<PlannedPaymentView>, AppError> {
        let page = page(query.limit, query.cursor)?;
        let filter = PlannedFilter {
            account: query.account.unwrap_or_default(),
            method: query.payment_method.unwrap_or_default(),
            plan: query.plan.unwrap_or_default(),
            status: query.status.unwrap_or_default(),
        };
        let rows = tenant.read().await?.list_planned(&page, &filter).await?;
        let (rows, next_cursor) = cut(rows, &page, |row| row.id.clone());
        Ok(List { data: rows.into_iter().map(PlannedPaymentView::from).collect(), next_cursor })
    }
}
