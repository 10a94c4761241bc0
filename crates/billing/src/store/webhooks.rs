//! The endpoints of an organization's servers, and the sealed secrets that deliveries to them are signed with.

use crate::store::macros::{execute, fetch_all, fetch_optional, row};
use crate::store::tx::{IdRow, OrgTx, Page, Tx};
use crate::store::{StoreError, dialect};

macro_rules! endpoint_columns {
    () => {
        "id, url, description, events, enabled, disabled_reason, disabled_at_ms, created_at_ms"
    };
}

pub(crate) mod sql {
    //! The statements on endpoints and their secrets.
    use crate::store::macros::statements;

    statements! {
        INSERT_ENDPOINT = "INSERT INTO webhook_endpoints (org_id, id, url, description, events, enabled, created_at_ms) \
            VALUES ($1, $2, $3, $4, $5, 1, $6)";
        FIND_ENDPOINT = concat!("SELECT ", endpoint_columns!(), " FROM webhook_endpoints WHERE org_id = $1 AND id = $2");
        LIST_ENDPOINTS = concat!("SELECT ", endpoint_columns!(), " FROM webhook_endpoints WHERE org_id = $1 \
            AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3");
        ENABLED_ENDPOINTS = concat!("SELECT ", endpoint_columns!(), " FROM webhook_endpoints WHERE org_id = $1 AND enabled = 1");
        CHANGE_ENDPOINT = "UPDATE webhook_endpoints SET url = $3, description = $4, events = $5, enabled = $6, \
            disabled_reason = $7, disabled_at_ms = $8 WHERE org_id = $1 AND id = $2";
        DISABLE_ENDPOINT = "UPDATE webhook_endpoints SET enabled = 0, disabled_reason = $3, disabled_at_ms = $4 \
            WHERE org_id = $1 AND id = $2 AND enabled = 1";
        DELETE_ENDPOINT = "DELETE FROM webhook_endpoints WHERE org_id = $1 AND id = $2";
        DELETE_SECRETS = "DELETE FROM webhook_secrets WHERE org_id = $1 AND endpoint_id = $2";
        DELETE_DELIVERIES = "DELETE FROM webhook_deliveries WHERE org_id = $1 AND endpoint_id = $2";
        INSERT_SECRET = "INSERT INTO webhook_secrets (org_id, endpoint_id, id, sealed, created_at_ms) VALUES ($1, $2, $3, $4, $5)";
        LIVE_SECRETS = "SELECT id, sealed, ends_at_ms FROM webhook_secrets WHERE org_id = $1 AND endpoint_id = $2 \
            AND (ends_at_ms IS NULL OR ends_at_ms > $3) ORDER BY id DESC";
        FIND_SECRET = "SELECT id, sealed, ends_at_ms FROM webhook_secrets WHERE org_id = $1 AND endpoint_id = $2 AND id = $3";
        END_SECRET = "UPDATE webhook_secrets SET ends_at_ms = $3 WHERE org_id = $1 AND endpoint_id = $2 AND ends_at_ms IS NULL";
        LIST_SECRETS = "SELECT endpoint_id, id, sealed FROM webhook_secrets WHERE org_id = $1 ORDER BY endpoint_id, id";
        RESEAL_SECRET = "UPDATE webhook_secrets SET sealed = $5 \
            WHERE org_id = $1 AND endpoint_id = $2 AND id = $3 AND sealed = $4";
        FORGET_SECRETS = "DELETE FROM webhook_secrets WHERE org_id = $1 AND endpoint_id = $2 AND ends_at_ms <= $3";
    }
}

row! {
    /// A server of an organization that is told about events.
    EndpointRow {
        /// `whe_…`.
        id: String,
        /// Where it is.
        url: String,
        /// What the organization calls it.
        description: Option<String>,
        /// A JSON list of the types that it is told about.
        events: String,
        /// 1 when it is told.
        enabled: i64,
        /// Why it is not told.
        disabled_reason: Option<String>,
        /// Since when it is not told.
        disabled_at_ms: Option<i64>,
        /// When it was made.
        created_at_ms: i64,
    }
}

row! {
    /// A sealed secret of an endpoint.
    SecretRow {
        /// `whs_…`.
        id: String,
        /// The secret, sealed.
        sealed: String,
        /// When it ends, once it has been replaced.
        ends_at_ms: Option<i64>,
    }
}

row! {
    /// A sealed secret, and whose it is.
    SealedRow {
        /// `whe_…`.
        endpoint_id: String,
        /// `whs_…`.
        id: String,
        /// The secret, sealed.
        sealed: String,
    }
}

