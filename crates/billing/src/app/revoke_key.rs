//! Revokes an API key: by the command line only.

use paydesk_domain::id::OrganizationId;
use serde_json::json;

use crate::app::AppError;
use crate::app::audit::{Action, note};
use crate::clock::Mint;
use crate::store::{Actor, Store};

/// Ends a key: from now on it opens nothing, and what it did stays.
///
/// # Errors
/// `not_found` when the organization has no such key, or it was revoked before; when the database fails.
pub async fn revoke_key(
    store: &Store,
    mint: &Mint,
    by: Actor,
    organization: OrganizationId,
    key: &str,
) -> Result<(), AppError> {
    let mut tx = store.organization(organization).acting(by).write().await?;
    if !tx.revoke_api_key(key, mint.now_ms()).await? {
        return Err(AppError::not_found());
    }
    note(&mut tx, mint, Action::ApiKeyRevoked, key, json!({}))?;
    Ok(tx.commit().await?)
}
