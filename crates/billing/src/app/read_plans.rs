//! Reads plans: what payers agreed to pay later.

use crate::app::keep_with_plan::is_kept_with_plan;
use crate::app::read_clients::{cut, page};
use crate::app::{App, AppError};
use crate::store::{OrgTx, PlanFilter, PlanRow, Tenant};
use crate::wire::{List, PlanView, PlansQuery};

impl App {
    /// One plan.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn read_plan(&self, tenant: &Tenant, id: &str) -> Result<PlanView, AppError> {
        let mut tx = tenant.read().await?;
        let row = tx.find_plan(id).await?.ok_or_else(AppError::not_found)?;
        self.tell_plan(&mut tx, row).await
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
        let mut tx = tenant.read().await?;
        let rows = tx.list_plans(&page, &filter).await?;
        let (rows, next_cursor) = cut(rows, &page, |row| row.id.clone());
        let mut data = Vec::with_capacity(rows.len());
        for row in rows {
            data.push(self.tell_plan(&mut tx, row).await?);
        }
        Ok(List { data, next_cursor })
    }

    /// A plan as its organization sees it. The card that is kept with it is read where there is one: few plans have one.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn tell_plan(&self, tx: &mut OrgTx, row: PlanRow) -> Result<PlanView, AppError> {
        let kept = match row.method_id.as_deref() {
            kept @ Some(id) if is_kept_with_plan(kept) => tx.find_plan_method(id).await?,
            _ => None,
        };
        Ok(PlanView::from_parts(row, kept))
    }
}
