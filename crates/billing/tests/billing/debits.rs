//! eChecks: submitted, settled, sent back; what is owed meanwhile; and no debit without a mandate.

use std::collections::BTreeMap;

use paydesk_domain::return_code::{Consequence, ReturnCode};
use serde_json::{Value, json};

use crate::support::{Engine, Stack, StackOptions, on_both};

on_both! {
    a_new_account_is_offered_where_it_can_pay;
    a_debit_pays_when_it_settles;
    a_failed_debit_opens_what_it_would_have_paid_and_is_presented_again;
    a_debit_that_comes_back_opens_exactly_what_it_had_paid;
    what_the_bank_says_ends_mandates_and_debits;
    no_debit_without_a_mandate;
    a_saved_account_is_debited_under_its_mandate;
    a_lost_answer_to_a_debit_is_looked_up;
    the_processor_tells_by_itself;
    a_refusal_at_once_is_no_contradiction_when_it_is_told_again;
    what_nobody_tells_is_asked;
}

const RAILS: [(&str, u32); 2] = [("ach", 4), ("pad", 5)];

async fn books(stack: &Stack) -> BTreeMap<String, i64> {
    let tenant = stack.app.store.organization(stack.organization.clone());
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for entry in tenant.read().await.unwrap().list_entries().await.unwrap() {
        let kind = entry.account.split(':').next().unwrap().to_owned();
        *sums.entry(kind).or_default() += entry.amount;
    }
    assert_eq!(sums.values().sum::<i64>(), 0);
    sums.retain(|_, sum| *sum != 0);
    sums
}

fn sums(entries: &[(&str, i64)]) -> BTreeMap<String, i64> {
    entries.iter().map(|(name, sum)| ((*name).to_owned(), *sum)).collect()
}

fn history(receipt: &Value) -> Vec<String> {
    let events = receipt["history"].as_array().unwrap();
    let text = |event: &Value| {
        format!("{} {}", event["kind"].as_str().unwrap(), event["code"].as_str().unwrap_or_default())
    };
    events.iter().map(|event| text(event).trim().to_owned()).collect()
}

async fn a_new_account_is_offered_where_it_can_pay(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let offer = async |stack: &Stack, account: &str, currency: &str| {
        let items = json!([{"description": "Swimming", "amount": 900}]);
        let body = json!({"account": account, "items": items, "currency": currency});
        let invoice = stack.write("/v1/invoices", body).await.expect(201).at("/id");
        stack.view(&stack.session(&invoice).await).await.json()["bank"].clone()
    };
    let canadian = offer(&stack, &account, "CAD").await;
    assert_eq!(canadian["kind"], json!("pad"));
    assert!(
        canadian["email"].as_str().unwrap().contains('@'),
        "the processor writes to the payer: {canadian}"
    );
    assert_eq!(canadian["consent"]["version"], json!("save-bank-1"));
    let us = offer(&stack, &account, "USD").await;
    assert_eq!((&us["kind"], &us["email"]), (&json!("ach"), &Value::Null), "no more is told than is needed");
    assert_eq!(offer(&stack, &account, "EUR").await, Value::Null);
    // Nobody to write to: a Canadian debit cannot be asked for.
    let silent = json!({"login": {"name": "Kim Roy"}, "account": {"name": "Kim Roy"}, "people": []});
    let silent = stack.write("/v1/clients", silent).await.expect(201).at("/id");
    assert_eq!(offer(&stack, &silent, "CAD").await, Value::Null);
    assert_eq!(offer(&stack, &silent, "USD").await["kind"], json!("ach"));

    // What a payer agrees to when saving an account is not the text for cards.
    let mut debit = stack.debit("ach", "000123456789", &[900], true).await;
    debit.body["consent_version"] = json!("save-card-1");
    stack.confirm(&debit.secret, &debit.body).await.expect_problem(400, "invalid_request");
}

