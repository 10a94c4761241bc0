//! Deletes events and deliveries that are over and old, and who tried which card when, a few at a time.
//!
//! What is still to be done is never old: an event that waits to be given out, a delivery that waits for its next try or
//! for its endpoint to be enabled again, and the event that such a delivery tells.

use paydesk_domain::id::OrganizationId;

use crate::app::{App, AppError, millis};
use crate::store::Old;

/// The lead that this work is done under: one process at a time.
const TASK: &str = "forget_webhooks";
/// For how long the lead is taken. Whoever leads does this again long before.
const LEAD_MS: i64 = 3 * 60 * 60 * 1_000;
/// How many rows of each kind are deleted in one go at most: nobody waits long for a lock of theirs.
const BATCH: i64 = 200;
/// How long tries with typed cards are kept, in milliseconds: a day, so that an operator can look at them. They hold network
/// addresses.
const TYPED_CARDS_KEPT_MS: i64 = 24 * 60 * 60_000;

impl App {
    /// Deletes some of what is old, if this process leads, and answers how many rows that were. What goes wrong for one
    /// organization is logged, and the others' rows are deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_old(&self) -> Result<usize, AppError> {
        let now = self.mint.now_ms();
        if !self.store.lead(TASK, &self.owner, now.saturating_add(LEAD_MS), now).await? {
            return Ok(0);
        }
        let retention_ms = millis(self.webhooks.settings.retention);
        let mut gone = 0;
        // Deliveries first: an event stays as long as one of its deliveries does.
        for (old, kept_ms) in [
            (Old::Deliveries, retention_ms),
            (Old::Events, retention_ms),
            (Old::TypedCards, TYPED_CARDS_KEPT_MS),
        ] {
            let before_ms = now.saturating_sub(kept_ms);
            for (org, ids) in self.store.old(old, before_ms, BATCH).await? {
                match self.forget_of(org.clone(), old, &ids, before_ms).await {
                    Ok(count) => gone += count,
                    Err(error) => {
                        tracing::error!(organization = %org, %error, "what is old could not be deleted");
                    }
                }
            }
        }
        Ok(gone)
    }

    async fn forget_of(
        &self,
        org: OrganizationId,
        old: Old,
        ids: &[String],
        before_ms: i64,
    ) -> Result<usize, AppError> {
        let mut tx = self.store.organization(org).write().await?;
        let mut gone = 0;
        for id in ids {
            gone += usize::from(tx.forget(old, id, before_ms).await?);
        }
        tx.commit().await?;
        Ok(gone)
    }
}
