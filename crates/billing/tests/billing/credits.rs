//! Account credit and partial payment at checkout: what may be paid, and credit that is never used twice and never lost.

use std::time::Duration;

use paydesk_billing::app::verify_audit::{Anchors, verify_chain};
use serde_json::{Value, json};

use crate::refunds::{books, refund, sums};
use crate::support::{Engine, Stack, attempt_id, on_both};

on_both! {
    a_part_is_paid_where_the_organization_allows_it;
    credit_covers_all;
    credit_comes_before_the_card;
    what_is_no_longer_true_is_shown_again;
    a_refusal_gives_the_credit_free;
    a_doubt_keeps_the_credit;
    a_debit_holds_the_credit_until_it_settles;
    two_tries_never_use_the_same_credit;
    outcomes_with_credit_are_written_beside_others;
}

pub const CARD: &str = "4242424242424242";
const NO_FUNDS: &str = "4000000000009995";

impl Stack {
    /// Gives credit; its id.
    pub async fn give(&self, account: &str, amount: i64, currency: &str) -> String {
        let body = json!({"client": account, "amount": amount, "currency": currency, "reason": "Rained out"});
        self.write("/v1/credits", body).await.expect(201).at("/id")
    }

    /// What is left of each credit of a client, oldest first.
    pub async fn left(&self, account: &str) -> Vec<i64> {
        let page = self.read(&format!("/v1/credits?client={account}")).await.expect(200).json();
        let mut left: Vec<i64> =
            page["data"].as_array().unwrap().iter().map(|row| row["available"].as_i64().unwrap()).collect();
        left.reverse();
        left
    }

    pub async fn is_whole(&self) {
        let tenant = self.app.store.organization(self.organization.clone());
        assert!(verify_chain(&tenant, &Anchors::default()).await.unwrap().is_ok());
    }
}

/// The body of a confirm that charges nothing.
pub fn with_credit(credit: i64) -> Value {
    json!({"attempt_id": attempt_id(), "amount": 0, "credit": credit, "currency": "CAD"})
}

pub async fn with_both(stack: &Stack, number: &str, credit: i64, amount: i64) -> Value {
    let mut body = stack.with_card(number, amount).await;
    body["credit"] = json!(credit);
    body
}

async fn a_part_is_paid_where_the_organization_allows_it(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (invoice, secret) = stack.open().await;
    assert_eq!(stack.view(&secret).await.json().get("partial_minimum"), None);
    let part = stack.with_card(CARD, 2_000).await;
    stack.confirm(&secret, &part).await.expect_problem(409, "amount_changed");

    stack.change(json!({"partial_minimum": 2_500})).await.expect(200);
    assert_eq!(stack.view(&secret).await.at("/partial_minimum"), "2500");
    let refused = stack.confirm(&secret, &part).await.expect_problem(422, "partial_too_small");
    assert_eq!(refused.at("/param"), "amount");
    let part = stack.with_card(CARD, 6_251).await;
    stack.confirm(&secret, &part).await.expect_problem(409, "amount_changed");
    let part = stack.with_card(CARD, 2_500).await;
    let paid = stack.confirm(&secret, &part).await.expect(200);
    assert_eq!((paid.at("/status"), paid.at("/receipt/amount")), ("succeeded".into(), "2500".into()));
    assert_eq!(paid.json().get("credit"), None);
    assert_eq!(stack.three_figures(&invoice).await, (3_750, 0, 3_750));
    // A session is good for one payment; the rest is another one's.
    assert_eq!(stack.status(&secret).await.at("/session_status"), "complete");
    let more = stack.with_card(CARD, 3_750).await;
    stack.confirm(&secret, &more).await.expect_problem(409, "already_paid");
    let secret = stack.session(&invoice).await;
    stack.confirm(&secret, &stack.with_card(CARD, 3_000).await).await.expect(200);
    // Less is left than may be paid at once: that is paid whole.
    let secret = stack.session(&invoice).await;
    let refused = stack.confirm(&secret, &stack.with_card(CARD, 749).await).await;
    refused.expect_problem(422, "partial_too_small");
    stack.confirm(&secret, &stack.with_card(CARD, 750).await).await.expect(200);
    let view = stack.read(&format!("/v1/invoices/{invoice}")).await.expect(200);
    assert_eq!((view.at("/balance"), view.at("/reconciliation")), ("0".into(), "full".into()));

    stack.change(json!({"partial_minimum": 0})).await.expect(200);
    assert_eq!(stack.read("/v1/organization").await.json()["partial_minimum"], Value::Null);
    let entries = stack.read("/v1/audit_entries?action=organization.changed").await.expect(200);
    assert_eq!(entries.at("/data/0/detail/partial_minimum/from"), "2500");
    for wrong in [-1, 1_000_000_001] {
        let refused = stack.change(json!({"partial_minimum": wrong})).await;
        assert_eq!(refused.expect_problem(400, "invalid_request").at("/param"), "partial_minimum");
    }
    stack.is_whole().await;
}

