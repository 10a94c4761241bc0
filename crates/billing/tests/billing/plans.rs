//! How each engine goes about the statements of the queue: by an index that holds only what is not decided yet, however
//! many attempts are over.

use paydesk_billing::store::{self, statements};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};

use crate::support::{Database, Engine, on_both};

on_both! { the_queue_is_read_by_its_index; one_row_is_found_by_its_key; }

/// What the queue is asked all the time, and the index that must answer.
const QUEUE: [(&str, &str); 12] = [
    ("CLAIM_DUE", "attempts_due"),
    ("DUE_ATTEMPTS", "attempts_due"),
    ("DUE_RETRIES", "retries_due"),
    ("DUE_PLANNED", "planned_payments_due"),
    ("DUE_SETUPS", "setups_due"),
    ("DUE_CHECKS", "payments_to_check"),
    ("DUE_REFUNDS", "refunds_due"),
    ("DUE_PROCESSOR_EVENTS", "processor_events_due"),
    ("DUE_EVENTS", "outbox_due"),
    ("OLD_EVENTS", "outbox_over"),
    ("OLD_DELIVERIES", "webhook_deliveries_over"),
    ("OLD_TYPED_CARDS", "typed_cards_over"),
];
/// What is asked of one debt. PostgreSQL chooses among indexes by what the tables hold: only SQLite's choice is known.
const ONE_DEBT: [(&str, &str); 3] = [
    ("LIVE_ATTEMPT", "attempts_one_live"),
    ("SENT_FOR", "attempts_by_origin"),
    ("SENT_BY_MERCHANT", "attempts_by_invoice"),
];

/// What is asked of one row by its key. PostgreSQL must not go through the queue instead, which its figures may still call
/// empty when ten thousand rows have just fallen due: each of them would then be looked for among all of them.
const BY_KEY: [(&str, &str); 17] = [
    ("RECORD_OUTCOME", "attempts"),
    ("KEEP_ATTEMPT_METHOD", "attempts"),
    ("CLAIM_LOOK_UP", "attempts"),
    ("KEEP_BACK", "attempts"),
    ("EXPIRE_LEASE", "attempts"),
    ("CLAIM_REFUND", "refunds"),
    ("CLAIM_REFUND_LOOK_UP", "refunds"),
    ("EXPIRE_REFUND_LEASE", "refunds"),
    ("ASK_REFUND_AGAIN", "refunds"),
    ("CLAIM_PLANNED", "planned_payments"),
    ("CLAIM_SETUP", "setups"),
    ("DECIDE_SETUP", "setups"),
    ("GIVE_OUT_EVENT", "outbox"),
    ("FORGET_EVENT", "outbox"),
    ("FORGET_DELIVERY", "webhook_deliveries"),
    ("CLAIM_PROCESSOR_EVENT", "processor_events"),
    ("SETTLE_PROCESSOR_EVENT", "processor_events"),
];