async fn a_debit_pays_when_it_settles(engine: Engine) {
    let stack = Stack::start(engine).await;
    for (kind, days) in RAILS {
        let debit = stack.debit(kind, "000123456789", &[5_000, 1_250], false).await;
        assert!(debit.mandate_text.contains("Riverside Recreation"), "{}", debit.mandate_text);
        let reply = stack.confirm(&debit.secret, &debit.body).await.expect(200);
        assert_eq!(
            (reply.at("/status"), reply.at("/receipt/status"), reply.at("/receipt/kind")),
            ("succeeded".into(), "submitted".into(), kind.into())
        );
        // On its way: nothing is paid, and nothing can be paid twice.
        assert_eq!(stack.three_figures(&debit.invoice).await, (6_250, 6_250, 0));
        let again = stack.session(&debit.invoice).await;
        let card = stack.with_card("4242424242424242", 6_250).await;
        stack.confirm(&again, &card).await.expect_problem(409, "already_paid");
        assert_eq!(stack.view(&again).await.at("/invoice/pending"), "6250");
        assert!(stack.payment_of(debit.attempt()).await["allocations"].as_array().unwrap().is_empty());

        stack.pass(days - 1).await;
        assert_eq!(stack.three_figures(&debit.invoice).await, (6_250, 6_250, 0));
        stack.pass(2).await;
        assert_eq!(stack.three_figures(&debit.invoice).await, (0, 0, 0));
        let payment = stack.payment_of(debit.attempt()).await;
        assert_eq!((&payment["status"], &payment["reconciliation"]), (&json!("settled"), &json!("full")));
        assert_eq!(payment["allocations"].as_array().unwrap().len(), 2);
        let receipt =
            stack.read(&format!("/v1/receipts/{}", payment["receipt"].as_str().unwrap())).await.json();
        assert_eq!(history(&receipt), ["submitted", "settled"]);
        let mandate =
            stack.read(&format!("/v1/mandates/{}", payment["mandate"].as_str().unwrap())).await.json();
        assert_eq!((&mandate["text"], &mandate["scope"]), (&json!(debit.mandate_text), &json!("one_time")));
        assert!(
            mandate["address"].is_string()
                && mandate["hash"].is_string()
                && mandate["accepted_at"].is_string()
        );
    }
    assert!(stack.action_items().await.is_empty());
    assert_eq!(stack.debit_journal().await, ["submit", "settle", "submit", "settle"]);
    assert_eq!(books(&stack).await, sums(&[("income", -12_500), ("processor", 12_500)]));
}

/// Positive control: a plan that ignores `decide_debit` presents it for ever (tried).
async fn a_failed_debit_opens_what_it_would_have_paid_and_is_presented_again(engine: Engine) {
    let stack = Stack::start(engine).await;
    for ((kind, days), (code, submissions)) in RAILS.into_iter().zip([("R01", 3), ("901", 2)]) {
        let debit = stack.debit(kind, "000222222227", &[5_000, 1_250], true).await;
        stack.confirm(&debit.secret, &debit.body).await.expect(200);
        stack.pass(days + 1).await;
        assert_eq!(stack.three_figures(&debit.invoice).await, (6_250, 0, 6_250));
        let payment = stack.payment_of(debit.attempt()).await;
        assert_eq!((&payment["status"], &payment["return_code"]), (&json!("returned"), &json!(code)));
        let items = stack.action_items().await;
        let item = items.iter().find(|item| item["subject"] == json!(debit.attempt())).unwrap();
        assert_eq!(
            (&item["kind"], &item["code"], &item["consequence"]),
            (&json!("debit_failed"), &json!(code), &json!("retry"))
        );
        assert!(item["retry_at"].is_string(), "it says when it is tried again: {item}");
        // The rules' own ceilings, whatever time passes.
        stack.pass(60).await;
        let attempts = stack.attempts_of(&debit.invoice).await;
        assert_eq!(attempts.len(), submissions, "{attempts:?}");
        assert!(attempts.iter().all(|attempt| attempt["origin"] == json!(debit.attempt())));
        assert_eq!(stack.three_figures(&debit.invoice).await, (6_250, 0, 6_250));
    }
    assert_eq!(books(&stack).await, sums(&[("income", -12_500), ("receivable", 12_500)]));
    // An account that was not saved is forgotten by the processor: it is for a human alone.
    let debit = stack.debit("ach", "000222222227", &[900], false).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    stack.pass(30).await;
    assert_eq!(stack.attempts_of(&debit.invoice).await.len(), 1);
    let items = stack.action_items().await;
    let item = items.iter().find(|item| item["subject"] == json!(debit.attempt())).unwrap();
    assert_eq!((&item["kind"], &item["retry_at"]), (&json!("debit_failed"), &Value::Null));
}