async fn credit_covers_all(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let oldest = stack.give(&account, 3_000, "CAD").await;
    stack.clock.advance(Duration::from_secs(1));
    let newer = stack.give(&account, 5_000, "CAD").await;
    stack.clock.advance(Duration::from_secs(1));
    stack.give(&account, 9_999, "USD").await;
    let invoice = stack.invoice(&account, &[5_000, 1_250]).await;
    let secret = stack.session(&invoice).await;
    assert_eq!(stack.view(&secret).await.at("/credit_available"), "8000", "all of it, in this currency");
    // Nothing is charged: what would be is a mistake.
    for (field, value) in [("token", json!("tok_x")), ("saved_method", json!("pm_x")), ("save", json!(true))]
    {
        let mut body = with_credit(6_250);
        body[field] = value;
        assert_eq!(
            stack.confirm(&secret, &body).await.expect_problem(400, "invalid_request").at("/param"),
            field
        );
    }
    let body = with_credit(6_250);
    let paid = stack.confirm(&secret, &body).await.expect(200);
    assert_eq!(
        (paid.at("/status"), paid.at("/amount"), paid.at("/credit")),
        ("succeeded".into(), "0".into(), "6250".into())
    );
    assert_eq!((paid.at("/receipt/number"), paid.at("/receipt/amount")), ("000001".into(), "0".into()));
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).json(), paid.json(), "the same try");
    let mut other = body.clone();
    other["credit"] = json!(6_249);
    stack.confirm(&secret, &other).await.expect_problem(422, "idempotency_mismatch");
    let again = stack.confirm(&secret, &with_credit(6_250)).await.expect_problem(409, "already_paid");
    assert_eq!(again.at("/attempt/id"), paid.at("/id"));
    let status = stack.status(&secret).await;
    assert_eq!(
        (status.at("/session_status"), status.at("/attempt/credit")),
        ("complete".into(), "6250".into())
    );
    assert_eq!(stack.view(&secret).await.json().get("credit_available"), None, "nothing is left to pay");
    assert!(stack.charges().await.is_empty(), "no processor");

    // Oldest first, and it is known which line was covered by which.
    assert_eq!(stack.left(&account).await, [0, 1_750, 9_999]);
    let receipt = stack.read(&format!("/v1/receipts/{}", paid.at("/receipt/id"))).await.expect(200).json();
    let lines: Vec<(&str, i64)> = receipt["credit"]["allocations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["credit"].as_str().unwrap(), line["amount"].as_i64().unwrap()))
        .collect();
    assert_eq!(lines, [(oldest.as_str(), 3_000), (newer.as_str(), 2_000), (newer.as_str(), 1_250)]);
    let view = stack.read(&format!("/v1/invoices/{invoice}")).await.expect(200);
    assert_eq!(
        (view.at("/paid"), view.at("/reconciliation"), view.at("/items/1/covered")),
        ("6250".into(), "full".into(), "1250".into())
    );
    let used = stack.events("credit.used").await;
    assert_eq!((used.len(), &used[0]["data"]["amount"]), (1, &json!(6_250)));
    assert_eq!(stack.events("credit.created").await.len(), 3);
    let charge = stack.read(&format!("/v1/charges/{}", paid.at("/id"))).await.expect(200);
    assert_eq!((charge.at("/kind"), charge.at("/credit")), ("credit".into(), "6250".into()));
    let wanted = sums(&[("income", -6_250), ("credits_granted", 17_999), ("client_credit", -11_749)]);
    assert_eq!(books(&stack).await, wanted);
    stack.is_whole().await;
}

