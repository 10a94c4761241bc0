//! A charge is made once or not at all, whatever is lost, repeated or dies. The processor's journal is the judge.

use std::time::Duration;

use paydesk_billing::app::Settings;
use paydesk_billing::app::record_outcome::Applied;
use paydesk_domain::attempt::{AttemptEvent, ProcessorReference};
use serde_json::{Value, json};

use crate::support::{Engine, PROCESSOR_SECRET, Stack, StackOptions, attempt_id, on_both};

on_both! {
    a_lost_answer_is_looked_up;
    a_lost_refusal_is_looked_up;
    what_never_arrived_is_sent_again_under_the_same_key;
    a_second_sending_that_fails_does_not_end_the_doubt;
    the_list_shows_what_the_search_does_not;
    a_look_up_goes_on_where_it_stopped;
    a_thousand_equal_confirms_charge_once;
    many_attempts_at_one_invoice_charge_once;
    two_processes_charge_once;
    the_browser_may_hang_up;
    a_slow_processor_is_answered_with_202;
    what_nobody_sent_is_sent;
    a_late_answer_writes_nothing;
    an_unreachable_processor_is_a_failure;
    a_full_wallet_does_not_stop_the_money;
}

const CARD: &str = "4242424242424242";

async fn sweep_after(stack: &Stack, seconds: u64) {
    stack.clock.advance(Duration::from_secs(seconds));
    stack.app.sweep().await.unwrap();
}

async fn paid_once(stack: &Stack, secret: &str, attempt: &Value) {
    let status = stack.status(secret).await.expect(200);
    assert_eq!(
        (status.at("/session_status"), status.at("/attempt/status")),
        ("complete".into(), "succeeded".into())
    );
    let charges = stack.charges().await;
    assert_eq!(charges.len(), 1, "{charges:?}");
    assert_eq!(charges[0]["metadata"]["attempt"], *attempt);
    let payments = stack.read("/v1/payments").await.json();
    assert_eq!(payments["data"].as_array().unwrap().len(), 1);
    assert_eq!(payments["data"][0]["processor_reference"], charges[0]["payment_intent"]);
}

/// Positive control: making `ProcessorError::Unknown` lead to `FailBeforeSend` in `app/charge_attempt.rs` tells the
/// payer "failed" although money was taken, and fails here (tried).
async fn a_lost_answer_is_looked_up(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret) = stack.open().await;
    let body = stack.with_card(CARD, 6_250).await;
    stack.scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": {"type": "drop_answer"}, "times": 1})).await;
    let reply = stack.confirm(&secret, &body).await.expect(202);
    assert_eq!(reply.at("/status"), "checking");
    let status = stack.status(&secret).await;
    assert_eq!(
        (status.at("/session_status"), status.at("/attempt/status")),
        ("processing".into(), "checking".into())
    );
    // Neither the same attempt nor another one is sent while the first is in doubt.
    assert_eq!(stack.confirm(&secret, &body).await.expect(202).at("/status"), "checking");
    let other = stack.with_card(CARD, 6_250).await;
    let refused = stack.confirm(&secret, &other).await.expect_problem(409, "attempt_in_progress");
    assert_eq!(refused.at("/attempt/id"), body["attempt_id"]);
    sweep_after(&stack, 29).await;
    assert_eq!(stack.status(&secret).await.at("/attempt/status"), "checking", "not before its time");
    sweep_after(&stack, 1).await;
    paid_once(&stack, &secret, &body["attempt_id"]).await;
    sweep_after(&stack, 100_000).await;
    assert_eq!(stack.charges().await.len(), 1);
}

async fn a_lost_refusal_is_looked_up(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret) = stack.open().await;
    let body = stack.with_card("4000000000009995", 6_250).await;
    stack.scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": {"type": "drop_answer"}, "times": 1})).await;
    assert_eq!(stack.confirm(&secret, &body).await.expect(202).at("/status"), "checking");
    sweep_after(&stack, 30).await;
    let status = stack.status(&secret).await;
    assert_eq!(
        (status.at("/session_status"), status.at("/attempt/status")),
        ("open".into(), "declined".into())
    );
    assert_eq!(status.at("/attempt/decline/code"), "insufficient_funds");
    assert!(stack.charges().await.is_empty());
}

