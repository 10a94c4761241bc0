//! Reads installment configurations.

use crate::app::read_clients::{cut, page};
use crate::app::{App, AppError, plan_terms, text};
use crate::store::{ConfigurationRow, Tenant};
use crate::wire::{InstallmentConfigurationView, InstallmentConfigurationsQuery, List};

impl App {
    /// One configuration.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn read_installment_configuration(
        &self,
        tenant: &Tenant,
        id: &str,
    ) -> Result<InstallmentConfigurationView, AppError> {
        let row = tenant.read().await?.find_configuration(id).await?;
        view(row.ok_or_else(AppError::not_found)?)
    }

    /// A page of configurations.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn list_installment_configurations(
        &self,
        tenant: &Tenant,
        query: InstallmentConfigurationsQuery,
    ) -> Result<List<InstallmentConfigurationView>, AppError> {
        let page = page(query.limit, query.cursor)?;
        let rows = tenant.read().await?.list_configurations(&page).await?;
        let (rows, next_cursor) = cut(rows, &page, |row| row.id.clone());
        let data = rows.into_iter().map(view).collect::<Result<_, _>>()?;
        Ok(List { data, next_cursor })
    }
}

/// A configuration as its organization sees it.
pub(super) fn view(row: ConfigurationRow) -> Result<InstallmentConfigurationView, AppError> {
    Ok(InstallmentConfigurationView {
        options: plan_terms::read_stored(&row.options)?,
        id: row.id,
        name: row.name,
        created_at: text::time(row.created_at_ms),
    })
}
