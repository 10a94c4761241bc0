//! Outcomes that come at the same time are written in one transaction: each for itself, all the same.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use crate::support::{Database, Engine, Stack, on_both};
use crate::together_alike::is_whole;

on_both! {
    what_is_wrong_with_one_keeps_no_other_from_being_written;
    what_is_wrong_with_one_keeps_no_other_from_being_sent;
    each_is_put_down_to_its_own_payer;
}

const CARD: &str = "4242424242424242";
/// An amount that the database is made to refuse.
const UNWELCOME: i64 = 66_600;
/// Which of the invoices somebody holds.
const HELD: usize = 2;

/// All of them get their answers at the same time.
async fn slow(stack: &Stack) {
    let action = json!({"type": "delay", "ms": 300});
    stack.scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": action})).await;
}

/// Positive control: without the writing one by one after a failure, none that came together with the refused one is
/// written (tried).
async fn what_is_wrong_with_one_keeps_no_other_from_being_written(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (plant, remove) = match engine {
        Engine::Sqlite => (
            "CREATE TRIGGER planted BEFORE INSERT ON payments WHEN NEW.amount = 66600 \
             BEGIN SELECT RAISE(ABORT, 'planted'); END",
            "DROP TRIGGER planted",
        ),
        Engine::Postgres => (
            "ALTER TABLE payments ADD CONSTRAINT planted CHECK (amount <> 66600)",
            "ALTER TABLE payments DROP CONSTRAINT planted",
        ),
    };
    stack.database.execute_for(stack.organization.as_str(), plant).await.unwrap();
    let account = stack.client().await;
    let method = stack.saved_card(&account, CARD).await;
    slow(&stack).await;
    let mut charges = Vec::new();
    for number in 0..12 {
        let amount = if number == 5 { UNWELCOME } else { 1_000 + number };
        let invoice = stack.invoice(&account, &[amount]).await;
        charges.push((amount, stack.charge_saved(&invoice, &method, "installment").await));
    }
    stack.app.sweep().await.unwrap();
    for (amount, charge) in &charges {
        let status = stack.read(&format!("/v1/charges/{charge}")).await.expect(200).at("/status");
        assert_eq!(status, if *amount == UNWELCOME { "sending" } else { "succeeded" }, "{amount}");
    }
    stack.database.execute_for(stack.organization.as_str(), remove).await.unwrap();
    stack.work_after(Duration::from_secs(61)).await;
    for (amount, charge) in &charges {
        let charge = stack.read(&format!("/v1/charges/{charge}")).await.expect(200);
        assert_eq!(charge.at("/status"), "succeeded", "{amount}");
    }
    assert_eq!(stack.charges().await.len(), charges.len(), "each was charged once");
    let tenant = stack.app.store.organization(stack.organization.clone());
    // What was given up took no receipt's number with it.
    is_whole(&tenant, charges.len()).await;
}

/// Somebody holds one of the invoices: the others' outcomes are written without it. On SQLite nobody can hold one alone.
///
/// Positive control: giving up all that wait together where one waits in vain leaves every one of them to a look-up (tried).
#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_that_somebody_holds_keeps_no_other_from_being_written() {
    if !Database::postgres_is_wanted() {
        return;
    }
    let stack = Stack::start(Engine::Postgres).await;
    let account = stack.client().await;
    let method = stack.saved_card(&account, CARD).await;
    // Carried out at once, and answered when the invoice is held.
    let late = json!({"type": "delay", "ms": 1_500, "when": "after"});
    stack.scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": late})).await;
    let mut charges = Vec::new();
    for number in 0..6 {
        let amount = if number == HELD { UNWELCOME } else { 1_000 };
        let invoice = stack.invoice(&account, &[amount]).await;
        charges.push(stack.charge_saved(&invoice, &method, "installment").await);
    }
    let status =
        async |charge: &str| stack.read(&format!("/v1/charges/{charge}")).await.expect(200).at("/status");
    let hold = "WITH held AS (SELECT i.id FROM invoices i JOIN invoice_items l ON l.invoice_id = i.id \
        WHERE l.amount = 66600 FOR UPDATE OF i) SELECT pg_sleep(25) FROM held";
    let holding = async {
        while stack.charges().await.len() < charges.len() {
            tokio::task::yield_now().await;
        }
        stack.database.execute_for(stack.organization.as_str(), hold).await.unwrap();
    };
    let sweeping = async {
        stack.app.sweep().await.unwrap();
        for (number, charge) in charges.iter().enumerate() {
            let wanted = if number == HELD { "sending" } else { "succeeded" };
            assert_eq!(status(charge).await, wanted, "{number}");
        }
    };
    tokio::join!(holding, sweeping);
    stack.work_after(Duration::from_secs(61)).await;
    assert_eq!(status(&charges[HELD]).await, "succeeded");
    assert_eq!(stack.charges().await.len(), charges.len(), "each was charged once");
}