async fn what_never_arrived_is_sent_again_under_the_same_key(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret) = stack.open().await;
    let body = stack.with_card(CARD, 6_250).await;
    let lost = json!({"type": "drop_answer", "when": "before"});
    stack
        .scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": lost, "times": 1}))
        .await;
    assert_eq!(stack.confirm(&secret, &body).await.expect(202).at("/status"), "checking");
    assert!(stack.charges().await.is_empty());
    sweep_after(&stack, 30).await;
    assert_eq!(
        stack.status(&secret).await.at("/attempt/status"),
        "checking",
        "it may only not be visible yet"
    );
    sweep_after(&stack, 120).await;
    assert_eq!(stack.status(&secret).await.at("/attempt/status"), "processing", "ready again");
    sweep_after(&stack, 0).await;
    paid_once(&stack, &secret, &body["attempt_id"]).await;
    let key = format!("{}.charge", body["attempt_id"].as_str().unwrap());
    assert_eq!(stack.charges().await[0]["idempotency_key"], key);
}

/// Positive control: treating every request that never left as a failure ends the attempt here (tried).
async fn a_second_sending_that_fails_does_not_end_the_doubt(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret) = stack.open().await;
    let body = stack.with_card(CARD, 6_250).await;
    for action in [json!({"type": "drop_answer", "when": "before"}), json!({"type": "rate_limit"})] {
        let fault = json!({"match": "every", "on": ["payment_intents.create"], "action": action, "times": 1});
        stack.scenario(fault).await;
        if action["type"] == "drop_answer" {
            stack.confirm(&secret, &body).await.expect(202);
        }
    }
    sweep_after(&stack, 60).await;
    assert_eq!(stack.status(&secret).await.at("/attempt/status"), "processing", "ready again");
    sweep_after(&stack, 0).await;
    assert_eq!(
        stack.status(&secret).await.at("/attempt/status"),
        "checking",
        "the first request may still turn up"
    );
    sweep_after(&stack, 300).await;
    sweep_after(&stack, 0).await;
    paid_once(&stack, &secret, &body["attempt_id"]).await;
}

/// There are more charges in the time of ours than one look-up can read, whether ours is the last of them or not there.
///
/// Positive control: forgetting how far it came (`unfinished: None` in `look_up_attempt`) reads the first pages for ever
/// (tried), as did a look-up that reads the whole list within one call's time.
async fn a_look_up_goes_on_where_it_stopped(engine: Engine) {
    let settings = Settings {
        call_timeout: Duration::from_secs(2),
        confirm_wait: Duration::from_secs(20),
        ..Settings::default()
    };
    let search_lag = Duration::from_secs(3_600);
    let stack =
        Stack::start_with(engine, StackOptions { settings, search_lag, ..StackOptions::default() }).await;
    let slow =
        json!({"match": "every", "on": ["payment_intents.list"], "action": {"type": "delay", "ms": 1_200}});
    stack.scenario(slow).await;
    for (when, ends) in [("after", "succeeded"), ("before", "processing")] {
        let (_, secret) = stack.open().await;
        let body = stack.with_card(CARD, 6_250).await;
        let lost = json!({"type": "drop_answer", "when": when});
        stack
            .scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": lost, "times": 1}))
            .await;
        assert_eq!(stack.confirm(&secret, &body).await.expect(202).at("/status"), "checking");
        for _ in 0..250 {
            let intent = stack.http.post(format!("{}/v1/payment_intents", stack.processor));
            let intent = intent.bearer_auth(PROCESSOR_SECRET).form(&[("amount", "100"), ("currency", "cad")]);
            stack.send(intent).await.expect(200);
        }
        sweep_after(&stack, 120).await;
        assert_eq!(stack.status(&secret).await.at("/attempt/status"), "checking", "two pages of three");
        let mut sweeps = 0;
        while stack.status(&secret).await.at("/attempt/status") == "checking" {
            sweep_after(&stack, 1).await;
            sweeps += 1;
            assert!(sweeps < 20, "it comes to no end");
        }
        assert_eq!(stack.status(&secret).await.at("/attempt/status"), ends);
        sweep_after(&stack, 0).await;
        assert_eq!(stack.status(&secret).await.at("/attempt/status"), "succeeded");
    }
    assert_eq!(stack.charges().await.len(), 2);
}

