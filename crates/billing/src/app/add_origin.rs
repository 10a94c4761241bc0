//! Registers one more page of an organization: by the command line only.

use paydesk_domain::id::OrganizationId;
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::{AppError, text};
use crate::clock::Mint;
use crate::store::{Actor, Store};

/// Lets pages of this origin embed the organization's checkout, and returns its normal spelling. Once more does no harm.
///
/// # Errors
/// `not_found` when there is no such organization; when the text is not an origin, or the database fails.
pub async fn add_origin(
    store: &Store,
    mint: &Mint,
    by: Actor,
    organization: OrganizationId,
    origin: &str,
) -> Result<String, AppError> {
    let origin = text::origin("origin", origin)?;
    let mut tx = store.organization(organization.clone()).acting(by).write().await?;
    if tx.find_organization().await?.is_none() {
        return Err(AppError::not_found());
    }
    tx.insert_origin(&origin).await?;
    note(&mut tx, mint, Action::OriginRegistered, organization.as_str(), json!({"origin": origin}))?;
    tx.commit().await?;
    Ok(origin)
}