async fn a_debit_that_comes_back_opens_exactly_what_it_had_paid(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    for (kind, code) in [("ach", "R01"), ("pad", "901")] {
        let fate = json!({"match": "every", "on": ["payment_intents.create"], "times": 1,
            "action": {"type": "debit", "outcome": "return", "code": code, "after_s": 30 * 86_400}});
        stack.scenario(fate).await;
        let debit = stack.debit_of(&account, kind, "000123456789", &[5_000, 1_250], false).await;
        stack.confirm(&debit.secret, &debit.body).await.expect(200);
        stack.pass(10).await;
        assert_eq!(stack.three_figures(&debit.invoice).await, (0, 0, 0));
        stack.pass(30).await;
        let payment = stack.payment_of(debit.attempt()).await;
        assert_eq!((&payment["status"], &payment["return_code"]), (&json!("returned"), &json!(code)));
        assert!(payment["allocations"].as_array().unwrap().is_empty());
        let receipt =
            stack.read(&format!("/v1/receipts/{}", payment["receipt"].as_str().unwrap())).await.json();
        assert_eq!(
            history(&receipt),
            ["submitted".to_owned(), "settled".to_owned(), format!("returned {code}")]
        );
        let invoice = stack.read(&format!("/v1/invoices/{}", debit.invoice)).await.json();
        let covered: Vec<_> =
            invoice["items"].as_array().unwrap().iter().map(|item| item["covered"].clone()).collect();
        assert_eq!(covered, [json!(0), json!(0)]);
        assert_eq!(stack.three_figures(&debit.invoice).await, (6_250, 0, 6_250));
        let items = stack.action_items().await;
        assert!(
            items.iter().any(|item| item["subject"] == json!(debit.attempt()) && item["code"] == json!(code))
        );
    }
    assert_eq!(books(&stack).await, sums(&[("income", -12_500), ("receivable", 12_500)]));
    // Paid by card in the end: the item is closed by itself.
    for invoice in stack.read("/v1/invoices").await.json()["data"].as_array().unwrap() {
        let secret = stack.session(invoice["id"].as_str().unwrap()).await;
        let mut body = stack.with_card("4242424242424242", 6_250).await;
        body["currency"] = invoice["currency"].clone();
        stack.confirm(&secret, &body).await.expect(200);
    }
    assert!(stack.action_items().await.is_empty());
}

async fn what_the_bank_says_ends_mandates_and_debits(engine: Engine) {
    let stack = Stack::start(engine).await;
    for (kind, number, code) in [
        ("ach", "000111111113", "R02"),
        ("pad", "000111111113", "905"),
        ("ach", "000333333335", "R10"),
        ("pad", "000333333335", "915"),
    ] {
        let consequence = ReturnCode::parse(code).unwrap().consequence();
        let blocked = matches!(consequence, Consequence::StopDebits | Consequence::NewAccount);
        // A first debit that is good saves the account; then the bank says otherwise.
        let debit = stack.debit(kind, number, &[900], true).await;
        stack.confirm(&debit.secret, &debit.body).await.expect(200);
        stack.pass(6).await;
        let payment = stack.payment_of(debit.attempt()).await;
        assert_eq!(payment["return_code"], json!(code), "{kind} {number}");
        let mandate =
            stack.read(&format!("/v1/mandates/{}", payment["mandate"].as_str().unwrap())).await.json();
        assert_eq!(mandate["ended_because"], json!(code));
        assert!(mandate["retained_until"].is_string());
        stack.pass(30).await;
        assert_eq!(stack.attempts_of(&debit.invoice).await.len(), 1, "never again by itself");
        // The account is still in the wallet, and says why it cannot be used.
        let secret = stack.session(&debit.invoice).await;
        let view = stack.view(&secret).await.json();
        let saved = &view["accounts"][0];
        assert_eq!(
            (saved["blocked_by"].is_string(), &saved["has_mandate"]),
            (blocked, &json!(false)),
            "{saved}"
        );
        let body = json!({"attempt_id": crate::support::attempt_id(), "amount": 900, "currency": view["invoice"]["currency"], "saved_method": saved["id"]});
        let code = if blocked { "method_blocked" } else { "mandate_required" };
        stack.confirm(&secret, &body).await.expect_problem(422, code);
        let charge =
            json!({"invoice": debit.invoice, "payment_method": saved["id"], "reason": "unscheduled"});
        stack.write("/v1/charges", charge).await.expect_problem(422, code);
    }
}

