//! Reads plans: what payers agreed to pay later.

use crate::app::read_clients::{cut, page};
use crate::app::{App, AppError};
use crate::store::{PlanFilter, Tenant};
use crate::wire::{List, PlanView, PlansQuery};

impl App {
    /// One plan.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn read_plan(&self, tenant: &Tenant, id: &str) -> Result<PlanView, AppError> {
        let row = tenant.read().await?.find_plan(id).await?;
        row.map(PlanView::from).ok_or_else(AppError::not_found)
    }

    /// A page of plans.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn list_plans(&self, tenant: &Tenant, query: PlansQuery) -> Result<List<PlanView>, AppError> {
        let page = page(query.limit, query.cursor)?;
        let filter = PlanFilter {
            account: query.account.unwrap_or_default(),
            status: query.status.unwrap_or_default(),
        };
        let rows = tenant.read().await?.list_plans(&page, &filter).await?;
        let (rows, next_cursor) = cut(rows, &page, |row| row.id.clone());
        Ok(List { data: rows.into_iter().map(PlanView::from).collect(), next_cursor })
    }
}
