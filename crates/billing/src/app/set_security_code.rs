//! Says when an organization asks for a saved card's security code again: by the command line only.

use paydesk_domain::id::OrganizationId;
use paydesk_domain::security_code::SecurityCodePolicy;
use serde_json::json;

use crate::app::AppError;
use crate::app::audit::{Action, note};
use crate::clock::Mint;
use crate::store::{Actor, Store};

/// Sets the policy. It holds from the next confirm on.
///
/// # Errors
/// `not_found`; a refusal that names the field; when the database fails.
pub async fn set_security_code(
    store: &Store,
    mint: &Mint,
    by: Actor,
    organization: OrganizationId,
    policy: SecurityCodePolicy,
) -> Result<(), AppError> {
    let above = if let SecurityCodePolicy::Above(amount) = policy { amount } else { 0 };
    if above < 0 {
        return Err(AppError::invalid("above", "Minor units, 0 or more."));
    }
    let mut tx = store.organization(organization.clone()).acting(by).write().await?;
    if !tx.set_security_code(policy.as_str(), above).await? {
        return Err(AppError::not_found());
    }
    let detail = json!({"security_code": policy.as_str(), "above": above});
    note(&mut tx, mint, Action::OrganizationChanged, organization.as_str(), detail)?;
    tx.commit().await?;
    Ok(())
}