/// Positive control: leaving the check out of `prepare` debits under a mandate that has ended (tried).
async fn no_debit_without_a_mandate(engine: Engine) {
    let stack = Stack::start(engine).await;
    let mut debit = stack.debit("pad", "000123456789", &[900], false).await;
    let given = debit.body.as_object_mut().unwrap().remove("mandate").unwrap();
    stack.confirm(&debit.secret, &debit.body).await.expect_problem(422, "mandate_required");
    debit.body["mandate"] = json!({"version": "mandate-of-2031", "locale": "en", "holder": "personal"});
    stack.confirm(&debit.secret, &debit.body).await.expect_problem(422, "mandate_required");
    debit.body["mandate"] = given;
    // Canadian accounts pay in Canadian dollars.
    let mut wrong = debit.body.clone();
    wrong["method_kind"] = json!("ach");
    stack.confirm(&debit.secret, &wrong).await.expect_problem(400, "invalid_request");

    // The engine itself refuses, whoever asks: a mandate that ended after the charge was planned.
    let saved = stack.debit("pad", "000123456789", &[900], true).await;
    stack.confirm(&saved.secret, &saved.body).await.expect(200);
    let mandate = stack.payment_of(saved.attempt()).await["mandate"].as_str().unwrap().to_owned();
    let invoice = stack.invoice(&saved.account, &[400]).await;
    let account = stack.view(&stack.session(&invoice).await).await.at("/accounts/0/id");
    let due_at = stack.app.mint.now().checked_add(jiff::SignedDuration::from_hours(5)).unwrap().to_string();
    let body =
        json!({"invoice": invoice, "payment_method": account, "reason": "installment", "due_at": due_at});
    let charge = stack.write("/v1/charges", body).await.expect(201).at("/id");
    let tenant = stack.app.store.organization(stack.organization.clone());
    let mut tx = tenant.write().await.unwrap();
    assert!(tx.end_mandate(&mandate, "revoked", stack.app.mint.now_ms()).await.unwrap());
    tx.commit().await.unwrap();
    let before = stack.debit_journal().await.len();
    stack.pass(1).await;
    let refused = stack.read(&format!("/v1/charges/{charge}")).await;
    assert_eq!(
        (refused.at("/status"), refused.at("/failure")),
        ("failed_before_send".into(), "mandate_missing".into())
    );
    assert_eq!(stack.debit_journal().await.len(), before, "nothing was sent");
    assert!(stack.action_items().await.iter().any(|item| item["code"] == "mandate_missing"));
}

async fn a_saved_account_is_debited_under_its_mandate(engine: Engine) {
    let stack = Stack::start(engine).await;
    let first = stack.debit("ach", "000123456789", &[900], true).await;
    stack.confirm(&first.secret, &first.body).await.expect(200);
    // Now without a new agreement: on session, and while the payer is away.
    let second = stack.debit_of(&first.account, "ach", "000123456789", &[700], false).await;
    let view = stack.view(&second.secret).await.json();
    let saved = &view["accounts"][0];
    assert_eq!(
        (&saved["kind"], &saved["last4"], &saved["has_mandate"]),
        (&json!("ach"), &json!("6789"), &json!(true))
    );
    assert!(view["methods"].as_array().unwrap().is_empty(), "a bank account is no card");
    let body = json!({"attempt_id": crate::support::attempt_id(), "amount": 700, "currency": "USD", "saved_method": saved["id"]});
    assert_eq!(stack.confirm(&second.secret, &body).await.expect(200).at("/receipt/status"), "submitted");
    let third = stack.debit_of(&first.account, "ach", "000123456789", &[500], false).await;
    let charge = stack.charge_saved(&third.invoice, saved["id"].as_str().unwrap(), "recurring").await;
    stack.work().await;
    stack.pass(5).await;
    assert_eq!(stack.payment_of(&charge).await["status"], "settled");
    let intent = stack.intent_of(&charge).await;
    let firsts = stack.intent_of(first.attempt()).await;
    let mandate = "/latest_charge/payment_method_details/us_bank_account/mandate";
    assert_eq!(intent.pointer(mandate), firsts.pointer(mandate), "under the same mandate");
    assert_eq!(intent["metadata"]["initiation"], "recurring");
}

