//! Changes an organization's settings: those of its own by its server, every one of them by the command line.

use paydesk_domain::security_code::SecurityCodePolicy;
use serde_json::{Map, Value, json};

use crate::app::audit::{Action, note};
use crate::app::read_organization::view;
use crate::app::{App, AppError, organization_facts, own_words};
use crate::clock::Mint;
use crate::store::{OrgTx, OrganizationRow, Tenant};
use crate::wire::{ChangedOrganization, OrganizationView};

/// What is to change. What is none stays as it is.
#[derive(Clone, Debug, Default)]
pub struct OrganizationChange {
    /// What the organization may change by itself.
    pub own: ChangedOrganization,
    /// ISO 4217: what invoices are in that name no other.
    pub currency: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Which account at the processor keeps its methods: those of another are not offered.
    pub vault: Option<String>,
    /// When a saved card's security code is asked for again.
    pub security_code: Option<SecurityCodePolicy>,
}

impl App {
    /// Changes what the request names.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn update_organization(
        &self,
        mut tx: OrgTx,
        own: ChangedOrganization,
    ) -> Result<(OrgTx, OrganizationView), AppError> {
        let change = OrganizationChange { own, ..OrganizationChange::default() };
        let view = apply(&mut tx, &self.mint, change).await?;
        Ok((tx, view))
    }
}

/// Changes what is named, by the command line.
///
/// # Errors
/// `not_found`; a refusal that names the field; when the database fails.
pub async fn set_organization(
    tenant: &Tenant,
    mint: &Mint,
    change: OrganizationChange,
) -> Result<OrganizationView, AppError> {
    let mut tx = tenant.write().await?;
    let view = apply(&mut tx, mint, change).await?;
    tx.commit().await?;
    Ok(view)
}

async fn apply(
    tx: &mut OrgTx,
    mint: &Mint,
    mut change: OrganizationChange,
) -> Result<OrganizationView, AppError> {
    if !tx.lock_organization().await? {
        return Err(AppError::not_found());
    }
    let before = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
    let wording = change.own.wording.take().unwrap_or_default();
    let after = changed(before.clone(), change)?;
    let wording = own_words::checked(wording)?;
    let mut detail = difference(&before, &after);
    if after != before {
        tx.change_organization(&after).await?;
    }
    let (wording, names) = own_words::change(tx, wording).await?;
    detail.extend(names.map(|names| ("wording".to_owned(), names)));
    if !detail.is_empty() {
        note(tx, mint, Action::OrganizationChanged, &after.id, Value::Object(detail))?;
    }
    let origins = tx.list_origins().await?;
    Ok(view(after, origins, wording))
}

/// The organization as it is to be.
fn changed(row: OrganizationRow, change: OrganizationChange) -> Result<OrganizationRow, AppError> {
    let OrganizationChange { own, currency, country, vault, security_code } = change;
    let ChangedOrganization {
        name,
        contact,
        locale,
        time_zone,
        debit_refund_max,
        partial_minimum,
        records_kept_days,
        wording: _,
    } = own;
    let (security_code_policy, security_code_above) = security_code
        .map_or(Ok((row.security_code_policy, row.security_code_above)), organization_facts::security_code)?;
    Ok(OrganizationRow {
        name: name.map_or(Ok(row.name), |text| organization_facts::name(&text))?,
        currency: currency.map_or(Ok(row.currency), |text| organization_facts::currency(&text))?,
        time_zone: time_zone.map_or(Ok(row.time_zone), |text| organization_facts::time_zone(&text))?,
        locale: locale.map_or(Ok(row.locale), |text| organization_facts::locale(&text))?,
        country: country.map_or(Ok(row.country), |text| organization_facts::country(&text))?,
        contact: contact.map_or(Ok(row.contact), |text| organization_facts::contact(Some(&text)))?,
        debit_refund_max: debit_refund_max
            .map_or(Ok(row.debit_refund_max), organization_facts::debit_refund_max)?,
        partial_minimum: partial_minimum
            .map_or(Ok(row.partial_minimum), organization_facts::partial_minimum)?,
        records_kept_days: records_kept_days
            .map_or(Ok(row.records_kept_days), organization_facts::records_kept_days)?,
        vault: vault.unwrap_or(row.vault),
        id: row.id,
        security_code_policy,
        security_code_above,
    })
}

/// What differs in the row, from what and to what. Of a name and an address only that they do: what is in the audit log cannot be
/// taken out again.
fn difference(before: &OrganizationRow, after: &OrganizationRow) -> Map<String, Value> {
    let mut detail = Map::new();
    let mut shown = |field: &str, from: Value, to: Value| {
        if from != to {
            detail.insert(field.to_owned(), json!({"from": from, "to": to}));
        }
    };
    shown("currency", json!(before.currency), json!(after.currency));
    shown("time_zone", json!(before.time_zone), json!(after.time_zone));
    shown("locale", json!(before.locale), json!(after.locale));
    shown("country", json!(before.country), json!(after.country));
    shown("vault", json!(before.vault), json!(after.vault));
    shown("security_code", json!(before.security_code_policy), json!(after.security_code_policy));
    shown("security_code_above", json!(before.security_code_above), json!(after.security_code_above));
    shown("debit_refund_max", json!(before.debit_refund_max), json!(after.debit_refund_max));
    shown("partial_minimum", json!(before.partial_minimum), json!(after.partial_minimum));
    shown("records_kept_days", json!(before.records_kept_days), json!(after.records_kept_days));
    for (field, differs) in
        [("name", before.name != after.name), ("contact", before.contact != after.contact)]
    {
        if differs {
            detail.insert(field.to_owned(), json!("changed"));
        }
    }
    detail
}
