//! The audit log: what is in it, that it has no gaps, that what is written stays, and who may read it.

use std::time::Duration;

use paydesk_billing::app::verify_audit::{Anchors, Whole, verify_chain};
use paydesk_billing::store::{AuditRow, BEFORE_THE_FIRST, NewAuditEntry, Tenant};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

use crate::support::{Database, Engine, Stack, fresh, on_both, organization};

on_both! {
    a_story_is_in_the_chain;
    writers_leave_no_gap;
    the_database_itself_refuses;
    entries_are_listed;
    an_older_database_begins_its_chains;
}

pub fn tenant(stack: &Stack) -> Tenant {
    stack.app.store.organization(stack.organization.clone())
}

pub async fn whole(tenant: &Tenant) -> Whole {
    verify_chain(tenant, &Anchors::default()).await.unwrap().expect("the chain is whole")
}

pub async fn entries(tenant: &Tenant) -> Vec<AuditRow> {
    tenant.read().await.unwrap().audit_after(0, 100_000).await.unwrap()
}

pub fn happened(subject: &str) -> NewAuditEntry {
    NewAuditEntry {
        id: fresh("aud_"),
        at_ms: 1_790_000_000_000,
        action: "test.happened",
        subject: subject.to_owned(),
        outcome: "success",
        detail: json!({"amount": 5}).to_string(),
    }
}

/// Positive control: a `note(…)` that is taken out of a use case is missed here, and without the actor in
/// `organization_of` what the key did is put down to the worker (both tried).
async fn a_story_is_in_the_chain(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (invoice, secret) = stack.open().await;
    let declined = stack.with_card("4000000000009995", 6_250).await;
    stack.confirm(&secret, &declined).await.expect(200);
    let mut body = stack.with_card("4242424242424242", 6_250).await;
    body["save"] = json!(true);
    body["consent_version"] = json!("save-card-1");
    body["consent_locale"] = json!("en");
    let lost = json!({"type": "drop_answer", "when": "before"});
    stack
        .scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": lost, "times": 1}))
        .await;
    stack.confirm(&secret, &body).await.expect(202);
    // Still nothing, then nothing that can be believed, then sent again.
    for seconds in [30, 120, 0] {
        stack.clock.advance(Duration::from_secs(seconds));
        stack.app.sweep().await.unwrap();
    }
    assert_eq!(stack.status(&secret).await.at("/attempt/status"), "succeeded");

    let rows = entries(&tenant(&stack)).await;
    let told: Vec<(&str, &str, &str)> =
        rows.iter().map(|row| (row.action.as_str(), row.actor_kind.as_str(), row.outcome.as_str())).collect();
    let (shell, key, payer, worker) = ("command_line", "api_key", "checkout_session", "worker");
    let wanted = [
        ("organization.created", shell, "success"),
        ("origin.registered", shell, "success"),
        ("api_key.created", shell, "success"),
        ("client.created", key, "success"),
        ("invoice.created", key, "success"),
        ("checkout_session.created", key, "success"),
        ("checkout_session.secret_issued", key, "success"),
        ("attempt.created", payer, "success"),
        ("attempt.declined", payer, "failure"),
        ("attempt.created", payer, "success"),
        ("attempt.in_doubt", payer, "unknown"),
        ("attempt.absent", worker, "failure"),
        ("payment_method.saved", worker, "success"),
        ("authorization.given", worker, "success"),
        ("attempt.succeeded", worker, "success"),
    ];
    assert_eq!(told, wanted);
    let session = stack.view(&secret).await.at("/session/id");
    for row in &rows {
        let (actor, origin) = match row.actor_kind.as_str() {
            "api_key" => (rows[2].subject.as_str(), Some("127.0.0.1")),
            "checkout_session" => (session.as_str(), Some("127.0.0.1")),
            "command_line" => ("test", None),
            _ => ("worker", None),
        };
        assert_eq!((row.actor.as_str(), row.origin.as_deref()), (actor, origin), "{row:?}");
        assert!(serde_json::from_str::<Value>(&row.detail).unwrap().is_object());
    }
    assert_eq!(rows[4].subject, invoice);
    let detail: Value = serde_json::from_str(&rows[8].detail).unwrap();
    assert_eq!(
        (&detail["amount"], &detail["decline"], &detail["from"]),
        (&json!(6_250), &json!("insufficient_funds"), &json!("sending"))
    );
    // Not in hashes and times, where four digits stand by chance.
    let said = rows.iter().map(|row| (&row.actor, &row.subject, &row.origin, &row.detail));
    let text = format!("{:?}", said.collect::<Vec<_>>());
    let token = body["token"].as_str().unwrap();
    for private in ["Kim", "kim@", "120 Rue", "4242", "9995", token, &secret, &stack.key, "Swimming"] {
        assert!(!text.contains(private), "the audit log holds {private}");
    }
    let end = whole(&tenant(&stack)).await;
    assert_eq!((end.entries, &end.head), (15, &rows.last().unwrap().hash));

    // Doing it again changes nothing, and says nothing.
    stack.confirm(&secret, &body).await.expect(200);
    stack.confirm(&secret, &declined).await.expect(200);
    assert_eq!(whole(&tenant(&stack)).await, end);
    // What is refused has not happened.
    stack.write("/v1/clients", json!({"login": {"name": " "}})).await.expect(400);
    assert_eq!(whole(&tenant(&stack)).await, end);
}