async fn a_lost_answer_to_a_debit_is_looked_up(engine: Engine) {
    let stack = Stack::start(engine).await;
    let debit = stack.debit("ach", "000123456789", &[900], false).await;
    stack.scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": {"type": "drop_answer"}, "times": 1})).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(202);
    assert_eq!(stack.three_figures(&debit.invoice).await, (900, 900, 0));
    stack.work_after(std::time::Duration::from_secs(30)).await;
    assert_eq!(stack.payment_of(debit.attempt()).await["status"], "submitted");
    assert_eq!(stack.three_figures(&debit.invoice).await, (900, 900, 0));
    stack.pass(5).await;
    assert_eq!(stack.three_figures(&debit.invoice).await, (0, 0, 0));
    assert_eq!(stack.debit_journal().await, ["submit", "settle"]);
}

/// By webhooks alone: nothing is polled here.
async fn the_processor_tells_by_itself(engine: Engine) {
    let stack = Stack::start_with(engine, StackOptions { webhooks: true, ..StackOptions::default() }).await;
    let debit = stack.debit("pad", "000123456789", &[900], false).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    let url = format!("{}/sandbox/clock", stack.processor);
    let request = stack.http.post(url).bearer_auth(crate::support::PROCESSOR_SECRET);
    stack.clock.advance(std::time::Duration::from_secs(5 * 86_400));
    stack.send(request.json(&json!({"advance_s": 5 * 86_400}))).await.expect(200);
    let settled = async {
        while stack.payment_of(debit.attempt()).await["status"] != "settled" {
            stack.app.work.notified().await;
            stack.work().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), settled).await.unwrap();
    assert_eq!(stack.three_figures(&debit.invoice).await, (0, 0, 0));
    // What nobody signed is refused, and what is not ours is kept and ignored.
    let forged = stack.http.post(format!("{}/processor/webhooks", stack.billing)).body("{}");
    stack.send(forged.header("stripe-signature", "t=1,v1=aa")).await.expect_problem(400, "invalid_request");
    let again = stack.app.poll_events().await.unwrap();
    assert_eq!(again, 0, "the list has nothing that was not told");
}

async fn what_nobody_tells_is_asked(engine: Engine) {
    let stack = Stack::start(engine).await;
    let debit = stack.debit("ach", "000123456789", &[900], false).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    let stays = stack.debit("ach", "000000000009", &[700], false).await;
    stack.confirm(&stays.secret, &stays.body).await.expect(200);
    // No webhook, no list: only the question about a debit that is overdue.
    for _ in 0..20 {
        let url = format!("{}/sandbox/clock", stack.processor);
        let request = stack.http.post(url).bearer_auth(crate::support::PROCESSOR_SECRET);
        stack.send(request.json(&json!({"advance_s": 86_400}))).await.expect(200);
        stack.work_after(std::time::Duration::from_secs(86_400)).await;
    }
    assert_eq!(stack.payment_of(debit.attempt()).await["status"], "settled");
    let items = stack.action_items().await;
    assert_eq!(
        (items.len(), &items[0]["kind"], &items[0]["subject"]),
        (1, &json!("debit_overdue"), &json!(stays.attempt()))
    );
}

/// Positive control: without `is_debit_without_money` in `record_outcome.rs` a human is asked about a contradiction
/// (found by the crash matrix, and tried).
async fn a_refusal_at_once_is_no_contradiction_when_it_is_told_again(engine: Engine) {
    let stack = Stack::start(engine).await;
    for (kind, _) in RAILS {
        let debit = stack.debit(kind, "000777777771", &[5_000], false).await;
        assert_eq!(stack.confirm(&debit.secret, &debit.body).await.expect(200).at("/status"), "declined");
        assert!(stack.app.poll_events().await.unwrap() > 0);
        stack.work().await;
        assert!(stack.action_items().await.is_empty());
        assert_eq!(stack.three_figures(&debit.invoice).await, (5_000, 0, 5_000));
    }
    assert!(stack.debit_journal().await.is_empty());
}
