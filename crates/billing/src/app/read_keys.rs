//! Lists the API keys of an organization: by the command line only.

use paydesk_domain::id::OrganizationId;

use crate::app::AppError;
use crate::store::{ApiKeyRow, Store};

/// An organization's keys, newest first. Their secrets are not kept anywhere.
///
/// # Errors
/// `not_found` when there is no such organization; when the database fails.
pub async fn list_keys(store: &Store, organization: OrganizationId) -> Result<Vec<ApiKeyRow>, AppError> {
    let mut tx = store.organization(organization).read().await?;
    if tx.find_organization().await?.is_none() {
        return Err(AppError::not_found());
    }
    Ok(tx.list_api_keys().await?)
}