/// Positive control: `LOCK_AUDIT_HEAD` without `FOR UPDATE` lets two writers take the same place on PostgreSQL, and the
/// second is refused (tried).
async fn writers_leave_no_gap(engine: Engine) {
    const WRITERS: i64 = 20;
    const ROUNDS: i64 = 10;
    let stack = Stack::start(engine).await;
    let before = whole(&tenant(&stack)).await.entries;
    let (other, _) = stack.second_process().await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = if writer % 2 == 0 { &stack.app.store } else { &other.store };
            let tenant = store.organization(stack.organization.clone());
            tokio::spawn(async move {
                for round in 0..ROUNDS {
                    let mut tx = tenant.write().await.unwrap();
                    tx.audit(happened(&format!("{writer}.{round}")));
                    // Locked after the entry was noted, by some: it is appended after this all the same.
                    if writer % 3 == 0 {
                        tx.next_receipt_number().await.unwrap();
                    }
                    tx.audit(happened("second"));
                    // Every fifth is given up, and leaves no trace.
                    if round % 5 == 4 { tx.rollback().await.unwrap() } else { tx.commit().await.unwrap() }
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let end = whole(&tenant(&stack)).await;
    assert_eq!(end.entries, before + WRITERS * ROUNDS / 5 * 4 * 2);
    let rows = entries(&tenant(&stack)).await;
    assert!(rows.iter().map(|row| row.seq).eq(1..=end.entries));
}

/// As the role that serves. Positive control: the same statements go through once the triggers are gone, which
/// `audit_tampering` lives on.
async fn the_database_itself_refuses(engine: Engine) {
    let stack = Stack::start(engine).await;
    let other = organization(&stack.app, "Elsewhere").await.0;
    let end = whole(&tenant(&stack)).await;
    let rest = "'aud_x', 1, 'worker', 'worker', 'a', 's', NULL, 'success', '{}'";
    let insert = |seq: i64, prev: &str| {
        let org = &stack.organization;
        let columns = "org_id, seq, id, at_ms, actor_kind, actor, action, subject, origin, outcome, detail, prev_hash, hash";
        format!(
            "INSERT INTO audit_entries ({columns}) VALUES ('{org}', {seq}, {rest}, '{prev}', '{}')",
            "f".repeat(64)
        )
    };
    let mut refused = vec![
        "UPDATE audit_entries SET detail = '{}'".to_owned(),
        "UPDATE audit_entries SET seq = seq + 1000".to_owned(),
        "DELETE FROM audit_entries".to_owned(),
        "DELETE FROM audit_entries WHERE seq = 3".to_owned(),
        "UPDATE audit_heads SET entries = entries - 1".to_owned(),
        "UPDATE audit_heads SET entries = entries + 1".to_owned(),
        "UPDATE audit_heads SET entries = 0".to_owned(),
        format!("UPDATE audit_heads SET hash = '{}'", "f".repeat(64)),
        "DELETE FROM audit_heads".to_owned(),
        insert(end.entries, &end.head),
        insert(end.entries + 2, &end.head),
        insert(end.entries + 1, BEFORE_THE_FIRST),
    ];
    if engine == Engine::Sqlite {
        let again = format!("('{}', 0, '{BEFORE_THE_FIRST}')", stack.organization);
        refused.push(format!("INSERT OR REPLACE INTO audit_heads (org_id, entries, hash) VALUES {again}"));
        // The right place in the chain, over the body of an entry that has the same id.
        let id = &entries(&tenant(&stack)).await[0].id;
        let over = insert(end.entries + 1, &end.head).replace("aud_x", id);
        refused.push(over.replace("INSERT", "INSERT OR REPLACE"));
    } else {
        refused.push("TRUNCATE audit_entries".to_owned());
        refused.push("TRUNCATE audit_heads CASCADE".to_owned());
    }
    for sql in refused {
        let done = execute(&stack.database, stack.organization.as_str(), &sql).await;
        let said = done.expect_err(&sql).to_string();
        assert!(
            said.contains("audit:") || said.contains("UNIQUE") || said.contains("unique"),
            "{sql}: {said}"
        );
        assert_eq!(whole(&tenant(&stack)).await, end, "{sql}");
    }
    // An entry for another organization is refused by row-level security, where there is such a thing.
    if engine == Engine::Postgres {
        let sql = insert(4, &end.head);
        let said = execute(&stack.database, other.as_str(), &sql).await.unwrap_err().to_string();
        assert!(said.contains("row-level security"), "{said}");
    }
    // The next one in its place is taken, whatever its hash: that is the verifier's to judge.
    execute(&stack.database, stack.organization.as_str(), &insert(end.entries + 1, &end.head)).await.unwrap();
    let flaw = verify_chain(&tenant(&stack), &Anchors::default()).await.unwrap().unwrap_err();
    assert_eq!((flaw.seq, flaw.wrong.as_str()), (end.entries + 1, "hash"));
}

/// As the role that serves, in the name of an organization.
async fn execute(database: &Database, organization: &str, sql: &str) -> Result<(), sqlx::Error> {
    let sql = AssertSqlSafe(sql.to_owned());
    if database.url.starts_with("sqlite") {
        let mut connection = SqliteConnection::connect(&database.url).await?;
        return sqlx::query(sql).execute(&mut connection).await.map(|_| ());
    }
    let mut connection = PgConnection::connect(&database.url).await?;
    let act = sqlx::query("SELECT set_config('paydesk.organization', $1, false)").bind(organization);
    act.execute(&mut connection).await?;
    sqlx::query(sql).execute(&mut connection).await.map(|_| ())
}

async fn entries_are_listed(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (invoice, _) = stack.open().await;
    let rows = entries(&tenant(&stack)).await;
    let first = stack.read("/v1/audit_entries?limit=3").await.expect(200).json();
    let second = stack
        .read(&format!("/v1/audit_entries?limit=100&cursor={}", first["next_cursor"].as_str().unwrap()))
        .await;
    let second = second.expect(200).json();
    assert_eq!(second["next_cursor"], Value::Null);
    let listed = [&first, &second].map(|page| page["data"].as_array().unwrap().clone()).concat();
    let listed: Vec<&str> = listed.iter().map(|entry| entry["hash"].as_str().unwrap()).collect();
    assert!(rows.iter().rev().map(|row| row.hash.as_str()).eq(listed), "all of them, the last one first");

    let of_invoice = stack.read(&format!("/v1/audit_entries?subject={invoice}")).await.expect(200).json();
    let entry = &of_invoice["data"][0];
    assert_eq!(of_invoice["data"].as_array().unwrap().len(), 1);
    assert_eq!((&entry["action"], &entry["outcome"]), (&json!("invoice.created"), &json!("success")));
    assert_eq!((&entry["detail"]["amount"], &entry["origin"]), (&json!(6_250), &json!("127.0.0.1")));
    assert_eq!((&entry["seq"], &entry["actor"]), (&json!(5), &json!(rows[2].subject)));
    let keys = stack.read("/v1/audit_entries?action=api_key.created").await.expect(200).json();
    assert_eq!(keys["data"].as_array().unwrap().len(), 1);
    let both = format!("/v1/audit_entries?action=api_key.created&subject={invoice}");
    assert_eq!(stack.read(&both).await.expect(200).json()["data"], json!([]));
    // Another organization has its own beginning, and sees nothing of this one.
    let (_, other) = organization(&stack.app, "Elsewhere").await;
    let own = stack.read_as(&other, "/v1/audit_entries").await.expect(200).json();
    assert_eq!(own["data"].as_array().unwrap().len(), 3);
    let foreign = stack.read_as(&other, &format!("/v1/audit_entries?subject={invoice}")).await;
    assert_eq!(foreign.expect(200).json()["data"], json!([]));
    let cursor = format!("/v1/audit_entries?cursor={}", rows[3].id);
    assert_eq!(stack.read_as(&other, &cursor).await.expect(200).json()["data"], json!([]));
}

/// An organization that is older than the audit log: its chain begins at nothing, and is not taken for a cut-off one.
async fn an_older_database_begins_its_chains(engine: Engine) {
    let database = Database::fresh(engine).await;
    let (first, audit) = match engine {
        Engine::Sqlite => (
            include_str!("../../migrations/sqlite/0001_first.sql"),
            include_str!("../../migrations/sqlite/0004_audit.sql"),
        ),
        Engine::Postgres => (
            include_str!("../../migrations/postgres/0001_first.sql"),
            include_str!("../../migrations/postgres/0004_audit.sql"),
        ),
    };
    let org = "org_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    let insert = format!(
        "INSERT INTO organizations (org_id, name, currency, time_zone, locale, country, vault, created_at_ms) \
         VALUES ('{org}', 'x', 'CAD', 'UTC', 'en', 'CA', 'default', 1)"
    );
    let organizations_are_guarded = match engine {
        Engine::Sqlite => {
            let options: sqlx::sqlite::SqliteConnectOptions = database.url.parse().unwrap();
            let mut connection =
                SqliteConnection::connect_with(&options.create_if_missing(true)).await.unwrap();
            sqlx::raw_sql(first).execute(&mut connection).await.unwrap();
            sqlx::query(AssertSqlSafe(insert)).execute(&mut connection).await.unwrap();
            sqlx::raw_sql(audit).execute(&mut connection).await.unwrap();
            true
        }
        Engine::Postgres => {
            let mut connection = PgConnection::connect(&database.url).await.unwrap();
            sqlx::raw_sql(first).execute(&mut connection).await.unwrap();
            execute(&database, org, &insert).await.unwrap();
            sqlx::raw_sql(audit).execute(&mut connection).await.unwrap();
            let forced = "SELECT relforcerowsecurity FROM pg_class WHERE relname = 'organizations'";
            sqlx::query_scalar(forced).fetch_one(&mut connection).await.unwrap()
        }
    };
    assert!(organizations_are_guarded, "row-level security is in force again");
    let store = paydesk_billing::store::Store::connect(&database.url.parse().unwrap()).await.unwrap();
    let tenant = store.organization(org.parse().unwrap());
    assert_eq!(whole(&tenant).await, Whole { entries: 0, head: BEFORE_THE_FIRST.to_owned() });
    let mut tx = tenant.write().await.unwrap();
    tx.audit(happened(org));
    tx.commit().await.unwrap();
    assert_eq!(whole(&tenant).await.entries, 1);
}