impl OrgTx {
    /// Waits for everybody else who is about to change an endpoint, its secrets or its deliveries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_endpoint(&mut self, id: &str) -> Result<bool, StoreError> {
        let sql = match &self.tx {
            Tx::Sqlite(_) => dialect::sqlite::LOCK_ENDPOINT,
            Tx::Postgres(_) => dialect::postgres::LOCK_ENDPOINT,
        };
        Ok(fetch_optional!(self, IdRow, sql, &self.org, id)?.is_some())
    }

    /// Writes an endpoint, enabled.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_endpoint(&mut self, row: &EndpointRow) -> Result<(), StoreError> {
        let EndpointRow { id, url, description, events, created_at_ms, .. } = row;
        execute!(self, sql::INSERT_ENDPOINT, &self.org, id, url, description, events, *created_at_ms)?;
        Ok(())
    }

    /// Finds an endpoint.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_endpoint(&mut self, id: &str) -> Result<Option<EndpointRow>, StoreError> {
        fetch_optional!(self, EndpointRow, sql::FIND_ENDPOINT, &self.org, id)
    }

    /// Lists endpoints, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_endpoints(&mut self, page: &Page) -> Result<Vec<EndpointRow>, StoreError> {
        fetch_all!(self, EndpointRow, sql::LIST_ENDPOINTS, &self.org, &page.after, page.limit)
    }

    /// The endpoints that are told about events.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enabled_endpoints(&mut self) -> Result<Vec<EndpointRow>, StoreError> {
        fetch_all!(self, EndpointRow, sql::ENABLED_ENDPOINTS, &self.org)
    }

    /// Writes everything about an endpoint that can change.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_endpoint(&mut self, row: &EndpointRow) -> Result<(), StoreError> {
        execute!(
            self,
            sql::CHANGE_ENDPOINT,
            &self.org,
            &row.id,
            &row.url,
            &row.description,
            &row.events,
            row.enabled,
            &row.disabled_reason,
            row.disabled_at_ms
        )?;
        Ok(())
    }

    /// Disables an endpoint that is enabled. Answers whether it was this call that did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn disable_endpoint(
        &mut self,
        id: &str,
        reason: &str,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, sql::DISABLE_ENDPOINT, &self.org, id, reason, now_ms)? == 1)
    }

    /// Deletes an endpoint with its secrets and its deliveries. The endpoint must be locked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_endpoint(&mut self, id: &str) -> Result<(), StoreError> {
        execute!(self, sql::DELETE_DELIVERIES, &self.org, id)?;
        execute!(self, sql::DELETE_SECRETS, &self.org, id)?;
        execute!(self, sql::DELETE_ENDPOINT, &self.org, id)?;
        Ok(())
    }

    /// Writes a sealed secret, without an end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_secret(
        &mut self,
        endpoint: &str,
        id: &str,
        sealed: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(self, sql::INSERT_SECRET, &self.org, endpoint, id, sealed, now_ms)?;
        Ok(())
    }

    /// The secrets of an endpoint that sign now, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_secrets(&mut self, endpoint: &str, now_ms: i64) -> Result<Vec<SecretRow>, StoreError> {
        fetch_all!(self, SecretRow, sql::LIVE_SECRETS, &self.org, endpoint, now_ms)
    }

    /// Finds a secret of an endpoint.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_secret(&mut self, endpoint: &str, id: &str) -> Result<Option<SecretRow>, StoreError> {
        fetch_optional!(self, SecretRow, sql::FIND_SECRET, &self.org, endpoint, id)
    }

    /// Every secret of the organization, whether it signs or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_secrets(&mut self) -> Result<Vec<SealedRow>, StoreError> {
        fetch_all!(self, SealedRow, sql::LIST_SECRETS, &self.org)
    }

    /// Writes a secret as it is sealed now, unless it is gone or was sealed anew meanwhile. Answers whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reseal_secret(&mut self, row: &SealedRow, sealed: &str) -> Result<bool, StoreError> {
        let SealedRow { endpoint_id, id, sealed: before } = row;
        Ok(execute!(self, sql::RESEAL_SECRET, &self.org, endpoint_id, id, before, sealed)? == 1)
    }

    /// Lets the present secret end at a time, and forgets those whose time is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_secret(
        &mut self,
        endpoint: &str,
        ends_at_ms: i64,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(self, sql::FORGET_SECRETS, &self.org, endpoint, now_ms)?;
        execute!(self, sql::END_SECRET, &self.org, endpoint, ends_at_ms)?;
        Ok(())
    }
}
