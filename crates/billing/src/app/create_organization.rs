//! Makes an organization: by the command line only.

use jiff::tz::TimeZone;
use paydesk_domain::id::OrganizationId;
use paydesk_domain::money::Currency;
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::{AppError, text};
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
    let name = text::required("name", &new.name, 200)?;
    let currency: Currency =
        new.currency.parse().map_err(|_| AppError::invalid("currency", "Three letters, such as CAD."))?;
    TimeZone::get(&new.time_zone)
        .map_err(|_| AppError::invalid("time_zone", "An IANA time zone, such as America/Toronto."))?;
    let locale = text::required("locale", &new.locale, 35)?;
    let country = new.country.trim().to_ascii_uppercase();
    if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(AppError::invalid("country", "Two letters, such as CA."));
    }
    let origins: Vec<String> = allowed_origins
        .iter()
        .map(|origin| text::origin("allowed_origin", origin))
        .collect::<Result<_, _>>()?;

    let id = mint.id(OrganizationId::new)?;
    let mut tx = store.organization(id.clone()).acting(by).write().await?;
    let contact = text::optional("contact", new.contact.as_deref(), 300)?;
    let vault = new.vault.clone();
    let row = NewOrganization { name, currency: currency.code().to_owned(), locale, country, contact, ..new };
    tx.insert_organization(row, mint.now_ms()).await?;
    note(&mut tx, mint, Action::OrganizationCreated, id.as_str(), json!({"vault": vault}))?;
    for origin in &origins {
        tx.insert_origin(origin).await?;
        note(&mut tx, mint, Action::OriginRegistered, id.as_str(), json!({"origin": origin}))?;
    }
    tx.commit().await?;
    Ok(id)
}