/// The search is blind to what is new, the list of charges is not.
async fn the_list_shows_what_the_search_does_not(engine: Engine) {
    let options = StackOptions { search_lag: Duration::from_secs(3_600), ..StackOptions::default() };
    let stack = Stack::start_with(engine, options).await;
    let (_, secret) = stack.open().await;
    let body = stack.with_card(CARD, 6_250).await;
    stack.scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": {"type": "drop_answer"}, "times": 1})).await;
    stack.confirm(&secret, &body).await.expect(202);
    sweep_after(&stack, 30).await;
    paid_once(&stack, &secret, &body["attempt_id"]).await;
}

/// Positive control: leaving out the look for a known attempt in `take` answers the repeats with a refusal, and fails
/// here; the primary key of `attempts` still keeps them from charging.
async fn a_thousand_equal_confirms_charge_once(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret) = stack.open().await;
    let body = stack.with_card(CARD, 6_250).await;
    let requests = (0..1_000).map(|_| stack.confirmation(&secret, &body));
    let mut decided = 0;
    for reply in stack.send_all(requests).await {
        assert!([200, 202].contains(&reply.status), "{} {}", reply.status, reply.text);
        assert_eq!(reply.json()["id"], body["attempt_id"]);
        decided += usize::from(reply.json()["status"] == "succeeded");
    }
    assert!(decided >= 1);
    paid_once(&stack, &secret, &body["attempt_id"]).await;
    // The same id for something else is not the same try.
    let mut other = body.clone();
    other["amount"] = json!(1);
    stack.confirm(&secret, &other).await.expect_problem(422, "idempotency_mismatch");
}

/// Positive control: three things stand in the way of a second attempt: the look for a live one, what is on its way
/// being subtracted from what is payable, and the index `attempts_one_live`. Without all three several of them charge
/// (tried on both databases).
async fn many_attempts_at_one_invoice_charge_once(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (invoice, secret) = stack.open().await;
    let second = stack.session(&invoice).await;
    let mut replies = Vec::new();
    for index in 0..12 {
        let body = stack.with_card(CARD, 6_250).await;
        let secret = if index % 2 == 0 { &secret } else { &second };
        replies.push((body["attempt_id"].clone(), stack.confirmation(secret, &body)));
    }
    let sent: Vec<_> = replies.into_iter().map(|(id, request)| (id, tokio::spawn(request.send()))).collect();
    let (mut won, mut lost) = (Vec::new(), 0);
    for (id, reply) in sent {
        let reply = reply.await.unwrap().unwrap();
        match reply.status().as_u16() {
            200 => won.push(id),
            409 => {
                let problem: Value = reply.json().await.unwrap();
                assert!(["attempt_in_progress", "already_paid"].contains(&problem["code"].as_str().unwrap()));
                assert!(problem["attempt"]["id"].is_string(), "{problem}");
                lost += 1;
            }
            other => panic!("{other}: {}", reply.text().await.unwrap()),
        }
    }
    assert_eq!((won.len(), lost), (1, 11));
    let charges = stack.charges().await;
    assert_eq!((charges.len(), &charges[0]["metadata"]["attempt"]), (1, &won[0]));
}

