//! The clock that a test can move, and what is due: done once, in its order, whatever ends in between.

use std::process::Stdio;

use jiff::SignedDuration;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::support::{ACH, CONSENT, DAY_S, Running, SECRET, until};

#[tokio::test]
async fn the_clock_is_moved_ahead_for_everything_and_stays_ahead() {
    let processor = Running::start().await;
    let shown = processor.get("/sandbox/clock").await;
    assert_eq!((shown.text("/now"), &shown.body["ahead_s"]), ("2026-11-23T12:00:00Z", &0.into()));
    let form =
        [("amount", "900"), ("currency", "cad"), ("payment_method", "pm_card_visa"), ("confirm", "true")];
    let key = [("idempotency-key", "k-1")];
    let first = processor.post_with("/v1/payment_intents", &form, &key).await.id();
    processor.advance_s(DAY_S - 1).await;
    assert_eq!(processor.post_with("/v1/payment_intents", &form, &key).await.id(), first);
    let moved = processor.advance_s(1).await;
    assert_eq!((moved.text("/now"), &moved.body["ahead_s"]), ("2026-11-24T12:00:00Z", &86_400.into()));
    assert_ne!(processor.post_with("/v1/payment_intents", &form, &key).await.id(), first, "a day has passed");
    let processor = processor.restart().await;
    assert_eq!(processor.get("/sandbox/clock").await.text("/now"), "2026-11-24T12:00:00Z");
    let made = processor.post("/v1/customers", &[]).await;
    assert_eq!(made.body["created"], 1_795_521_600);
    for wrong in ["{}", "{\"advance_s\":-1}", "{\"advance_s\":1e9}", "{\"advance_s\":999999999}", "[]"] {
        let request =
            processor.request(reqwest::Method::POST, "/sandbox/clock").bearer_auth(SECRET).body(wrong);
        assert_eq!(Running::read(request).await.unwrap().status, 400, "{wrong}");
    }
    let keyless = Running::read(processor.request(reqwest::Method::GET, "/sandbox/clock")).await.unwrap();
    assert_eq!(keyless.status, 401);
    let browser =
        processor.request(reqwest::Method::POST, "/sandbox/clock").bearer_auth(crate::support::PUBLISHABLE);
    assert_eq!(Running::read(browser.body("{\"advance_s\":1}")).await.unwrap().status, 403);
}

/// Time that passes by itself is enough: nobody has to ask.
#[tokio::test]
async fn what_is_due_happens_without_a_caller() {
    let quick = |config: &mut paydesk_sandbox::Config| {
        config.debits.ach_settle = std::time::Duration::from_secs(2);
        config.debits.refund = std::time::Duration::from_secs(1);
    };
    let processor = Running::start_with(quick).await;
    let (customer, method) = processor.customer_with_account(ACH, "000123456789").await;
    processor.debit(&customer, &method, "alone", &[]).await.id();
    let log = processor.data().join("sandbox.log");
    processor.clock.advance(SignedDuration::from_secs(2));
    let on_disk = async {
        while !std::fs::read_to_string(&log).unwrap().contains("payment_intent.succeeded") {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    until("a debit that settles by itself", on_disk).await;
}

#[tokio::test]
async fn what_is_due_is_done_in_its_order() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with_account(ACH, "000123456789").await;
    for (key, after_s) in [("third", 300), ("first", 100), ("fourth", 300), ("second", 200)] {
        let action = serde_json::json!({"type": "debit", "outcome": "settle", "after_s": after_s});
        processor.order(serde_json::json!({"match": "every", "action": action, "times": 1})).await;
        processor.debit(&customer, &method, key, &[]).await.id();
    }
    assert_eq!(processor.advance_s(1_000).await.body["done"], 4);
    let settled: Vec<_> = processor.journal().await.into_iter().filter(|row| row["op"] == "settle").collect();
    let order: Vec<_> = settled.iter().map(|row| row["metadata"]["attempt"].as_str().unwrap()).collect();
    assert_eq!(order, ["first", "second", "third", "fourth"]);
    let at: Vec<_> = settled.iter().map(|row| row["at"].as_str().unwrap()).collect();
    assert_eq!(at[..2], ["2026-11-23T12:01:40Z", "2026-11-23T12:03:20Z"], "each at its own moment");
}

#[tokio::test]
async fn what_was_due_while_nobody_ran_is_done_at_the_start_and_not_again() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with_account(ACH, "000555555559").await;
    processor.debit(&customer, &method, "asleep", &[]).await.id();
    processor.advance_s(2 * DAY_S).await;
    let processor = processor.restart().await;
    assert_eq!(processor.ops().await, ["submit pending"]);
    processor.advance_s(2 * DAY_S).await;
    let processor = processor.restart().await;
    processor.advance_s(40 * DAY_S).await;
    let all = ["submit pending", "settle succeeded", "return returned R10"];
    assert_eq!(processor.ops().await, all);
    let processor = processor.restart().await;
    processor.advance_s(40 * DAY_S).await;
    assert_eq!(processor.ops().await, all, "what was done was done again");
}

