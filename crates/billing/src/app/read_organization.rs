//! Reads an organization's settings.

use crate::app::{App, AppError, own_words};
use crate::store::{OrganizationRow, Tenant};
use crate::wire::{OrganizationView, Wording};

impl App {
    /// The organization itself.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn read_organization(&self, tenant: &Tenant) -> Result<OrganizationView, AppError> {
        let mut tx = tenant.read().await?;
        let row = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        let origins = tx.list_origins().await?;
        let wording = own_words::read(&mut tx).await?;
        Ok(view(row, origins, wording))
    }
}

/// An organization as its server sees it.
pub(super) fn view(row: OrganizationRow, allowed_origins: Vec<String>, wording: Wording) -> OrganizationView {
    OrganizationView {
        id: row.id,
        name: row.name,
        contact: row.contact,
        locale: row.locale,
        time_zone: row.time_zone,
        debit_refund_max: row.debit_refund_max,
        partial_minimum: row.partial_minimum,
        records_kept_days: row.records_kept_days,
        wording,
        security_code: row.security_code_policy,
        security_code_above: row.security_code_above,
        currency: row.currency,
        country: row.country,
        allowed_origins,
    }
}