/// Positive control: a plain `status = 'in_doubt'` beside the key. Each of them but `KEEP_BACK` was found in this way.
async fn one_row_is_found_by_its_key(engine: Engine) {
    let database = Database::fresh(engine).await;
    database.open().await.close().await;
    let known = if engine == Engine::Sqlite { store::Engine::Sqlite } else { store::Engine::Postgres };
    if engine == Engine::Postgres {
        nothing_waits(&database).await;
    }
    let all = statements(known);
    let mut wrong = Vec::new();
    for (name, table) in BY_KEY {
        let (_, sql) = all.iter().find(|(known, _)| *known == name).expect("the statement is there");
        let (plan, key) = match engine {
            Engine::Sqlite => (sqlite_plan(&database, sql).await, format!("sqlite_autoindex_{table}_1")),
            Engine::Postgres => (postgres_plan(&database, sql).await, format!("{table}_pkey")),
        };
        if !plan.contains(&key) {
            wrong.push(format!("{name}: {plan}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Positive control: `status = 'created'` alone in CLAIM_DUE, which SQLite does not take for a part of the index's
/// condition: it reads the whole table (found so).
async fn the_queue_is_read_by_its_index(engine: Engine) {
    let database = Database::fresh(engine).await;
    database.open().await.close().await;
    let (known, asked) = match engine {
        Engine::Sqlite => (store::Engine::Sqlite, [&QUEUE[..], &ONE_DEBT].concat()),
        Engine::Postgres => (store::Engine::Postgres, QUEUE.to_vec()),
    };
    let all = statements(known);
    for (name, index) in asked {
        let (_, sql) = all.iter().find(|(known, _)| *known == name).expect("the statement is there");
        let plan = match engine {
            Engine::Sqlite => sqlite_plan(&database, sql).await,
            Engine::Postgres => postgres_plan(&database, sql).await,
        };
        assert!(plan.contains(index), "{name}: {plan}");
        for table in ["attempts", "payments", "refunds", "outbox", "webhook_deliveries", "processor_events"] {
            let whole = [format!("SCAN {table}\n"), format!("Seq Scan on {table}")];
            assert!(whole.iter().all(|scan| !plan.contains(scan.as_str())), "{name}: {plan}");
        }
    }
}

/// Tables that have been in use, counted at a moment when everything was decided.
async fn nothing_waits(database: &Database) {
    let mut hand = database.tamperer().await;
    let attempts = "INSERT INTO attempts (org_id, id, origin_id, kind, initiation, account_id, login_id, invoice_id, amount, \
        currency, method_id, vault, save, request_hash, idempotency_key, status, due_at_ms, created_at_ms, sent_at_ms) \
        SELECT 'org', 'att' || n, 'att' || n, 'card', 'installment', 'acc' || n % 50, 'log', 'inv' || n, 100, 'CAD', 'pm', \
        'default', 0, 'hash', 'key' || n, 'succeeded', n, n, n FROM generate_series(1, 2000) n";
    let outbox = "INSERT INTO outbox (org_id, id, topic, subject, created_at_ms, due_at_ms, done_at_ms) \
        SELECT 'org', 'out' || n, 'payment.succeeded', 'pay' || n, n, n, n FROM generate_series(1, 2000) n";
    let events = "INSERT INTO processor_events (vault, id, kind, facts, source, status, due_at_ms, happened_at_ms, \
        received_at_ms) SELECT 'default', 'evt' || n, 'charge', '{}', 'poll', 'applied', n, n, n FROM generate_series(1, 2000) n";
    let payments = "INSERT INTO payments (org_id, id, account_id, invoice_id, attempt_id, kind, status, amount, currency, \
        processor_reference, paid_at_ms) SELECT 'org', 'pay' || n, 'acc', 'inv' || n, 'att' || n, 'card', 'succeeded', 100, \
        'CAD', 'pi' || n, n FROM generate_series(1, 2000) n";
    let refunds = "INSERT INTO refunds (org_id, id, payment_id, account_id, invoice_id, kind, amount, currency, \
        idempotency_key, status, detail, due_at_ms, created_at_ms) SELECT 'org', 'ref' || n, 'pay' || n, 'acc', 'inv' || n, \
        'refund', 100, 'CAD', 'key' || n, 'succeeded', 're' || n, n, n FROM generate_series(1, 2000) n";
    let deliveries = "INSERT INTO webhook_deliveries (org_id, id, event_id, endpoint_id, replay, status, due_at_ms, \
        created_at_ms, done_at_ms) SELECT 'org', 'whd' || n, 'out' || n, 'whe', 0, 'delivered', n, n, n \
        FROM generate_series(1, 2000) n";
    let planned = "INSERT INTO planned_payments (org_id, id, plan_id, seq, initiation, account_id, login_id, method_id, invoice_id, \
        amount, currency, lines, due_on, due_at_ms, status, attempt_id, created_at_ms) SELECT 'org', 'ppm' || n, 'pln' || n / 4, n, \
        'installment', 'acc' || n % 50, 'log', 'pm' || n % 50, 'inv' || n / 4, 100, 'CAD', '[]', '2026-01-01', n, 'paid', 'att' || n, n \
        FROM generate_series(1, 2000) n";
    let setups = "INSERT INTO setups (org_id, id, session_id, origin_id, account_id, login_id, invoice_id, amount, currency, kind, \
        initiation, method_id, vault, save, request_hash, idempotency_key, status, due_at_ms, created_at_ms) SELECT 'org', \
        'att' || n, 'cks' || n, 'att' || n, 'acc', 'log', 'inv' || n, 0, 'CAD', 'card', 'payer', 'pm', 'default', 0, 'hash', \
        'key' || n, 'succeeded', n, n FROM generate_series(1, 2000) n";
    for fill in [attempts, outbox, events, payments, refunds, deliveries, planned, setups] {
        hand.change(2_000, fill.to_owned()).await;
    }
    hand.change(0, "ANALYZE".to_owned()).await;
}

async fn sqlite_plan(database: &Database, sql: &str) -> String {
    let mut connection = SqliteConnection::connect(&database.url).await.unwrap();
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let rows = sqlx::query(explain).fetch_all(&mut connection).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>("detail") + "\n").collect()
}

/// For parameters of any value. What a small table is read by says nothing of a large one: reading all of it is
/// made dear.
async fn postgres_plan(database: &Database, sql: &str) -> String {
    let mut connection = PgConnection::connect(&database.url).await.unwrap();
    for setting in ["SET enable_seqscan = off", "SET plan_cache_mode = force_generic_plan"] {
        sqlx::query(setting).execute(&mut connection).await.unwrap();
    }
    let prepare = AssertSqlSafe(format!("PREPARE asked AS {sql}"));
    sqlx::raw_sql(prepare).execute(&mut connection).await.unwrap();
    let parameters = (1..=30).rev().find(|number| sql.contains(&format!("${number}"))).unwrap();
    let nothing = vec!["NULL"; parameters].join(", ");
    let explain = AssertSqlSafe(format!("EXPLAIN EXECUTE asked ({nothing})"));
    let rows = sqlx::raw_sql(explain).fetch_all(&mut connection).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0) + "\n").collect()
}
