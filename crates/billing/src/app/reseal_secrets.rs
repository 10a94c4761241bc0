//! Seals endpoints' secrets with the present key, once it has replaced another: by the command line only.

use serde_json::json;

use crate::app::AppError;
use crate::app::audit::{Action, note};
use crate::app::webhooks::owner;
use crate::clock::Mint;
use crate::seal::SealKeys;
use crate::store::Tenant;

/// What became of the secrets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Resealed {
    /// Sealed with the first key now.
    pub resealed: u64,
    /// Sealed with it before.
    pub kept: u64,
    /// None of the keys opens them. They stay as they are.
    pub unreadable: u64,
}

impl Resealed {
    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            resealed: self.resealed.saturating_add(other.resealed),
            kept: self.kept.saturating_add(other.kept),
            unreadable: self.unreadable.saturating_add(other.unreadable),
        }
    }
}

/// Seals every secret of an organization with the first key that is not yet, in one transaction. The secrets themselves
/// stay what they are.
///
/// # Errors
/// When there are no random bytes, or the database fails.
pub async fn reseal_secrets(tenant: &Tenant, mint: &Mint, keys: &SealKeys) -> Result<Resealed, AppError> {
    let organization = tenant.id().as_str();
    let mut done = Resealed::default();
    let mut tx = tenant.write().await?;
    for row in tx.list_secrets().await? {
        let owner = owner(organization, &row.endpoint_id, &row.id);
        if keys.is_sealed_by_first(&owner, &row.sealed) {
            done.kept += 1;
            continue;
        }
        let Ok(secret) = keys.open(&owner, &row.sealed) else {
            done.unreadable += 1;
            continue;
        };
        let sealed = keys.seal(mint, &owner, &secret)?;
        done.resealed += u64::from(tx.reseal_secret(&row, &sealed).await?);
    }
    if done.resealed > 0 {
        note(&mut tx, mint, Action::SecretsResealed, organization, json!({"secrets": done.resealed}))?;
    }
    tx.commit().await?;
    Ok(done)
}
