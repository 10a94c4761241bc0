//! Audit entries: noted while a transaction works, appended when it commits, chained by their hashes.
//!
//! The appending comes last, after everything else that the transaction does: whoever holds an organization's head
//! waits for no other lock until it commits, so that the head can be part of no deadlock, whatever was locked before.

use paydesk_domain::id::OrganizationId;

use crate::store::actor::Actor;
use crate::store::audit_hash::entry_hash;
use crate::store::db::Store;
use crate::store::inserts::{Insert, insert_rows};
use crate::store::macros::{fetch_all, fetch_optional, row, statements};
use crate::store::tx::{IdRow, OrgTx, Page, Tx};
use crate::store::{StoreError, dialect};

macro_rules! audit_columns {
    () => {
        "seq, id, at_ms, actor_kind, actor, action, subject, origin, outcome, detail, prev_hash, hash"
    };
}

statements! {
    INSERT_AUDIT_ENTRY = concat!("INSERT INTO audit_entries (org_id, ", audit_columns!(), ") \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
    // One statement, so that all of it is of one moment.
    AUDIT_HEAD = "SELECT h.entries, h.hash, \
        (SELECT MAX(e.seq) FROM audit_entries e WHERE e.org_id = h.org_id) AS last FROM audit_heads h WHERE h.org_id = $1";
    AUDIT_AFTER = concat!("SELECT ", audit_columns!(), " FROM audit_entries \
        WHERE org_id = $1 AND seq > $2 ORDER BY seq LIMIT $3");
    LIST_AUDIT = concat!("SELECT ", audit_columns!(), " FROM audit_entries WHERE org_id = $1 \
        AND ($2 = '' OR seq < (SELECT c.seq FROM audit_entries c WHERE c.org_id = $1 AND c.id = $2)) \
        AND ($3 = '' OR subject = $3) AND ($4 = '' OR action = $4) ORDER BY seq DESC LIMIT $5");
    EVERY_ORGANIZATION = "SELECT org_id AS id FROM organizations WHERE org_id > $1 ORDER BY org_id LIMIT $2";
}

pub(crate) static ENTRIES: Insert = Insert::new(INSERT_AUDIT_ENTRY);

/// What happened, to be put into the audit log. Who did it is known from the transaction.
#[derive(Clone, Debug)]
pub struct NewAuditEntry {
    /// `aud_…`.
    pub id: String,
    /// When it happened.
    pub at_ms: i64,
    /// What happened, such as `invoice.created`.
    pub action: &'static str,
    /// The id of what it happened to.
    pub subject: String,
    /// `success`, `failure` or `unknown`.
    pub outcome: &'static str,
    /// More about it, as JSON: ids, amounts and states, never anything that a person typed.
    pub detail: String,
}

/// Which entries are wanted. An empty filter lets everything through.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// What they are about.
    pub subject: String,
    /// What happened.
    pub action: String,
}

row! {
    /// An entry as it is stored.
    AuditRow {
        /// Counts up from 1 in each organization, without a gap.
        seq: i64,
        /// `aud_…`.
        id: String,
        /// When it happened.
        at_ms: i64,
        /// What kind of actor.
        actor_kind: String,
        /// Which one: a key's id, a session's id, a user of the system.
        actor: String,
        /// What happened.
        action: String,
        /// The id of what it happened to.
        subject: String,
        /// The network address that it was asked from, where there is one.
        origin: Option<String>,
        /// `success`, `failure` or `unknown`.
        outcome: String,
        /// More about it, as JSON.
        detail: String,
        /// The hash of the entry before.
        prev_hash: String,
        /// The hash of this one.
        hash: String,
    }
}

row! {
    /// Where an organization's chain ends.
    AuditHead {
        /// How many entries there are.
        entries: i64,
        /// The hash of the last one.
        hash: String,
        /// The highest number among the entries themselves.
        last: Option<i64>,
    }
}

row! {
    /// The end of a chain that is about to be continued.
    EndRow {
        /// How many entries there are.
        entries: i64,
        /// The hash of the last one.
        hash: String,
    }
}

impl Store {
    /// The ids of organizations, in order, after the id `after`. Only for whoever looks after every one: verifies
    /// the audit log, or wipes what is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn organizations_after(
        &self,
        after: &str,
        limit: i64,
    ) -> Result<Vec<OrganizationId>, StoreError> {
        let mut door = self.door("paydesk.auditor", "on").await?;
        let rows = fetch_all!(door, IdRow, EVERY_ORGANIZATION, after, limit)?;
        rows.into_iter()
            .map(|row| row.id.parse().map_err(|_| StoreError::Unreadable("organization id")))
            .collect()
    }
}

impl OrgTx {
    /// Notes what goes into the audit log when this transaction commits.
    pub fn audit(&mut self, entry: NewAuditEntry) {
        self.audited.push((self.actor.clone(), entry));
    }

    /// Appends what was noted. Part of the commit, as its last step.
    pub(crate) async fn append_audited(&mut self) -> Result<(), StoreError> {
        let entries = std::mem::take(&mut self.audited);
        if entries.is_empty() {
            return Ok(());
        }
        let sql = match &self.tx {
            Tx::Sqlite(_) => dialect::sqlite::LOCK_AUDIT_HEAD,
            Tx::Postgres(_) => dialect::postgres::LOCK_AUDIT_HEAD,
        };
        let mut end = fetch_optional!(self, EndRow, sql, &self.org)?
            .ok_or(StoreError::Unreadable("head of the audit log"))?;
        let mut rows = Vec::new();
        for (actor, new) in entries {
            let row = self.chained(&actor, new, &end);
            end = EndRow { entries: row.seq, hash: row.hash.clone() };
            rows.push(row);
        }
        let org = &self.org;
        insert_rows!(self, ENTRIES, rows, row => org, row.seq, &row.id, row.at_ms,
            &row.actor_kind, &row.actor, &row.action, &row.subject, &row.origin, &row.outcome, &row.detail,
            &row.prev_hash, &row.hash);
        Ok(())
    }

    /// The entry as it follows the end of the chain.
    fn chained(&self, actor: &Actor, new: NewAuditEntry, end: &EndRow) -> AuditRow {
        let row = AuditRow {
            seq: end.entries.saturating_add(1),
            id: new.id,
            at_ms: new.at_ms,
            actor_kind: actor.kind().to_owned(),
            actor: actor.name().to_owned(),
            action: new.action.to_owned(),
            subject: new.subject,
            origin: actor.address().map(str::to_owned),
            outcome: new.outcome.to_owned(),
            detail: new.detail,
            prev_hash: end.hash.clone(),
            hash: String::new(),
        };
        AuditRow { hash: entry_hash(&self.org, &row), ..row }
    }

    /// Where the chain ends. `None` when this organization has no head, which none should lack.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_head(&mut self) -> Result<Option<AuditHead>, StoreError> {
        fetch_optional!(self, AuditHead, AUDIT_HEAD, &self.org)
    }

    /// Reads entries in the order of the chain, after the number `seq`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_after(&mut self, seq: i64, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
        fetch_all!(self, AuditRow, AUDIT_AFTER, &self.org, seq, limit)
    }

    /// Lists entries, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_audit(
        &mut self,
        page: &Page,
        filter: &AuditFilter,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let AuditFilter { subject, action } = filter;
        fetch_all!(self, AuditRow, LIST_AUDIT, &self.org, &page.after, subject, action, page.limit)
    }
}
