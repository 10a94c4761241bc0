//! Somebody with every power over the database changes the audit log behind the program's back: the verifier names the
//! entry. What it cannot see without an end that was kept elsewhere is said here as well.

use std::path::Path;

use paydesk_billing::app::verify_audit::{Anchors, Flaw, Whole, verify_chain};
use paydesk_billing::store::{AuditRow, Tenant, entry_hash};
use serde_json::Value;

use crate::audit::{entries, happened, tenant, whole};
use crate::program;
use crate::support::{Engine, Stack, Tamperer, on_both, organization};

on_both! { every_change_is_named; a_chain_made_anew_needs_an_anchor; }

const ROWS: i64 = 10_000;

/// A chain of `ROWS` entries, a few of them with a network address.
async fn long_chain(stack: &Stack) -> Vec<AuditRow> {
    let (_, secret) = stack.open().await;
    stack.confirm(&secret, &stack.with_card("4242424242424242", 6_250).await).await.expect(200);
    let tenant = tenant(stack);
    let there = whole(&tenant).await.entries;
    let mut tx = tenant.write().await.unwrap();
    for number in there..ROWS {
        tx.audit(happened(&format!("subject {number}")));
    }
    tx.commit().await.unwrap();
    let rows = entries(&tenant).await;
    assert_eq!(whole(&tenant).await.entries, ROWS);
    rows
}

