//! Wipes records of what clients agreed to, once they have been over for as long as their organization keeps them: consents, mandates,
//! and what tries hold of them. What stands, or was paid by since, is never over.

use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::{App, AppError};
use crate::store::{Kept, Tenant};

/// The lead that this work is done under: one process at a time.
const TASK: &str = "forget_records";
/// For how long the lead is taken. Whoever leads does this again long before.
const LEAD_MS: i64 = 3 * 60 * 60 * 1_000;
/// How many records of each kind are wiped of an organization in one go at most.
const BATCH: i64 = 100;
/// How many organizations are looked up at once.
const ORGANIZATIONS: i64 = 100;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

impl App {
    /// Wipes some of the records that are over, if this process leads, and answers how many that were. What goes wrong for one
    /// organization is logged, and the others' are wiped.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_records(&self) -> Result<usize, AppError> {
        let now = self.mint.now_ms();
        if !self.store.lead(TASK, &self.owner, now.saturating_add(LEAD_MS), now).await? {
            return Ok(0);
        }
        let (mut gone, mut after) = (0, String::new());
        loop {
            let organizations = self.store.organizations_after(&after, ORGANIZATIONS).await?;
            let Some(last) = organizations.last() else { return Ok(gone) };
            last.as_str().clone_into(&mut after);
            for organization in organizations {
                let tenant = self.store.organization(organization);
                for kept in Kept::ALL {
                    gone += self.forget_records_of(&tenant, kept, now).await.unwrap_or_else(|error| {
                        tracing::error!(organization = %tenant.id(), ?kept, %error, "records could not be wiped");
                        0
                    });
                }
            }
        }
    }

    async fn forget_records_of(&self, tenant: &Tenant, kept: Kept, now: i64) -> Result<usize, AppError> {
        let mut tx = tenant.read().await?;
        let Some(organization) = tx.find_organization().await? else { return Ok(0) };
        let before_ms = now.saturating_sub(organization.records_kept_days.saturating_mul(DAY_MS));
        let over = tx.records_over(kept, before_ms, BATCH).await?;
        drop(tx);
        if over.is_empty() {
            return Ok(0);
        }
        let mut tx = tenant.write().await?;
        let mut gone = 0;
        for record in &over {
            if tx.forget_record(kept, record).await? {
                let detail = json!({"login": record.login_id, "kept_days": organization.records_kept_days});
                note(&mut tx, &self.mint, Action::RecordWiped, &record.id, detail)?;
                gone += 1;
            }
        }
        tx.commit().await?;
        Ok(gone)
    }
}
