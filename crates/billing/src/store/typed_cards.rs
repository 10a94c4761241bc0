//! Tries with typed cards, and how they ended.

use crate::store::StoreError;
use crate::store::dialect;
use crate::store::macros::{execute, fetch_optional, row, statements};
use crate::store::tx::{OrgTx, Tx};

/// Counts the newest tries by how they ended: as many as a rule could need, so that a busy organization's are not all read by each of
/// its payers. Where nothing was due the try is a verification, and where the card takes the place of a saved one an update.
macro_rules! tries {
    ($condition:literal) => {
        concat!(
            "SELECT CAST(COALESCE(SUM(CASE WHEN s.status IN ('declined', 'refused') THEN 1 ELSE 0 END), 0) AS BIGINT) AS refused, \
            CAST(COALESCE(SUM(CASE WHEN s.status IN ('created', 'sending', 'in_doubt') THEN 1 ELSE 0 END), 0) AS BIGINT) AS undecided, \
            CAST(COALESCE(SUM(CASE WHEN s.status IN ('succeeded', 'detaching', 'done') THEN 1 ELSE 0 END), 0) AS BIGINT) AS paid \
            FROM (SELECT COALESCE(a.status, v.status, u.status) AS status FROM (SELECT t.org_id, t.attempt_id FROM typed_cards t \
            WHERE t.org_id = $1 AND t.at_ms > $2", $condition, " ORDER BY t.at_ms DESC LIMIT 500) n \
            LEFT JOIN attempts a ON a.org_id = n.org_id AND a.id = n.attempt_id \
            LEFT JOIN setups v ON v.org_id = n.org_id AND v.id = n.attempt_id \
            LEFT JOIN method_updates u ON u.org_id = n.org_id AND u.id = n.attempt_id) s"
        )
    };
}

statements! {
    INSERT_TYPED_CARD = "INSERT INTO typed_cards (org_id, attempt_id, session_id, login_id, network, at_ms) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    TRIES_OF_SESSION = tries!(" AND t.session_id = $3");
    TRIES_OF_LOGIN = tries!(" AND t.login_id = $3");
    TRIES_OF_NETWORK = tries!(" AND t.network = $3");
    TRIES_OF_ALL = tries!("");
}

row! {
    /// How many tries ended how.
    TriesRow {
        /// Refused.
        refused: i64,
        /// Not decided yet.
        undecided: i64,
        /// Paid or verified.
        paid: i64,
    }
}

/// What tries have in common.
#[derive(Clone, Copy, Debug)]
pub enum Common<'a> {
    /// The session, `cks_…`.
    Session(&'a str),
    /// The client's login.
    Login(&'a str),
    /// The network address.
    Network(&'a str),
    /// The organization.
    Organization,
}

impl OrgTx {
    /// Waits for everybody else who tries a typed card from a network address: what is counted of it stays true until this
    /// transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_network(&mut self, network: &str) -> Result<(), StoreError> {
        if let Tx::Postgres(tx) = &mut self.tx {
            sqlx::query(dialect::postgres::LOCK_NETWORK)
                .bind(&self.org)
                .bind(network)
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }

    /// Notes a try with a typed card.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_typed_card(
        &mut self,
        attempt: &str,
        session: &str,
        login: &str,
        network: &str,
        at_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(self, INSERT_TYPED_CARD, &self.org, attempt, session, login, network, at_ms)?;
        Ok(())
    }

    /// How the tries since a moment ended that have something in common.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn typed_cards(&mut self, common: Common<'_>, since_ms: i64) -> Result<TriesRow, StoreError> {
        let (sql, what) = match common {
            Common::Session(what) => (TRIES_OF_SESSION, what),
            Common::Login(what) => (TRIES_OF_LOGIN, what),
            Common::Network(what) => (TRIES_OF_NETWORK, what),
            Common::Organization => {
                let found = fetch_optional!(self, TriesRow, TRIES_OF_ALL, &self.org, since_ms)?;
                return Ok(found.unwrap_or_default());
            }
        };
        Ok(fetch_optional!(self, TriesRow, sql, &self.org, since_ms, what)?.unwrap_or_default())
    }
}