async fn start(data: &std::path::Path) -> (Child, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_paydesk-sandbox"))
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--debit-settle-s",
            "100",
            "--debit-return-s",
            "100",
            "--data",
        ])
        .arg(data)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let ready = BufReader::new(program.stdout.take().unwrap()).lines().next_line().await.unwrap().unwrap();
    (program, ready.split(' ').next_back().unwrap().to_owned())
}

async fn journal(http: &reqwest::Client, url: &str) -> Vec<Value> {
    let request = http.get(format!("{url}/sandbox/journal?limit=1000")).bearer_auth(SECRET);
    Running::read(request).await.unwrap().body["data"].as_array().unwrap().clone()
}

/// Debits are accepted, the clock is moved, and the program is killed in the middle of what is due, and again
/// in the middle of what its next start finds due, until nothing is. In the end each debit has settled once and
/// come back once. Seen to fail, with debits that are lost, when an errand's end is written in a line before
/// the one of its work; and with debits that settle twice, when it is written in one after and the errands do
/// not look at what has become of their charge.
#[tokio::test]
async fn a_killed_program_neither_loses_nor_repeats_what_is_due() {
    const DEBITS: usize = 60;
    let folder = tempfile::tempdir().unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let (mut program, mut url) = start(folder.path()).await;
    for number in 0..DEBITS {
        let form = [
            ("amount", "700"),
            ("currency", "usd"),
            ("payment_method", "pm_usBankAccount_dispute"),
            ("payment_method_types[0]", ACH),
            ("confirm", "true"),
        ];
        let key = format!("due-{number}");
        let note = [("metadata[attempt]", key.as_str())];
        let form = [&form[..], &CONSENT, &note].concat();
        let request = http.post(format!("{url}/v1/payment_intents")).bearer_auth(SECRET).form(&form);
        let debit = Running::read(request.header("idempotency-key", &key)).await.unwrap();
        assert_eq!(debit.text("/status"), "processing", "{}", debit.body);
    }
    let log = folder.path().join("sandbox.log");
    // Whole lines only: a start cuts off what a kill has left of the last one.
    let lines = || {
        let text = std::fs::read_to_string(&log).unwrap();
        text.rsplit_once('\n').map_or_else(String::new, |(whole, _)| whole.to_owned())
    };
    let length = || lines().len();
    let done = |op: &str| lines().matches(&format!("\"op\":\"{op}\"")).count();
    // More than the line that notes the move of the clock.
    let grown = async |from: usize| {
        while length() < from + 1_000 {
            tokio::task::yield_now().await;
        }
    };
    let mut cuts = 0;
    for op in ["settle", "return"] {
        let from = length();
        let moving =
            http.post(format!("{url}/sandbox/clock")).bearer_auth(SECRET).body("{\"advance_s\":100}");
        let moving = tokio::spawn(moving.send());
        until("the first of the errands", grown(from)).await;
        program.start_kill().unwrap();
        program.wait().await.unwrap();
        drop(moving.await);
        while done(op) < DEBITS {
            cuts += 1;
            let from = length();
            (program, _) = start(folder.path()).await;
            until("the first errand after a start", grown(from)).await;
            program.start_kill().unwrap();
            program.wait().await.unwrap();
        }
        (program, url) = start(folder.path()).await;
    }
    assert!(cuts > 0, "the program was never killed in the middle of its errands");
    let last = http.post(format!("{url}/sandbox/clock")).bearer_auth(SECRET).body("{\"advance_s\":1000}");
    assert_eq!(Running::read(last).await.unwrap().status, 200);
    let rows = journal(&http, &url).await;
    for op in ["submit", "settle", "return"] {
        let mut attempts: Vec<_> = rows
            .iter()
            .filter(|row| row["op"] == op)
            .map(|row| row["metadata"]["attempt"].to_string())
            .collect();
        let count = attempts.len();
        attempts.sort();
        attempts.dedup();
        assert_eq!((count, attempts.len()), (DEBITS, DEBITS), "{op}");
    }
    program.start_kill().unwrap();
    program.wait().await.unwrap();
}