async fn credit_comes_before_the_card(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    stack.give(&account, 5_100, "CAD").await;
    let invoice = stack.invoice(&account, &[5_000, 1_250]).await;
    let secret = stack.session(&invoice).await;
    let body = with_both(&stack, CARD, 5_100, 1_150).await;
    let paid = stack.confirm(&secret, &body).await.expect(200);
    assert_eq!(
        (paid.at("/amount"), paid.at("/credit"), paid.at("/receipt/amount")),
        ("1150".into(), "5100".into(), "1150".into())
    );
    assert_eq!(stack.charges().await[0]["amount"], json!(1_150));
    assert_eq!(stack.three_figures(&invoice).await, (0, 0, 0));
    let payment = stack.payment_of(&paid.at("/id")).await;
    assert_eq!(
        (&payment["reconciliation"], &payment["allocations"][0]["amount"]),
        (&json!("full"), &json!(1_150))
    );
    let receipt = stack.read(&format!("/v1/receipts/{}", paid.at("/receipt/id"))).await.expect(200);
    assert_eq!(
        (receipt.at("/credit/status"), receipt.at("/credit/amount")),
        ("applied".into(), "5100".into())
    );

    // A part of it, with credit: what both come to is judged.
    stack.change(json!({"partial_minimum": 3_000})).await.expect(200);
    stack.give(&account, 1_000, "CAD").await;
    let invoice = stack.invoice(&account, &[9_000]).await;
    let secret = stack.session(&invoice).await;
    let body = with_both(&stack, CARD, 1_000, 1_999).await;
    stack.confirm(&secret, &body).await.expect_problem(422, "partial_too_small");
    let body = with_both(&stack, CARD, 1_000, 2_000).await;
    stack.confirm(&secret, &body).await.expect(200);
    assert_eq!(stack.three_figures(&invoice).await, (6_000, 0, 6_000));
    let wanted =
        [("income", -15_250), ("credits_granted", 6_100), ("processor", 3_150), ("receivable", 6_000)];
    assert_eq!(books(&stack).await, sums(&wanted));
    stack.is_whole().await;
}

async fn what_is_no_longer_true_is_shown_again(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    stack.give(&account, 2_000, "CAD").await;
    let secret = stack.session(&stack.invoice(&account, &[5_000]).await).await;
    for (credit, amount, param) in [
        (2_001, 2_999, "credit"),
        (1_999, 3_001, "credit"),
        (2_000, 3_001, "amount"),
        (2_000, 2_999, "amount"),
    ] {
        let body = with_both(&stack, CARD, credit, amount).await;
        let refused = stack.confirm(&secret, &body).await.expect_problem(409, "amount_changed");
        assert_eq!(refused.at("/param"), param, "{credit} {amount}");
    }
    for credit in [-1, 5_000] {
        let refused = stack.confirm(&secret, &with_credit(credit)).await;
        assert_eq!(refused.at("/param"), "credit", "{credit}");
    }
    // A payer who says no keeps it.
    stack.confirm(&secret, &with_both(&stack, CARD, 0, 5_000).await).await.expect(200);
    assert_eq!(stack.left(&account).await, [2_000]);
}

