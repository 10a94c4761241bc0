//! What is over and old: found by its age, deleted by its key.

use paydesk_domain::id::OrganizationId;

use crate::store::StoreError;
use crate::store::db::Store;
use crate::store::events::{DueEventRow, by_organization};
use crate::store::macros::{execute, fetch_all, statements};
use crate::store::tx::OrgTx;

statements! {
    OLD_DELIVERIES = "SELECT org_id, id FROM webhook_deliveries WHERE done_at_ms < $1 ORDER BY done_at_ms LIMIT $2";
    OLD_EVENTS = "SELECT o.org_id, o.id FROM outbox o WHERE o.done_at_ms < $1 AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d \
        WHERE d.org_id = o.org_id AND d.event_id = o.id) ORDER BY o.done_at_ms LIMIT $2";
    OLD_TYPED_CARDS = "SELECT org_id, attempt_id AS id FROM typed_cards WHERE at_ms < $1 ORDER BY at_ms LIMIT $2";
    // Found by their keys, not among all that are old: see the attempts in sql.rs. What is not over has no time here.
    FORGET_DELIVERY = "DELETE FROM webhook_deliveries WHERE org_id = $1 AND id = $2 AND COALESCE(done_at_ms, $3) < $3";
    FORGET_EVENT = "DELETE FROM outbox WHERE org_id = $1 AND id = $2 AND COALESCE(done_at_ms, $3) < $3 \
        AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.org_id = $1 AND d.event_id = $2)";
    FORGET_TYPED_CARD = "DELETE FROM typed_cards WHERE org_id = $1 AND attempt_id = $2 AND at_ms < $3";
}

/// What gets old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Old {
    /// Deliveries about which nothing more is to be done.
    Deliveries,
    /// Events that were given out and have no delivery any more.
    Events,
    /// Tries with typed cards.
    TypedCards,
}

impl Store {
    /// What is over since before a time, of every organization, the oldest first, by organization.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn old(
        &self,
        old: Old,
        before_ms: i64,
        limit: i64,
    ) -> Result<Vec<(OrganizationId, Vec<String>)>, StoreError> {
        let sql = match old {
            Old::Deliveries => OLD_DELIVERIES,
            Old::Events => OLD_EVENTS,
            Old::TypedCards => OLD_TYPED_CARDS,
        };
        let mut door = self.door("paydesk.worker", "on").await?;
        by_organization(fetch_all!(door, DueEventRow, sql, before_ms, limit)?)
    }
}

impl OrgTx {
    /// Deletes a row that is over since before a time. Answers whether it did.
    ///
    /// # Errors
    /// When the database fails, or somebody wrote a delivery of the event in this moment.
    pub async fn forget(&mut self, old: Old, id: &str, before_ms: i64) -> Result<bool, StoreError> {
        let sql = match old {
            Old::Deliveries => FORGET_DELIVERY,
            Old::Events => FORGET_EVENT,
            Old::TypedCards => FORGET_TYPED_CARD,
        };
        Ok(execute!(self, sql, &self.org, id, before_ms)? == 1)
    }
}