async fn flaw(tenant: &Tenant) -> Flaw {
    verify_chain(tenant, &Anchors::default()).await.unwrap().expect_err("it was tampered with")
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A column's value, and another one that is as near to it as can be.
fn flipped(row: &AuditRow, column: &str, org: &str, other: &str) -> (String, String) {
    let text = |value: &str| {
        let mut bytes = value.as_bytes().to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        (quoted(value), quoted(&String::from_utf8(bytes).unwrap()))
    };
    let number = |value: i64, other: i64| (value.to_string(), other.to_string());
    match column {
        "org_id" => (quoted(org), quoted(other)),
        // The nearest free number.
        "seq" => number(row.seq, ROWS + 1),
        "id" => text(&row.id),
        "at_ms" => number(row.at_ms, row.at_ms ^ 1),
        "actor_kind" => text(&row.actor_kind),
        "actor" => text(&row.actor),
        "action" => text(&row.action),
        "subject" => text(&row.subject),
        "origin" => match &row.origin {
            Some(origin) => (quoted(origin), "NULL".to_owned()),
            None => ("NULL".to_owned(), "''".to_owned()),
        },
        // The database has a rule of its own for this one.
        "outcome" => (quoted(&row.outcome), quoted("unknown")),
        "detail" => text(&row.detail),
        "prev_hash" => text(&row.prev_hash),
        "hash" => text(&row.hash),
        _ => panic!("{column} is no column"),
    }
}

const COLUMNS: [&str; 13] = [
    "org_id",
    "seq",
    "id",
    "at_ms",
    "actor_kind",
    "actor",
    "action",
    "subject",
    "origin",
    "outcome",
    "detail",
    "prev_hash",
    "hash",
];

fn insertion(org: &str, row: &AuditRow) -> String {
    let origin = row.origin.as_deref().map_or_else(|| "NULL".to_owned(), quoted);
    let texts = [&row.actor_kind, &row.actor, &row.action, &row.subject].map(|text| quoted(text)).join(", ");
    let rest = [&row.outcome, &row.detail, &row.prev_hash, &row.hash].map(|text| quoted(text)).join(", ");
    let (seq, id, at_ms) = (row.seq, quoted(&row.id), row.at_ms);
    format!(
        "INSERT INTO audit_entries ({}) VALUES ('{org}', {seq}, {id}, {at_ms}, {texts}, {origin}, {rest})",
        COLUMNS.join(", ")
    )
}

/// Positive controls: a column left out of `encode` in `store/audit_hash.rs`, or `Walk::step` without the comparison of
/// `prev_hash`, which lets an entry through whose own hash was made anew (both tried).
async fn every_change_is_named(engine: Engine) {
    let stack = Stack::start(engine).await;
    let other = organization(&stack.app, "Elsewhere").await.0;
    let (org, other) = (stack.organization.as_str(), other.as_str());
    let rows = long_chain(&stack).await;
    let at = |seq: i64| &rows[usize::try_from(seq - 1).unwrap()];
    let tenant = tenant(&stack);
    let mut tamperer = stack.database.tamperer().await;

    // Any one column of one entry: of the first, the last, and one somewhere between.
    let with_address = rows.iter().find(|row| row.origin.is_some()).unwrap().seq;
    for (index, column) in (0..).zip(COLUMNS) {
        let between = if column == "origin" { with_address } else { 1_000 + 389 * index };
        for seq in [1, between, ROWS] {
            if column == "org_id" && seq == 1 {
                // The other organization has an entry of this number.
                continue;
            }
            let row = at(seq);
            let (is, becomes) = flipped(row, column, org, other);
            let id = quoted(&row.id);
            let (id_now, id_then) = if column == "id" { (&is, &becomes) } else { (&id, &id) };
            let update = |value: &str, id: &str| {
                format!("UPDATE audit_entries SET {column} = {value} WHERE id = {id}")
            };
            tamperer.change(1, update(&becomes, id_now)).await;
            let found = flaw(&tenant).await;
            let wrong = if matches!(column, "org_id" | "seq") { "missing" } else { "hash" };
            assert_eq!((found.seq, found.wrong.as_str()), (seq, wrong), "{column} of {seq}");
            if column == "org_id" {
                let there = flaw(&stack.app.store.organization(other.parse().unwrap())).await;
                assert_eq!((there.wrong.as_str(), there.id.as_deref()), ("surplus", Some(row.id.as_str())));
            }
            tamperer.change(1, update(&is, id_then)).await;
        }
    }
    assert_eq!(whole(&tenant).await.entries, ROWS, "all was put back");

    // One taken out.
    for seq in [1, 4_321, ROWS] {
        tamperer.change(1, format!("DELETE FROM audit_entries WHERE org_id = '{org}' AND seq = {seq}")).await;
        let found = flaw(&tenant).await;
        assert_eq!((found.seq, found.wrong.as_str()), (seq, "missing"));
        tamperer.change(1, insertion(org, at(seq))).await;
    }
    // Two in each other's place.
    for (one, two) in [(1, 2), (777, 8_888), (ROWS - 1, ROWS)] {
        swap(&mut tamperer, org, one, two).await;
        let found = flaw(&tenant).await;
        assert_eq!(
            (found.seq, found.wrong.as_str(), found.id.as_deref()),
            (one, "hash", Some(at(two).id.as_str()))
        );
        swap(&mut tamperer, org, one, two).await;
    }
    // One changed and its hash made to fit: the next one does not follow it, or the head does not.
    for (seq, told) in [(1, (2, "link")), (5_000, (5_001, "link")), (ROWS, (ROWS, "head"))] {
        let mut forged = AuditRow { detail: "{}".to_owned(), ..at(seq).clone() };
        forged.hash = entry_hash(org, &forged);
        for row in [&forged, at(seq)] {
            tamperer
                .change(1, format!("DELETE FROM audit_entries WHERE org_id = '{org}' AND seq = {seq}"))
                .await;
            tamperer.change(1, insertion(org, row)).await;
            if row.hash == forged.hash {
                let found = flaw(&tenant).await;
                assert_eq!((found.seq, found.wrong.as_str()), told);
            }
        }
    }
    // The head.
    let head = at(ROWS).hash.clone();
    let set = |what: &str| format!("UPDATE audit_heads SET {what} WHERE org_id = '{org}'");
    for (what, told) in [
        (format!("entries = {}", ROWS + 1), (ROWS + 1, "missing")),
        (format!("entries = {}", ROWS - 1), (ROWS, "surplus")),
        (format!("hash = '{}'", "f".repeat(64)), (ROWS, "head")),
    ] {
        tamperer.change(1, set(&what)).await;
        let found = flaw(&tenant).await;
        assert_eq!((found.seq, found.wrong.as_str()), told, "{what}");
        tamperer.change(1, set(&format!("entries = {ROWS}, hash = '{head}'"))).await;
    }
    tamperer.change(1, format!("DELETE FROM audit_heads WHERE org_id = '{org}'")).await;
    assert_eq!(flaw(&tenant).await.wrong.as_str(), "no_head");
    tamperer
        .change(
            1,
            format!("INSERT INTO audit_heads (org_id, entries, hash) VALUES ('{org}', {ROWS}, '{head}')"),
        )
        .await;
    assert_eq!(whole(&tenant).await, Whole { entries: ROWS, head });
    // The end cut off.
    tamperer
        .change(10, format!("DELETE FROM audit_entries WHERE org_id = '{org}' AND seq > {}", ROWS - 10))
        .await;
    let found = flaw(&tenant).await;
    assert_eq!((found.seq, found.wrong.as_str()), (ROWS - 9, "missing"));
}

async fn swap(tamperer: &mut Tamperer, org: &str, one: i64, two: i64) {
    for (from, to) in [(one, ROWS * 10), (two, one), (ROWS * 10, two)] {
        tamperer
            .change(1, format!("UPDATE audit_entries SET seq = {to} WHERE org_id = '{org}' AND seq = {from}"))
            .await;
    }
}

/// Whoever may write everything can make the chain's end anew, head and all. Only an end that was kept elsewhere shows it.
async fn a_chain_made_anew_needs_an_anchor(engine: Engine) {
    let stack = Stack::start(engine).await;
    stack.open().await;
    let (tenant, org) = (tenant(&stack), stack.organization.as_str());
    let end = whole(&tenant).await;
    let mut anchors = Anchors::default();
    assert!(anchors.add(end.entries, &end.head) && anchors.add(end.entries, &end.head));
    assert!(!anchors.add(end.entries, "another"), "there cannot have been two");
    let rows = entries(&tenant).await;
    let mut tamperer = stack.database.tamperer().await;
    let remake = async |tamperer: &mut Tamperer, rows: &[AuditRow]| {
        let last = rows.last().unwrap();
        tamperer
            .change(
                u64::try_from(rows.len()).unwrap(),
                format!("DELETE FROM audit_entries WHERE org_id = '{org}'"),
            )
            .await;
        for row in rows {
            tamperer.change(1, insertion(org, row)).await;
        }
        let head = format!("entries = {}, hash = '{}'", last.seq, last.hash);
        tamperer.change(1, format!("UPDATE audit_heads SET {head} WHERE org_id = '{org}'")).await;
    };
    // One entry is told otherwise, and everything after it made to fit.
    let mut forged = rows.clone();
    forged[4].detail = "{}".to_owned();
    for index in 4..forged.len() {
        forged[index].prev_hash = forged[index - 1].hash.clone();
        forged[index].hash = entry_hash(org, &forged[index]);
    }
    remake(&mut tamperer, &forged).await;
    assert_eq!(whole(&tenant).await.entries, end.entries, "the chain alone does not show it");
    let found = verify_chain(&tenant, &anchors).await.unwrap().unwrap_err();
    assert_eq!((found.seq, found.wrong.as_str()), (end.entries, "anchor"));
    // The end is cut off, and the head moved back.
    remake(&mut tamperer, &rows).await;
    assert_eq!(verify_chain(&tenant, &anchors).await.unwrap(), Ok(end.clone()));
    let last = format!("org_id = '{org}' AND seq = {}", end.entries);
    tamperer.change(1, format!("DELETE FROM audit_entries WHERE {last}")).await;
    let head = &rows[rows.len() - 2].hash;
    tamperer
        .change(
            1,
            format!("UPDATE audit_heads SET entries = entries - 1, hash = '{head}' WHERE org_id = '{org}'"),
        )
        .await;
    assert_eq!(whole(&tenant).await.entries, end.entries - 1, "the chain alone does not show it");
    let found = verify_chain(&tenant, &anchors).await.unwrap().unwrap_err();
    assert_eq!((found.seq, found.wrong.as_str()), (end.entries, "shorter"));
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let file = folder.join(name);
    std::fs::write(&file, text).unwrap();
    file.display().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_verifies_and_exports() {
    let folder = tempfile::tempdir().unwrap();
    let config = program::config(folder.path(), "http://127.0.0.1:1", "");
    let (one, _) = program::organization(&config).await;
    let (two, _) = program::organization(&config).await;
    let (done, ends, error) = program::run(&config, &["audit", "verify"]).await;
    assert!(done, "{error}");
    let told = lines(&ends);
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|line| line["entries"] == 3 && line["head"].as_str().unwrap().len() == 64));
    let (done, only, _) = program::run(&config, &["audit", "verify", "--organization", &one]).await;
    assert!(done && lines(&only).len() == 1 && lines(&only)[0]["organization"] == one.as_str());

    // An export is enough to make every hash again.
    let (done, export, _) = program::run(&config, &["audit", "export", "--organization", &one]).await;
    assert!(done);
    let exported = lines(&export);
    let actors: Vec<&str> = exported.iter().map(|line| line["actor"].as_str().unwrap()).collect();
    assert!(actors.iter().all(|actor| actor.starts_with("uid:")), "{actors:?}");
    let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    for line in &exported {
        let row = AuditRow {
            seq: line["seq"].as_i64().unwrap(),
            id: text(line, "id"),
            at_ms: line["at_ms"].as_i64().unwrap(),
            actor_kind: text(line, "actor_kind"),
            actor: text(line, "actor"),
            action: text(line, "action"),
            subject: text(line, "subject"),
            origin: line["origin"].as_str().map(str::to_owned),
            outcome: text(line, "outcome"),
            detail: text(line, "detail"),
            prev_hash: text(line, "prev_hash"),
            hash: String::new(),
        };
        assert_eq!(entry_hash(&one, &row), text(line, "hash"));
    }

    // Ends that were kept elsewhere.
    let anchors = write(folder.path(), "anchors", &ends);
    assert!(program::run(&config, &["audit", "verify", "--anchors", &anchors]).await.0);
    let other_head = ends.replace(told[0]["head"].as_str().unwrap(), &"f".repeat(64));
    let anchors = write(folder.path(), "anchors", &other_head);
    let (done, out, error) = program::run(&config, &["audit", "verify", "--anchors", &anchors]).await;
    assert!(!done && error.contains("not whole: 1 wrong"), "{error}");
    assert_eq!((&lines(&out)[0]["wrong"], &lines(&out)[0]["seq"]), (&"anchor".into(), &3.into()));
    let gone = ends.replace(&two, "org_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
    let anchors = write(folder.path(), "anchors", &gone);
    let (done, out, _) = program::run(&config, &["audit", "verify", "--anchors", &anchors]).await;
    assert!(!done && lines(&out)[2]["wrong"] == "gone", "{out}");
    let anchors = write(folder.path(), "anchors", "{}\n");
    let (done, _, error) = program::run(&config, &["audit", "verify", "--anchors", &anchors]).await;
    assert!(!done && error.contains("anchors:1:"), "{error}");

    // Tampered with: the other chain is still looked at.
    let database = folder.path().join("billing.db");
    let url = format!("sqlite:{}", database.display());
    let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
    sqlx::query("DROP TRIGGER audit_entries_stay").execute(&mut connection).await.unwrap();
    let forge = sqlx::query("UPDATE audit_entries SET actor = 'uid:0x' WHERE org_id = $1 AND seq = 2");
    forge.bind(&two).execute(&mut connection).await.unwrap();
    let (done, out, error) = program::run(&config, &["audit", "verify"]).await;
    assert!(!done && error.contains("not whole: 1 wrong"), "{error}");
    for line in lines(&out) {
        if line["organization"] == two.as_str() {
            assert_eq!((&line["wrong"], &line["seq"]), (&"hash".into(), &2.into()));
            assert!(line["id"].as_str().unwrap().starts_with("aud_"));
        } else {
            assert_eq!(line["entries"], 3);
        }
    }
}