async fn two_processes_charge_once(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (other, billing) = stack.second_process().await;
    let (_, secret) = stack.open().await;
    let mut sent = Vec::new();
    for index in 0..10 {
        let body = stack.with_card(CARD, 6_250).await;
        let mut request = stack.confirmation(&secret, &body).build().unwrap();
        if index % 2 == 0 {
            *request.url_mut() = format!("{billing}/v1/checkout/confirm").parse().unwrap();
        }
        sent.push(tokio::spawn(stack.http.execute(request)));
    }
    let mut statuses = Vec::new();
    for reply in sent {
        statuses.push(reply.await.unwrap().unwrap().status().as_u16());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    // Both sweep the same doubt at the same time.
    let (_, secret) = stack.open().await;
    let body = stack.with_card(CARD, 6_250).await;
    stack.scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": {"type": "drop_answer"}, "times": 1})).await;
    stack.confirm(&secret, &body).await.expect(202);
    stack.clock.advance(Duration::from_secs(30));
    let (one, two) = tokio::join!(stack.app.sweep(), other.sweep());
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(stack.status(&secret).await.at("/attempt/status"), "succeeded");
    assert_eq!(stack.charges().await.len(), 2);
    assert_eq!(stack.read("/v1/payments").await.json()["data"].as_array().unwrap().len(), 2);
}

async fn the_browser_may_hang_up(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret) = stack.open().await;
    let body = stack.with_card(CARD, 6_250).await;
    let slow = json!({"type": "delay", "ms": 600});
    stack
        .scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": slow, "times": 1}))
        .await;
    let request = stack.confirmation(&secret, &body).timeout(Duration::from_millis(200));
    assert!(request.send().await.unwrap_err().is_timeout());
    assert_eq!(stack.status(&secret).await.at("/session_status"), "processing");
    // What a stopping server does: wait for the charges under way.
    stack.app.charges.close();
    stack.app.charges.wait().await;
    paid_once(&stack, &secret, &body["attempt_id"]).await;
}

async fn a_slow_processor_is_answered_with_202(engine: Engine) {
    let settings = Settings { confirm_wait: Duration::from_millis(50), ..Settings::default() };
    let stack = Stack::start_with(engine, StackOptions { settings, ..StackOptions::default() }).await;
    let (_, secret) = stack.open().await;
    let body = stack.with_card(CARD, 6_250).await;
    let slow = json!({"type": "delay", "ms": 400});
    stack
        .scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": slow, "times": 1}))
        .await;
    assert_eq!(stack.confirm(&secret, &body).await.expect(202).at("/status"), "processing");
    stack.app.charges.close();
    stack.app.charges.wait().await;
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    paid_once(&stack, &secret, &body["attempt_id"]).await;
}

/// Writes an attempt without sending it, as a process does that dies between the two.
async fn written_only(stack: &Stack, secret: &str) -> Value {
    let body = stack.with_card(CARD, 6_250).await;
    let slots = stack.app.charge_slots.clone();
    let taken = slots.acquire_many_owned(64).await.unwrap();
    let request = stack.confirmation(secret, &body).timeout(Duration::from_millis(500));
    assert!(request.send().await.is_err(), "no charge may start while every slot is taken");
    // The task that waits for a slot is the process that dies.
    stack.app.charge_slots.close();
    drop(taken);
    stack.app.charges.close();
    stack.app.charges.wait().await;
    body
}

/// The browser's try dies between the intent and the sending, and another process takes it up: by a look-up, because
/// it cannot know that nothing was sent.
async fn what_nobody_sent_is_sent(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret) = stack.open().await;
    let body = written_only(&stack, &secret).await;
    assert_eq!(stack.status(&secret).await.at("/attempt/status"), "processing");
    let (other, _) = stack.second_process().await;
    stack.clock.advance(Duration::from_secs(59));
    assert_eq!(other.sweep().await.unwrap(), 0, "whoever wrote it gets the time to send it");
    stack.clock.advance(Duration::from_secs(1));
    other.sweep().await.unwrap();
    assert_eq!(stack.status(&secret).await.at("/attempt/status"), "checking", "never sent again blindly");
    other.sweep().await.unwrap();
    other.sweep().await.unwrap();
    paid_once(&stack, &secret, &body["attempt_id"]).await;
}

