//! Makes an organization: by the command line only.

use paydesk_domain::id::OrganizationId;
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::{AppError, organization_facts, text};
use crate::clock::Mint;
use crate::store::{Actor, NewOrganization, Store};

/// Makes an organization whose pages of `allowed_origins` may embed its checkout.
///
/// # Errors
/// A refusal that names the field; when the database fails.
pub async fn create_organization(
    store: &Store,
    mint: &Mint,
    by: Actor,
    new: NewOrganization,
    allowed_origins: &[String],
) -> Result<OrganizationId, AppError> {
    let row = NewOrganization {
        name: organization_facts::name(&new.name)?,
        currency: organization_facts::currency(&new.currency)?,
        time_zone: organization_facts::time_zone(&new.time_zone)?,
        locale: organization_facts::locale(&new.locale)?,
        country: organization_facts::country(&new.country)?,
        contact: organization_facts::contact(new.contact.as_deref())?,
        vault: new.vault.clone(),
    };
    let origins: Vec<String> = allowed_origins
        .iter()
        .map(|origin| text::origin("allowed_origin", origin))
        .collect::<Result<_, _>>()?;

    let id = mint.id(OrganizationId::new)?;
    let mut tx = store.organization(id.clone()).acting(by).write().await?;
    tx.insert_organization(row, mint.now_ms()).await?;
    note(&mut tx, mint, Action::OrganizationCreated, id.as_str(), json!({"vault": new.vault}))?;
    for origin in &origins {
        tx.insert_origin(origin).await?;
        note(&mut tx, mint, Action::OriginRegistered, id.as_str(), json!({"origin": origin}))?;
    }
    tx.commit().await?;
    Ok(id)
}
