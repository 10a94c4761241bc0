//! Events: what happened, as it was when it happened. Each waits in the outbox until whoever listens has a delivery.

use paydesk_domain::id::OrganizationId;

use crate::store::StoreError;
use crate::store::db::Store;
use crate::store::inserts::{Insert, insert_rows};
use crate::store::macros::{fetch_all, fetch_among, fetch_optional, row};
use crate::store::tx::{OrgTx, Page};

pub(crate) mod sql {
    //! The statements on events.
    use crate::store::macros::statements;

    statements! {
        INSERT_OUTBOX = "INSERT INTO outbox (org_id, id, topic, subject, payload, created_at_ms, due_at_ms) \
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        FIND_EVENT = "SELECT id, topic, subject, payload, created_at_ms FROM outbox WHERE org_id = $1 AND id = $2";
        LIST_EVENTS = "SELECT id, topic, subject, payload, created_at_ms FROM outbox WHERE org_id = $1 \
            AND ($2 = '' OR id < $2) AND ($3 = '' OR topic = $3) ORDER BY id DESC LIMIT $4";
        DUE_EVENTS = "SELECT org_id, id FROM outbox WHERE done_at_ms IS NULL AND due_at_ms <= $1 \
            ORDER BY due_at_ms, id LIMIT $2";
    }
}

pub(crate) static OUTBOX: Insert = Insert::new(sql::INSERT_OUTBOX);

row! {
    /// Something that happened.
    EventRow {
        /// `out_…`.
        id: String,
        /// What kind of thing, `payment.succeeded`.
        topic: String,
        /// What it happened to: an id.
        subject: String,
        /// Its data as JSON; older rows have none.
        payload: Option<String>,
        /// When it happened.
        created_at_ms: i64,
    }
}

row! {
    /// An event that nobody has given out yet, or something that is over.
    DueEventRow {
        /// Whose it is.
        org_id: String,
        /// `out_…` or `whd_…`.
        id: String,
    }
}

impl Store {
    /// Events of every organization that wait to be given out, by organization, each one's oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_events(
        &self,
        now_ms: i64,
        limit: i64,
    ) -> Result<Vec<(OrganizationId, Vec<String>)>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        by_organization(fetch_all!(door, DueEventRow, sql::DUE_EVENTS, now_ms, limit)?)
    }
}

/// Rows by organization, in one order everywhere, so that two workers at the same rows do not wait for each other in turn.
pub(crate) fn by_organization(
    mut rows: Vec<DueEventRow>,
) -> Result<Vec<(OrganizationId, Vec<String>)>, StoreError> {
    rows.sort_by(|a, b| (&a.org_id, &a.id).cmp(&(&b.org_id, &b.id)));
    let mut found: Vec<(OrganizationId, Vec<String>)> = Vec::new();
    for row in rows {
        match found.last_mut() {
            Some((org, ids)) if org.as_str() == row.org_id => ids.push(row.id),
            _ => {
                let org = row.org_id.parse().map_err(|_| StoreError::Unreadable("organization id"))?;
                found.push((org, vec![row.id]));
            }
        }
    }
    Ok(found)
}

impl OrgTx {
    /// Writes an event when this commits; it waits to be given out. `data` is what its listeners are told: no secrets.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_outbox(
        &mut self,
        id: &str,
        topic: &str,
        subject: &str,
        data: &serde_json::Value,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let (id, topic, subject) = (id.to_owned(), topic.to_owned(), subject.to_owned());
        self.told.push(EventRow {
            id,
            topic,
            subject,
            payload: Some(data.to_string()),
            created_at_ms: now_ms,
        });
        Ok(())
    }

    /// Writes the events that were told. Part of the commit.
    pub(crate) async fn append_told(&mut self) -> Result<(), StoreError> {
        let events = std::mem::take(&mut self.told);
        let org = &self.org;
        insert_rows!(self, OUTBOX, events, event => org, &event.id, &event.topic, &event.subject,
            &event.payload, event.created_at_ms, event.created_at_ms);
        Ok(())
    }

    /// Finds an event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_event(&mut self, id: &str) -> Result<Option<EventRow>, StoreError> {
        fetch_optional!(self, EventRow, sql::FIND_EVENT, &self.org, id)
    }

    /// Lists events, newest first. An empty topic lets everything through.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_events(&mut self, page: &Page, topic: &str) -> Result<Vec<EventRow>, StoreError> {
        fetch_all!(self, EventRow, sql::LIST_EVENTS, &self.org, &page.after, topic, page.limit)
    }

    /// Takes events out of the outbox, once, and answers with those that nobody else has taken out, oldest first. Their
    /// deliveries are written in the same transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_out_events(&mut self, ids: &[&str], now_ms: i64) -> Result<Vec<EventRow>, StoreError> {
        let mut events = fetch_among!(self, EventRow, GIVE_OUT_EVENTS, [ids], now_ms)?;
        events.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(events)
    }
}
