//! Registers one more page of an organization: by the command line only.

use paydesk_domain::id::OrganizationId;

use crate::app::{AppError, text};
use crate::store::Store;

/// Lets pages of this origin embed the organization's checkout, and returns its normal spelling. Once more does no harm.
///
/// # Errors
/// `not_found` when there is no such organization; when the text is not an origin, or the database fails.
pub async fn add_origin(
    store: &Store,
    organization: OrganizationId,
    origin: &str,
) -> Result<String, AppError> {
    let origin = text::origin("origin", origin)?;
    let mut tx = store.organization(organization).write().await?;
    if tx.find_organization().await?.is_none() {
        return Err(AppError::not_found());
    }
    tx.insert_origin(&origin).await?;
    tx.commit().await?;
    Ok(origin)
}
