//! The few statements and settings in which the two engines differ.

use crate::store::macros::statements;
use crate::store::sql::attempt_columns;

/// Which database is behind the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, one machine.
    Sqlite,
    /// A server, several machines.
    Postgres,
}

pub(crate) mod sqlite {
    //! SQLite has one writer at a time, so that there is nothing to lock. It uses a partial index only where the index's
    //! own condition is repeated to the letter.
    use super::{attempt_columns, statements};

    statements! {
        LOCK_LOGIN = "SELECT id FROM logins WHERE id = $1";
        LOCK_ORGANIZATION = "SELECT org_id AS id FROM organizations WHERE org_id = $1";
        CLAIM_DUE = concat!("UPDATE attempts SET status = 'sending', fence = fence + 1, lease_owner = $1, \
            leased_until_ms = $2, due_at_ms = $2, sent_at_ms = $3, first_sent_at_ms = COALESCE(first_sent_at_ms, $3) \
            WHERE (org_id, id) IN (SELECT org_id, id FROM attempts \
            WHERE status = 'created' AND status IN ('created', 'sending', 'in_doubt') AND due_at_ms <= $3 \
            ORDER BY due_at_ms LIMIT $4) RETURNING ", attempt_columns!());
        LOCK_AUDIT_HEAD = "SELECT entries, hash FROM audit_heads WHERE org_id = $1";
        LOCK_RECEIPTS = "SELECT receipts AS number FROM organizations WHERE org_id = $1";
        RECORD_OUTCOME = "UPDATE attempts SET status = $4, processor_reference = $5, decline_code = $6, failure = $7, \
            due_at_ms = $8, decided_at_ms = $9, look_up_after = $10, look_up_began_at_ms = $11, challenge_url = $12, \
            challenge_until_ms = $13, challenge_given_up = $14, lease_owner = NULL, \
            leased_until_ms = NULL, fence = fence + 1 \
            WHERE org_id = $1 AND id = $2 AND fence = $3 AND status || '' IN ('sending', 'in_doubt')";
        COMPLETE_SESSION = "UPDATE checkout_sessions SET completed_by = $3 WHERE org_id = $1 AND id = $2 AND completed_by IS NULL";
        FORGET_KEYS = "DELETE FROM idempotency_keys WHERE org_id = $1 AND key IN (SELECT key FROM idempotency_keys \
            WHERE org_id = $1 AND started_at_ms < $2 ORDER BY started_at_ms LIMIT 20)";
        LOCK_ENDPOINT = "SELECT id FROM webhook_endpoints WHERE org_id = $1 AND id = $2";
        DUE_DELIVERIES = "SELECT d.org_id, d.id, d.endpoint_id FROM webhook_endpoints e \
            CROSS JOIN webhook_deliveries d ON d.org_id = e.org_id AND d.id IN (SELECT w.id FROM webhook_deliveries w \
                WHERE w.org_id = e.org_id AND w.endpoint_id = e.id AND w.status = 'waiting' AND w.due_at_ms <= $1 \
                ORDER BY w.due_at_ms LIMIT $2) \
            WHERE e.enabled = 1 ORDER BY d.due_at_ms, d.id LIMIT $3";
        JOURNAL_MODE = "SELECT journal_mode AS id FROM pragma_journal_mode";
        SYNCHRONOUS = "SELECT CAST(synchronous AS TEXT) AS id FROM pragma_synchronous";
        FOREIGN_KEYS = "SELECT CAST(foreign_keys AS TEXT) AS id FROM pragma_foreign_keys";
    }
}

pub(crate) mod postgres {
    //! PostgreSQL locks rows, and is told for whom a transaction acts.
    use super::{attempt_columns, statements};