/// Positive control: without the comparison of fences in `in_one_transaction` the stalled process decides (tried).
async fn a_late_answer_writes_nothing(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret) = stack.open().await;
    let body = written_only(&stack, &secret).await;
    let id = body["attempt_id"].as_str().unwrap();
    let tenant = stack.app.store.organization(stack.organization.clone());
    let claimed = tenant.read().await.unwrap().find_attempt(id).await.unwrap().unwrap();
    let (other, _) = stack.second_process().await;
    stack.clock.advance(Duration::from_secs(60));
    other.sweep().await.unwrap();
    // It wakes up late, with an answer of another time.
    let late = AttemptEvent::Succeed(ProcessorReference("pi_late".to_owned()));
    let applied = stack.app.record_outcome(&tenant, &claimed, late).await.unwrap();
    assert_eq!(applied, Applied::LostFence);
    assert_eq!(stack.status(&secret).await.at("/attempt/status"), "checking");
    assert!(stack.read("/v1/payments").await.json()["data"].as_array().unwrap().is_empty());
}

async fn an_unreachable_processor_is_a_failure(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret) = stack.open().await;
    let busy = json!({"match": "every", "on": ["payment_intents.create"], "action": {"type": "rate_limit"}, "times": 1});
    stack.scenario(busy).await;
    let body = stack.with_card(CARD, 6_250).await;
    let reply = stack.confirm(&secret, &body).await.expect(200);
    assert_eq!(reply.at("/status"), "failed");
    assert_eq!(stack.status(&secret).await.at("/session_status"), "open");
    // The token is a method by now and the attempt is over: the next try is a new one.
    let next = stack.with_card(CARD, 6_250).await;
    assert_eq!(stack.confirm(&secret, &next).await.expect(200).at("/status"), "succeeded");
    assert_eq!(stack.charges().await.len(), 1);
    let unused = json!({"attempt_id": attempt_id(), "amount": 1, "currency": "CAD", "saved_method": "pm_x"});
    stack.confirm(&secret, &unused).await.expect_problem(409, "already_paid");
}

async fn a_full_wallet_does_not_stop_the_money(engine: Engine) {
    let settings = Settings { cards_max: 1, confirm_wait: Duration::from_secs(20), ..Settings::default() };
    let stack = Stack::start_with(engine, StackOptions { settings, ..StackOptions::default() }).await;
    let account = stack.client().await;
    let save = async |number: &str, amount: i64| {
        let secret = stack.session(&stack.invoice(&account, &[amount]).await).await;
        let mut body = stack.with_card(number, amount).await;
        body["save"] = json!(true);
        body["consent_version"] = json!("save-card-1");
        body["consent_locale"] = json!("en");
        (secret, body)
    };
    let (first, first_body) = save(CARD, 100).await;
    let (second, second_body) = save("5555555555554444", 200).await;
    // The second is taken while the wallet is empty; what became of it is learned when the wallet is full.
    let lost = json!({"match": {"card": "4444"}, "on": ["payment_intents.create"], "action": {"type": "drop_answer"}, "times": 1});
    stack.scenario(lost).await;
    assert_eq!(stack.confirm(&second, &second_body).await.expect(202).at("/status"), "checking");
    assert_eq!(stack.confirm(&first, &first_body).await.expect(200).at("/status"), "succeeded");
    sweep_after(&stack, 30).await;
    assert_eq!(stack.status(&second).await.at("/attempt/status"), "succeeded");
    let (third, third_body) = save("378282246310005", 300).await;
    assert_eq!(stack.view(&third).await.json()["methods"].as_array().unwrap().len(), 1);
    assert_eq!(
        stack.confirm(&third, &third_body).await.expect_problem(422, "wallet_full").at("/param"),
        "save"
    );
}