/// Positive control: without `release_credit` in `follow_up` it stays held (tried).
async fn a_refusal_gives_the_credit_free(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    stack.give(&account, 2_000, "CAD").await;
    let invoice = stack.invoice(&account, &[5_000]).await;
    let secret = stack.session(&invoice).await;
    let body = with_both(&stack, NO_FUNDS, 2_000, 3_000).await;
    let refused = stack.confirm(&secret, &body).await.expect(200);
    assert_eq!(refused.at("/status"), "declined");
    assert_eq!(stack.left(&account).await, [2_000]);
    assert_eq!(stack.three_figures(&invoice).await, (5_000, 0, 5_000));
    // A token that is not good never reaches the processor's books.
    let mut body = with_both(&stack, CARD, 2_000, 3_000).await;
    body["token"] = json!("tok_nobodyknows");
    stack.confirm(&secret, &body).await.expect_problem(422, "token_unusable");
    assert_eq!(stack.left(&account).await, [2_000]);
    stack.confirm(&secret, &with_both(&stack, CARD, 2_000, 3_000).await).await.expect(200);
    assert_eq!(stack.left(&account).await, [0]);
    assert_eq!(
        stack.read("/v1/audit_entries?action=credit.released").await.json()["data"].as_array().unwrap().len(),
        2
    );
    stack.is_whole().await;
}

/// The answer is lost after the intent was committed, as when the sender dies there.
async fn a_doubt_keeps_the_credit(engine: Engine) {
    let stack = Stack::start(engine).await;
    for (number, left, balance) in [(CARD, 0, 0), (NO_FUNDS, 2_000, 5_000)] {
        let account = stack.client().await;
        stack.give(&account, 2_000, "CAD").await;
        let invoice = stack.invoice(&account, &[5_000]).await;
        let secret = stack.session(&invoice).await;
        let body = with_both(&stack, number, 2_000, 3_000).await;
        stack.scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": {"type": "drop_answer"}, "times": 1})).await;
        stack.confirm(&secret, &body).await.expect(202);
        assert_eq!(stack.left(&account).await, [0], "held");
        assert_eq!(stack.three_figures(&invoice).await, (5_000, 5_000, 0));
        let other = stack.session(&stack.invoice(&account, &[2_000]).await).await;
        assert_eq!(stack.view(&other).await.json().get("credit_available"), None);
        stack.confirm(&other, &with_credit(2_000)).await.expect_problem(409, "amount_changed");
        stack.work_after(Duration::from_secs(31)).await;
        assert_eq!(stack.left(&account).await, [left]);
        assert_eq!(stack.three_figures(&invoice).await, (balance, 0, balance));
    }
    stack.is_whole().await;
}

async fn a_debit_holds_the_credit_until_it_settles(engine: Engine) {
    let stack = Stack::start(engine).await;
    // It settles; it fails; it comes back after it had settled; it is called off.
    for (number, calls_off, figures, left) in [
        ("000123456789", false, (0, 0, 0), 0),
        ("000222222227", false, (6_250, 0, 6_250), 1_000),
        ("returned", false, (5_250, 0, 5_250), 0),
        ("000123456789", true, (6_250, 0, 6_250), 1_000),
    ] {
        let account = stack.client().await;
        stack.give(&account, 1_000, "USD").await;
        let mut number = number;
        if number == "returned" {
            let action = json!({"type": "debit", "outcome": "return", "code": "R01", "after_s": 8 * 86_400});
            stack
                .scenario(
                    json!({"match": "every", "on": ["payment_intents.create"], "times": 1, "action": action}),
                )
                .await;
            number = "000123456789";
        }
        let mut debit = stack.debit_of(&account, "ach", number, &[5_000, 1_250], false).await;
        debit.body["amount"] = json!(5_250);
        debit.body["credit"] = json!(1_000);
        // What is agreed to is what is debited.
        let text = stack.browser(reqwest::Method::GET, &debit.secret, "/v1/checkout/mandate?amount=5250");
        let text = stack.send(text).await.expect(200).at("/text");
        assert!(text.contains("52.50") && !text.contains("62.50"), "{text}");
        let paid = stack.confirm(&debit.secret, &debit.body).await.expect(200);
        assert_eq!((paid.at("/receipt/status"), paid.at("/credit")), ("submitted".into(), "1000".into()));
        assert_eq!(stack.three_figures(&debit.invoice).await, (6_250, 6_250, 0));
        assert_eq!(stack.left(&account).await, [0], "held");
        let payment = stack.payment_of(debit.attempt()).await;
        if calls_off {
            refund(&stack, payment["id"].as_str().unwrap(), json!({})).await.expect(201);
        }
        stack.pass(12).await;
        assert_eq!(stack.three_figures(&debit.invoice).await, figures, "{number} {calls_off}");
        assert_eq!(stack.left(&account).await, [left], "{number} {calls_off}");
        let receipt = stack.read(&format!("/v1/receipts/{}", payment["receipt"].as_str().unwrap())).await;
        let status = if left == 0 { "applied" } else { "released" };
        assert_eq!(receipt.expect(200).at("/credit/status"), status, "{number} {calls_off}");
    }
    books(&stack).await;
    stack.is_whole().await;
}