    statements! {
        LOCK_LOGIN = "SELECT id FROM logins WHERE id = $1 FOR UPDATE";
        // Of the transaction, and of nothing that is stored: two of them may share it by chance, which only makes one wait.
        LOCK_NETWORK = "SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0)) IS NULL AS id";
        LOCK_ORGANIZATION = "SELECT org_id AS id FROM organizations WHERE org_id = $1 FOR UPDATE";
        CLAIM_DUE = concat!("UPDATE attempts SET status = 'sending', fence = fence + 1, lease_owner = $1, \
            leased_until_ms = $2, due_at_ms = $2, sent_at_ms = $3, first_sent_at_ms = COALESCE(first_sent_at_ms, $3) \
            WHERE (org_id, id) IN (SELECT org_id, id FROM attempts \
            WHERE status = 'created' AND due_at_ms <= $3 ORDER BY due_at_ms LIMIT $4 FOR UPDATE SKIP LOCKED) RETURNING ",
            attempt_columns!());
        HINT = "SELECT pg_notify('paydesk_work', '') IS NULL AS id";
        LOCK_AUDIT_HEAD = "SELECT entries, hash FROM audit_heads WHERE org_id = $1 FOR UPDATE";
        LOCK_RECEIPTS = "SELECT receipts AS number FROM organizations WHERE org_id = $1 FOR NO KEY UPDATE";
        // The keys are named twice, so that the rows are found by them and never all of them read.
        RECORD_OUTCOMES = "UPDATE attempts a SET status = o.status, processor_reference = o.processor_reference, \
            decline_code = o.decline_code, failure = o.failure, due_at_ms = o.due_at_ms, decided_at_ms = o.decided_at_ms, \
            look_up_after = o.look_up_after, look_up_began_at_ms = o.look_up_began_at_ms, challenge_url = o.challenge_url, \
            challenge_until_ms = o.challenge_until_ms, challenge_given_up = o.challenge_given_up, lease_owner = NULL, \
            leased_until_ms = NULL, fence = a.fence + 1 FROM json_populate_recordset(NULL::attempts, CAST($3 AS json)) o \
            WHERE a.org_id = $1 AND a.id = ANY($2) AND a.id = o.id AND a.fence = o.fence \
            AND a.status || '' IN ('sending', 'in_doubt')";
        COMPLETE_SESSIONS = "UPDATE checkout_sessions s SET completed_by = o.completed_by \
            FROM json_populate_recordset(NULL::checkout_sessions, CAST($3 AS json)) o \
            WHERE s.org_id = $1 AND s.id = ANY($2) AND s.id = o.id AND s.completed_by IS NULL";
        FORGET_KEYS = "DELETE FROM idempotency_keys WHERE org_id = $1 AND key IN (SELECT key FROM idempotency_keys \
            WHERE org_id = $1 AND started_at_ms < $2 ORDER BY started_at_ms LIMIT 20 FOR UPDATE SKIP LOCKED)";
        LOCK_ENDPOINT = "SELECT id FROM webhook_endpoints WHERE org_id = $1 AND id = $2 FOR UPDATE";
        DUE_DELIVERIES = "SELECT d.org_id, d.id, d.endpoint_id FROM webhook_endpoints e \
            CROSS JOIN LATERAL (SELECT w.org_id, w.id, w.endpoint_id, w.due_at_ms FROM webhook_deliveries w \
                WHERE w.org_id = e.org_id AND w.endpoint_id = e.id AND w.status = 'waiting' AND w.due_at_ms <= $1 \
                ORDER BY w.due_at_ms LIMIT $2) d \
            WHERE e.enabled = 1 ORDER BY d.due_at_ms, d.id LIMIT $3";
        SYNCHRONOUS_COMMIT = "SELECT current_setting('synchronous_commit') AS id";
        ACT_AS = "SELECT set_config($1, $2, true) AS id";
    }
}

/// The statements of this file for an engine.
pub(crate) fn statements(engine: Engine) -> &'static [(&'static str, &'static str)] {
    match engine {
        Engine::Sqlite => sqlite::ALL,
        Engine::Postgres => postgres::ALL,
    }
}

/// The settings that durability rests on, and how they are read.
pub(crate) fn durability(engine: Engine) -> &'static [(&'static str, &'static str)] {
    match engine {
        Engine::Sqlite => &[
            ("journal_mode", sqlite::JOURNAL_MODE),
            ("synchronous", sqlite::SYNCHRONOUS),
            ("foreign_keys", sqlite::FOREIGN_KEYS),
        ],
        // Whether the server itself syncs is its operator's affair; a test server may well not.
        Engine::Postgres => &[("synchronous_commit", postgres::SYNCHRONOUS_COMMIT)],
    }
}
