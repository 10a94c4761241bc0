//! Revokes an API key: by the command line only.

use paydesk_domain::id::OrganizationId;

use crate::app::AppError;
use crate::clock::Mint;
use crate::store::Store;

/// Ends a key: from now on it opens nothing, and what it did stays.
///
/// # Errors
/// `not_found` when the organization has no such key, or it was revoked before; when the database fails.
pub async fn revoke_key(
    store: &Store,
    mint: &Mint,
    organization: OrganizationId,
    key: &str,
) -> Result<(), AppError> {
    let mut tx = store.organization(organization).write().await?;
    if !tx.revoke_api_key(key, mint.now_ms()).await? {
        return Err(AppError::not_found());
    }
    Ok(tx.commit().await?)
}