/// Positive control: without `FOR UPDATE` in `lock_credit` four of six use the same credit on PostgreSQL, past the trigger, which does
/// not see what has not committed (tried). SQLite has one writer at a time: there `no_more_is_held_than_is_left` is the test.
async fn two_tries_never_use_the_same_credit(engine: Engine) {
    let stack = Stack::start(engine).await;
    for _ in 0..6 {
        let account = stack.client().await;
        stack.give(&account, 1_000, "CAD").await;
        let mut requests = Vec::new();
        for number in 0..6 {
            let secret = stack.session(&stack.invoice(&account, &[1_000 + 100 * (number % 2)]).await).await;
            // Half of them with a card as well.
            let body = match number % 2 {
                0 => with_credit(1_000),
                _ => with_both(&stack, CARD, 1_000, 100).await,
            };
            requests.push(stack.confirmation(&secret, &body));
        }
        let replies = stack.send_all(requests.into_iter()).await;
        let won =
            replies.iter().filter(|reply| reply.status == 200 && reply.at("/status") == "succeeded").count();
        assert_eq!(won, 1, "{:?}", replies.iter().map(|reply| &reply.text).collect::<Vec<_>>());
        for reply in replies.into_iter().filter(|reply| reply.status != 200) {
            assert_eq!(reply.expect_problem(409, "amount_changed").at("/param"), "credit");
        }
        assert_eq!(stack.left(&account).await, [0]);
    }
    books(&stack).await;
    stack.is_whole().await;
}

async fn outcomes_with_credit_are_written_beside_others(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let action = json!({"type": "delay", "ms": 300});
    stack.scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": action})).await;
    let mut requests = Vec::new();
    for number in 0..12 {
        let client = stack.client().await;
        let secret = stack.session(&stack.invoice(&client, &[3_000]).await).await;
        let body = match number % 3 {
            0 => stack.with_card(CARD, 3_000).await,
            rest => {
                stack.give(&client, 1_000, "CAD").await;
                with_both(&stack, if rest == 1 { CARD } else { NO_FUNDS }, 1_000, 2_000).await
            }
        };
        requests.push(stack.confirmation(&secret, &body));
    }
    let replies = stack.send_all(requests.into_iter()).await;
    let statuses: Vec<String> = replies.iter().map(|reply| reply.at("/status")).collect();
    for (number, status) in statuses.iter().enumerate() {
        assert_eq!(status, if number % 3 == 2 { "declined" } else { "succeeded" }, "{number}");
    }
    assert_eq!(stack.left(&account).await, Vec::<i64>::new());
    let all = stack.read("/v1/credits?limit=100").await.expect(200).json();
    let left: i64 =
        all["data"].as_array().unwrap().iter().map(|row| row["available"].as_i64().unwrap()).sum();
    assert_eq!(left, 4_000, "of those that were refused");
    let wanted = [
        ("income", -36_000),
        ("processor", 20_000),
        ("receivable", 12_000),
        ("credits_granted", 8_000),
        ("client_credit", -4_000),
    ];
    assert_eq!(books(&stack).await, sums(&wanted));
    stack.is_whole().await;
}
