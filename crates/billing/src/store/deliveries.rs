//! Deliveries: one event on its way to one endpoint, claimed with a lease and a fence, recorded where the fence matches.

use paydesk_domain::id::OrganizationId;

use crate::store::db::Store;
use crate::store::macros::{execute, fetch_all, fetch_optional, row};
use crate::store::tx::{OrgTx, Page};
use crate::store::{Engine, StoreError, dialect};

macro_rules! delivery_columns {
    () => {
        "id, event_id, endpoint_id, replay, status, tries, due_at_ms, fence, last_tried_at_ms, last_status, last_error, \
         created_at_ms, done_at_ms"
    };
}

pub(crate) mod sql {
    //! The statements on deliveries.
    use crate::store::macros::statements;

    statements! {
        INSERT_DELIVERY = "INSERT INTO webhook_deliveries (org_id, id, event_id, endpoint_id, replay, status, due_at_ms, \
            created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
        FIND_DELIVERY = concat!("SELECT ", delivery_columns!(), " FROM webhook_deliveries WHERE org_id = $1 AND id = $2");
        LIST_DELIVERIES = concat!("SELECT ", delivery_columns!(), " FROM webhook_deliveries WHERE org_id = $1 \
            AND endpoint_id = $2 AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4");
        CLAIM_DELIVERY = concat!("UPDATE webhook_deliveries SET fence = fence + 1, tries = tries + 1, lease_owner = $3, \
            leased_until_ms = $4, due_at_ms = $4, last_tried_at_ms = $5 \
            WHERE org_id = $1 AND id = $2 AND status = 'waiting' AND due_at_ms <= $5 RETURNING ", delivery_columns!());
        POSTPONE_DELIVERY = "UPDATE webhook_deliveries SET due_at_ms = $3 \
            WHERE org_id = $1 AND id = $2 AND status = 'waiting' AND due_at_ms <= $4";
        RECORD_DELIVERY = "UPDATE webhook_deliveries SET status = $4, due_at_ms = $5, last_status = $6, last_error = $7, \
            done_at_ms = $8, lease_owner = NULL, leased_until_ms = NULL \
            WHERE org_id = $1 AND id = $2 AND fence = $3 AND status = 'waiting'";
    }
}

row! {
    /// One event on its way to one endpoint.
    DeliveryRow {
        /// `whd_…`.
        id: String,
        /// What it tells.
        event_id: String,
        /// Whom it tells.
        endpoint_id: String,
        /// 1 when somebody asked for it once more.
        replay: i64,
        /// `waiting`, `delivered` or `failed`.
        status: String,
        /// How often it was sent, or about to be.
        tries: i64,
        /// When it is sent next; while it is being sent, when its lease runs out.
        due_at_ms: i64,
        /// Who may record what became of it: it rises with every claim.
        fence: i64,
        /// When it was sent last.
        last_tried_at_ms: Option<i64>,
        /// The HTTP status of the last answer.
        last_status: Option<i64>,
        /// Why the last try failed, in one word.
        last_error: Option<String>,
        /// When it was written.
        created_at_ms: i64,
        /// When nothing more was to be done about it.
        done_at_ms: Option<i64>,
    }
}

row! {
    /// A row of the queue.
    DueDeliveryRow {
        /// Whose it is.
        org_id: String,
        /// `whd_…`.
        id: String,
        /// Whom it tells.
        endpoint_id: String,
    }
}

/// A delivery that is due.
#[derive(Clone, Debug)]
pub struct DueDelivery {
    /// Whose it is.
    pub org: OrganizationId,
    /// `whd_…`.
    pub id: String,
    /// Whom it tells.
    pub endpoint: String,
}

/// What became of one try.
#[derive(Clone, Debug, Default)]
pub struct TryOutcome {
    /// The status that it leads to.
    pub status: &'static str,
    /// When it is tried next.
    pub due_at_ms: i64,
    /// The HTTP status of the answer.
    pub last_status: Option<i64>,
    /// Why it failed, in one word.
    pub last_error: Option<&'static str>,
    /// When it was over, if it is.
    pub done_at_ms: Option<i64>,
}

impl Store {
    /// Deliveries to enabled endpoints of every organization that are due, the longest waiting first, and no more than
    /// `per_endpoint` to one endpoint: a long queue to one of them must not hide the others'.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_deliveries(
        &self,
        now_ms: i64,
        per_endpoint: i64,
        limit: i64,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        let sql = match self.engine() {
            Engine::Sqlite => dialect::sqlite::DUE_DELIVERIES,
            Engine::Postgres => dialect::postgres::DUE_DELIVERIES,
        };
        let mut door = self.door("paydesk.worker", "on").await?;
        let rows = fetch_all!(door, DueDeliveryRow, sql, now_ms, per_endpoint, limit)?;
        rows.into_iter()
            .map(|row| {
                let org = row.org_id.parse().map_err(|_| StoreError::Unreadable("organization id"))?;
                Ok(DueDelivery { org, id: row.id, endpoint: row.endpoint_id })
            })
            .collect()
    }
}

impl OrgTx {
    /// Writes a delivery, due at once. An event has one delivery to an endpoint, and any number of replays: a second
    /// first one is left out.
    pub fn insert_delivery(&mut self, id: &str, event: &str, endpoint: &str, replay: bool, now_ms: i64) {
        let (id, event_id, endpoint_id) = (id.to_owned(), event.to_owned(), endpoint.to_owned());
        self.noted.deliveries.push(DeliveryRow {
            id,
            event_id,
            endpoint_id,
            replay: i64::from(replay),
            status: "waiting".to_owned(),
            due_at_ms: now_ms,
            created_at_ms: now_ms,
            ..DeliveryRow::default()
        });
    }

    /// Finds a delivery.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_delivery(&mut self, id: &str) -> Result<Option<DeliveryRow>, StoreError> {
        fetch_optional!(self, DeliveryRow, sql::FIND_DELIVERY, &self.org, id)
    }

    /// Lists the deliveries to an endpoint, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_deliveries(
        &mut self,
        page: &Page,
        endpoint: &str,
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        fetch_all!(self, DeliveryRow, sql::LIST_DELIVERIES, &self.org, endpoint, &page.after, page.limit)
    }

    /// Claims a delivery that is due. `None` when somebody else did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_delivery(
        &mut self,
        id: &str,
        owner: &str,
        leased_until_ms: i64,
        now_ms: i64,
    ) -> Result<Option<DeliveryRow>, StoreError> {
        fetch_optional!(self, DeliveryRow, sql::CLAIM_DELIVERY, &self.org, id, owner, leased_until_ms, now_ms)
    }

    /// Lets a delivery that is due wait without counting a try.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn postpone_delivery(
        &mut self,
        id: &str,
        due_at_ms: i64,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(self, sql::POSTPONE_DELIVERY, &self.org, id, due_at_ms, now_ms)?;
        Ok(())
    }

    /// Writes what became of a try where the fence still matches. Answers whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_delivery(
        &mut self,
        id: &str,
        fence: i64,
        outcome: TryOutcome,
    ) -> Result<bool, StoreError> {
        let TryOutcome { status, due_at_ms, last_status, last_error, done_at_ms } = outcome;
        let changed = execute!(
            self,
            sql::RECORD_DELIVERY,
            &self.org,
            id,
            fence,
            status,
            due_at_ms,
            last_status,
            last_error,
            done_at_ms
        )?;
        Ok(changed == 1)
    }
}