/// One outcome moves a plan on, and one that is written with it saves a card of the same client, who holds their wallet and is about to
/// take the plan: whoever looks after a wallet takes both in that order.
///
/// Positive control (tried): without the logins in `in_one_transaction`, the database has to end one of the two.
#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_is_taken_before_a_plan() {
    if !Database::postgres_is_wanted() {
        return;
    }
    let stack = Stack::start(Engine::Postgres).await;
    let account = stack.signed_in().await;
    let method = stack.saved_card(&account, CARD).await;
    stack.installments_with(&account, &method).await;
    let tenant = stack.app.store.organization(stack.organization.clone());
    let planned = stack.planned("").await.remove(0);
    let plan = planned["plan"].as_str().unwrap();
    let login = {
        let rows = stack.database.read_past_everybody("SELECT login_id FROM payment_methods").await.unwrap();
        rows[0].clone()
    };
    // What holds the others up until all of them have come.
    let first = stack.invoice(&account, &[UNWELCOME]).await;
    stack.charge_saved(&first, &method, "installment").await;
    let hold = "WITH held AS (SELECT i.id FROM invoices i JOIN invoice_items l ON l.invoice_id = i.id \
        WHERE l.amount = 66600 FOR UPDATE OF i) SELECT pg_sleep(4) FROM held";
    let holding = stack.database.execute_for(stack.organization.as_str(), hold);
    let sweeping = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        stack.app.sweep().await.unwrap();
        stack.asleep_for(14).await;
    };
    let paying = async {
        // Comes after the planned payment's.
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        let secret = stack.session(&stack.invoice(&account, &[100]).await).await;
        let mut body = stack.with_card("5555555555554444", 100).await;
        body["save"] = json!(true);
        body["consent_version"] = json!("save-card-1");
        body["consent_locale"] = json!("en");
        stack.confirm(&secret, &body).await
    };
    let looking_after = async {
        tokio::time::sleep(Duration::from_millis(3_000)).await;
        let mut tx = tenant.write().await.unwrap();
        tx.act_for_wallet(&login).await.unwrap();
        tx.lock_login(&login).await.unwrap();
        // Until the outcomes are being written.
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        tx.lock_plan(plan).await.unwrap();
        tx.commit().await.unwrap();
    };
    let (held, (), paid, ()) = tokio::join!(holding, sweeping, paying, looking_after);
    held.unwrap();
    assert!(paid.status < 300, "{}", paid.text);
    let deadlocks = "SELECT deadlocks::text FROM pg_stat_database WHERE datname = current_database()";
    assert_eq!(stack.database.read_past_everybody(deadlocks).await.unwrap(), ["0"]);
}

/// Positive control: without the asking one by one in `permitted_or_left` none of them is sent (tried).
async fn what_is_wrong_with_one_keeps_no_other_from_being_sent(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let method = stack.saved_card(&account, CARD).await;
    let mut charges = Vec::new();
    for _ in 0..5 {
        let invoice = stack.invoice(&account, &[1_000]).await;
        charges.push(stack.charge_saved(&invoice, &method, "installment").await);
    }
    let unreadable = format!("UPDATE attempts SET currency = 'nothing' WHERE id = '{}'", charges[2]);
    stack.database.execute_past_everybody(unreadable).await;
    stack.app.sweep().await.unwrap();
    let tenant = stack.app.store.organization(stack.organization.clone());
    let mut statuses = Vec::new();
    for charge in &charges {
        let row = tenant.read().await.unwrap().find_attempt(charge).await.unwrap();
        statuses.push(row.unwrap().status);
    }
    assert_eq!(statuses, ["succeeded", "succeeded", "sending", "succeeded", "succeeded"]);
}

/// Positive control: a transaction that keeps the actor with whom it began (tried).
async fn each_is_put_down_to_its_own_payer(engine: Engine) {
    let stack = Stack::start(engine).await;
    slow(&stack).await;
    let mut sent = Vec::new();
    for _ in 0..6 {
        let (_, secret) = stack.open().await;
        let body = stack.with_card(CARD, 6_250).await;
        sent.push(tokio::spawn(stack.confirmation(&secret, &body).send()));
    }
    for reply in sent {
        assert_eq!(reply.await.unwrap().unwrap().status(), 200);
    }
    let entries = async |action: &str| -> BTreeSet<(String, String)> {
        let list =
            stack.read(&format!("/v1/audit_entries?limit=100&action={action}")).await.expect(200).json();
        let entries = list["data"].as_array().unwrap().iter();
        entries.map(|entry| (entry["subject"].to_string(), entry["actor"].to_string())).collect()
    };
    let (created, succeeded) = (entries("attempt.created").await, entries("attempt.succeeded").await);
    assert_eq!((created.len(), &created), (6, &succeeded));
}
