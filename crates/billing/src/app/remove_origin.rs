//! Takes a page of an organization off the list: by the command line only.

use paydesk_domain::id::OrganizationId;
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::{AppError, text};
use crate::clock::Mint;
use crate::store::{Actor, Store};

/// Lets pages of this origin embed the organization's checkout no more, and returns its normal spelling. Sessions that
/// are open in them go on to their end.
///
/// # Errors
/// `not_found` when there is no such organization, or the origin is not registered for it; when the text is not an origin,
/// or the database fails.
pub async fn remove_origin(
    store: &Store,
    mint: &Mint,
    by: Actor,
    organization: OrganizationId,
    origin: &str,
) -> Result<String, AppError> {
    let origin = text::origin("origin", origin)?;
    let mut tx = store.organization(organization.clone()).acting(by).write().await?;
    if !tx.delete_origin(&origin).await? {
        return Err(AppError::not_found());
    }
    note(&mut tx, mint, Action::OriginRemoved, organization.as_str(), json!({"origin": origin}))?;
    tx.commit().await?;
    Ok(origin)
}
