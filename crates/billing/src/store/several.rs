//! Statements about several rows by their keys, so that what many need is asked for once. One text each; the engines differ in
//! how they take a list (`$2`), and in that PostgreSQL locks rows.

use serde_json::json;

use crate::store::dialect::Engine;
use crate::store::macros::statements;
use crate::store::sql::{attempt_columns, method_columns};

macro_rules! several {
    ($among:literal, $and_among:literal, $for_update:literal, $for_no_key_update:literal, $skip_locked:literal) => {
        statements! {
            // In one order, so that two that lock the same do not wait for each other in turn.
            LOCK_INVOICES = concat!("SELECT id FROM invoices WHERE org_id = $1 AND id ", $among, " ORDER BY id", $for_update);
            LOCK_STANDINGS = concat!("SELECT ", attempt_columns!(), ", \
                (SELECT CAST(COUNT(*) AS BIGINT) FROM plans p WHERE p.org_id = attempts.org_id \
                    AND p.attempt_id = attempts.id AND p.status = 'pending') AS plans_waiting, \
                (SELECT CAST(COUNT(*) AS BIGINT) FROM planned_payments p WHERE p.org_id = attempts.org_id \
                    AND p.attempt_id = attempts.origin_id) AS planned \
                FROM attempts WHERE org_id = $1 AND id ", $among, " ORDER BY id", $for_no_key_update);
            // One statement for what is open and what is meant: every payment asks for it.
            OPEN_LINES = concat!("SELECT t.id AS attempt_id, i.id, i.amount, \
                (SELECT CAST(COALESCE(SUM(a.amount), 0) AS BIGINT) FROM allocations a \
                    WHERE a.org_id = i.org_id AND a.item_id = i.id) \
                + (SELECT CAST(COALESCE(SUM(c.amount), 0) AS BIGINT) FROM credit_allocations c \
                    WHERE c.org_id = i.org_id AND c.item_id = i.id) AS covered, \
                (SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM attempt_lines l \
                    WHERE l.org_id = t.org_id AND l.attempt_id = t.origin_id AND l.item_id = i.id) AS meant \
                FROM attempts t JOIN invoice_items i ON i.org_id = t.org_id AND i.invoice_id = t.invoice_id \
                WHERE t.org_id = $1 AND t.id ", $among, " AND i.org_id = $1 AND i.invoice_id ", $and_among, " \
                ORDER BY t.id, i.position");
            CLOSE_PAID_ITEMS = concat!("UPDATE action_items SET closed_at_ms = $3, closed_because = 'paid' \
                WHERE org_id = $1 AND closed_at_ms IS NULL AND kind IN ('charge_failed', 'debit_failed') AND subject IN \
                (SELECT a.id FROM attempts a WHERE a.org_id = $1 AND a.invoice_id ", $among, " \
                UNION ALL SELECT p.id FROM planned_payments p WHERE p.org_id = $1 AND p.invoice_id ", $among, ")");
            LIST_METHODS = concat!("SELECT ", method_columns!(), " FROM authorizations a \
                JOIN payment_methods m ON m.login_id = a.login_id AND m.id = a.method_id \
                WHERE a.org_id = $1 AND a.login_id ", $among, " AND m.vault = $3 AND a.revoked_at_ms IS NULL \
                AND m.removed_at_ms IS NULL ORDER BY m.id DESC");
            PEOPLE_OF_ACCOUNTS = concat!("SELECT id, name, account_id FROM people WHERE org_id = $1 AND account_id ", $among, " ORDER BY id");
            ENROLMENTS_OF = concat!("SELECT person_id, program, activity FROM enrolments WHERE org_id = $1 AND person_id ", $among,
                " ORDER BY person_id, program, activity");
            MEMBERSHIPS_OF = concat!("SELECT person_id, membership, from_on, until_on FROM memberships \
                WHERE org_id = $1 AND person_id ", $among, " ORDER BY person_id, membership, from_on");
            // Found by their keys, not among all that wait: see the attempts in sql.rs. What somebody else is giving out is left.
            GIVE_OUT_EVENTS = concat!("UPDATE outbox SET done_at_ms = $3, fence = fence + 1 \
                WHERE org_id = $1 AND id IN (SELECT o.id FROM outbox o WHERE o.org_id = $1 AND o.id ", $among, " \
                AND COALESCE(o.done_at_ms, 0) = 0", $skip_locked, ") RETURNING id, topic, subject, payload, created_at_ms");
        }
    };
}

pub(crate) mod sqlite {
    //! A list is JSON, and there is nothing to lock.
    use super::{attempt_columns, method_columns, statements};

    several!("IN (SELECT value FROM json_each($2))", "IN (SELECT value FROM json_each($3))", "", "", "");
}

pub(crate) mod postgres {
    //! A list is an array.
    use super::{attempt_columns, method_columns, statements};

    several!("= ANY($2)", "= ANY($3)", " FOR UPDATE", " FOR NO KEY UPDATE", " FOR UPDATE SKIP LOCKED");
}

/// The statements of this file for an engine.
pub(crate) fn statements(engine: Engine) -> &'static [(&'static str, &'static str)] {
    match engine {
        Engine::Sqlite => sqlite::ALL,
        Engine::Postgres => postgres::ALL,
    }
}

/// A list as SQLite takes it.
pub(crate) fn list(keys: &[&str]) -> String {
    json!(keys).to_string()
}
