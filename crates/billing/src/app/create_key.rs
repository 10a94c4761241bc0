//! Makes an API key for an organization's server: by the command line only. It is shown once.

use paydesk_domain::id::{ApiKeyId, OrganizationId};
use serde_json::json;

use crate::app::AppError;
use crate::app::audit::{Action, note};
use crate::clock::Mint;
use crate::secret::Secret;
use crate::store::{Actor, CredentialKind, Store};

/// What an API key begins with.
pub const KEY_PREFIX: &str = "sk_paydesk_";

/// Makes a key. Only its hash is kept.
///
/// # Errors
/// `not_found` when there is no such organization; when the database fails.
pub async fn create_key(
    store: &Store,
    mint: &Mint,
    by: Actor,
    organization: OrganizationId,
) -> Result<Secret, AppError> {
    let mut tx = store.organization(organization).acting(by).write().await?;
    if tx.find_organization().await?.is_none() {
        return Err(AppError::not_found());
    }
    let id = mint.id(ApiKeyId::new)?;
    let secret = mint.secret(KEY_PREFIX)?;
    tx.insert_api_key(id.as_str(), mint.now_ms()).await?;
    tx.insert_credential(&secret.hash(), CredentialKind::ApiKey, id.as_str()).await?;
    note(&mut tx, mint, Action::ApiKeyCreated, id.as_str(), json!({}))?;
    tx.commit().await?;
    Ok(secret)
}
