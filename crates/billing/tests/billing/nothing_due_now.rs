//! A purchase of which nothing is due now: its method is verified, and the plan begins with that, whatever is lost or refused.

use std::time::Duration;

use serde_json::{Value, json};

use crate::challenges::{answer, call_off, told};
use crate::support::{Engine, PROCESSOR_SECRET, STORE, Stack, attempt_id, fresh, on_both};

on_both! {
    a_new_card_is_verified_and_charged_later;
    a_refused_card_begins_nothing;
    a_lost_answer_is_asked_for_again;
    what_nobody_answers_is_given_up;
    a_verification_keeps_other_tries_out;
    a_subscription_begins_later;
    a_bank_account_is_verified_under_its_mandate;
    an_admin_begins_a_plan;
    a_proof_that_is_given_begins_the_plan;
    a_proof_that_is_not_given_begins_nothing;
    nobody_waits_for_a_proof_for_ever;
    calling_off_too_late_is_having_agreed;
    a_proof_whose_asking_was_lost_is_asked_for_again;
}

const CARD: &str = "4242424242424242";
/// Its bank always asks.
const ALWAYS: &str = "4000002760003184";
const MINUTE: Duration = Duration::from_secs(60);

/// An invoice of 90.00 that is paid in three installments of 30.00, none of them now, and the way to do so.
async fn deferred(stack: &Stack, account: &str) -> (String, String, Value) {
    let options = json!([{"recurring": {"count_max": 3, "interval": {"unit": "week", "every": 2}}}]);
    let configuration = stack.configuration(options).await;
    let items = json!([{"description": "Camp", "amount": 9_000, "installment_configuration": configuration}]);
    let (invoice, secret) = stack.buy(account, items).await;
    let way = stack.ways(&secret).await[1].clone();
    assert_eq!((&way["due_now"], &way["total"]), (&json!(0), &json!(9_000)));
    (invoice, secret, way)
}

/// What the processor did to verify methods.
pub async fn verifications(stack: &Stack) -> Vec<Value> {
    let url = format!("{}/v1/setup_intents?limit=100", stack.processor);
    let request = stack.http.get(url).bearer_auth(PROCESSOR_SECRET);
    stack.send(request).await.expect(200).json()["data"].as_array().unwrap().clone()
}

async fn a_new_card_is_verified_and_charged_later(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let (invoice, secret, way) = deferred(&stack, &account).await;
    let body = stack.choosing_new(&way, CARD).await;
    let attempt = body["attempt_id"].as_str().unwrap().to_owned();
    let reply = stack.confirm(&secret, &body).await.expect(200).json();
    let seen = (&reply["status"], &reply["amount"], &reply["receipt"]);
    assert_eq!(seen, (&json!("succeeded"), &json!(0), &Value::Null));
    let asked = verifications(&stack).await;
    let seen = (asked.len(), &asked[0]["status"], &asked[0]["usage"]);
    assert_eq!(seen, (1, &json!("succeeded"), &json!("off_session")));
    assert_eq!(asked[0]["metadata"]["attempt"], attempt);
    let status = stack.status(&secret).await.expect(200);
    assert_eq!(
        (status.at("/session_status"), status.at("/attempt/id")),
        ("complete".into(), attempt.clone())
    );
    // The same try once more verifies nothing again.
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    assert_eq!((verifications(&stack).await.len(), stack.charges().await.len()), (1, 0));
    let charge = stack.read(&format!("/v1/charges/{attempt}")).await.expect(200).json();
    assert_eq!((&charge["amount"], &charge["payment"]), (&json!(0), &Value::Null));
    assert_eq!(stack.plans_of(&account).await[0]["status"], "active");
    stack.days_pass(42).await;
    assert_eq!(stack.covered(&invoice).await, [9_000]);
    assert_eq!(stack.charges().await.len(), 3);
    // A card that is saved already is verified as well.
    let (_, secret, way) = deferred(&stack, &account).await;
    let method = stack.view(&secret).await.at("/methods/0/id");
    let reply = stack.confirm(&secret, &stack.choosing(&way, &method)).await.expect(200);
    assert_eq!(reply.at("/status"), "succeeded");
    assert_eq!(verifications(&stack).await.len(), 2);
    // Zero is an amount of plans alone.
    let secret = stack.session(&stack.invoice(&account, &[100]).await).await;
    let nothing = json!({"attempt_id": attempt_id(), "amount": 0, "currency": "CAD", "saved_method": method});
    stack.confirm(&secret, &nothing).await.expect_problem(400, "invalid_request");
}

async fn a_refused_card_begins_nothing(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let (_, secret, way) = deferred(&stack, &account).await;
    let body = stack.choosing_new(&way, "4000000000000002").await;
    let reply = stack.confirm(&secret, &body).await.expect(200);
    assert_eq!(reply.at("/status"), "declined");
    stack.clock.advance(Duration::from_secs(1));
    assert_eq!(stack.status(&secret).await.at("/session_status"), "open");
    assert_eq!(stack.view(&secret).await.json()["methods"], json!([]), "nothing was saved");
    assert!(stack.plans_of(&account).await.iter().all(|plan| plan["status"] == "void"));
    let body = stack.choosing_new(&way, CARD).await;
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    assert_eq!(stack.planned("").await.len(), 3);
}

/// Positive control: asking under a new key each time (`{id}.{look_ups}.setup`) leaves two verifications where the answer alone
/// was lost (tried).
async fn a_lost_answer_is_asked_for_again(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    for (when, card) in [("after", CARD), ("before", "5555555555554444")] {
        let (_, secret, way) = deferred(&stack, &account).await;
        let lost = json!({"type": "drop_answer", "when": when});
        let on = json!(["setup_intents.create"]);
        stack.scenario(json!({"match": "every", "on": on, "action": lost, "times": 1})).await;
        let before = verifications(&stack).await.len();
        let body = stack.choosing_new(&way, card).await;
        assert_eq!(stack.confirm(&secret, &body).await.expect(202).at("/status"), "processing");
        assert_eq!(stack.status(&secret).await.at("/session_status"), "processing");
        assert_eq!(stack.plans_of(&account).await[0]["status"], "pending");
        stack.work_after(Duration::from_secs(59)).await;
        assert_eq!(stack.status(&secret).await.at("/attempt/status"), "processing", "not before its time");
        let (other, _) = stack.second_process().await;
        stack.clock.advance(Duration::from_secs(1));
        let (one, two) = tokio::join!(stack.app.sweep(), other.sweep());
        assert!(one.is_ok() && two.is_ok());
        stack.work().await;
        assert_eq!(stack.status(&secret).await.at("/attempt/status"), "succeeded");
        assert_eq!(verifications(&stack).await.len(), before + 1, "once at the processor");
        assert_eq!(stack.plans_of(&account).await[0]["status"], "active");
    }
    assert_eq!((stack.planned("").await.len(), stack.charges().await.len()), (6, 0));
}

async fn what_nobody_answers_is_given_up(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let (_, secret, way) = deferred(&stack, &account).await;
    let lost = json!({"type": "drop_answer", "when": "before"});
    stack.scenario(json!({"match": "every", "on": ["setup_intents.create"], "action": lost})).await;
    let body = stack.choosing_new(&way, CARD).await;
    stack.confirm(&secret, &body).await.expect(202);
    for _ in 0..24 {
        stack.work_after(Duration::from_secs(3_600)).await;
    }
    let charge = stack.read(&format!("/v1/charges/{}", body["attempt_id"].as_str().unwrap())).await;
    let why = "processor_unreachable";
    assert_eq!((charge.at("/status"), charge.at("/failure")), ("failed_before_send".into(), why.into()));
    let plans = stack.plans_of(&account).await;
    assert_eq!((&plans[0]["status"], &plans[0]["ended_because"]), (&json!("void"), &json!(why)));
    assert!(stack.planned("").await.is_empty());
}

async fn a_verification_keeps_other_tries_out(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let (invoice, secret, way) = deferred(&stack, &account).await;
    let second = stack.session(&invoice).await;
    let mut sent = Vec::new();
    for index in 0..6 {
        let body = stack.choosing_new(&way, CARD).await;
        let secret = if index % 2 == 0 { &secret } else { &second };
        sent.push(tokio::spawn(stack.confirmation(secret, &body).send()));
    }
    let mut statuses = Vec::new();
    for reply in sent {
        statuses.push(reply.await.unwrap().unwrap().status().as_u16());
    }
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200, "{statuses:?}");
    assert!(statuses[1..].iter().all(|status| [409, 422].contains(status)), "{statuses:?}");
    assert_eq!((stack.planned("").await.len(), verifications(&stack).await.len()), (3, 1));
}

async fn a_subscription_begins_later(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let weekly = json!({"unit": "week", "every": 1});
    let terms = json!({"interval": weekly, "anchor": stack.in_days(10), "first_charge": "later"});
    let items = json!([{"description": "Membership", "amount": 3_000, "subscription": terms}]);
    let (invoice, secret) = stack.buy(&account, items).await;
    let way = stack.ways(&secret).await[0].clone();
    let first = json!([{"due_on": stack.in_days(10), "amount": 3_000}]);
    assert_eq!((&way["due_now"], &way["payments"]), (&json!(0), &first));
    let body = stack.choosing_new(&way, CARD).await;
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    stack.days_pass(9).await;
    assert!(stack.charges().await.is_empty());
    stack.days_pass(1).await;
    assert_eq!(stack.covered(&invoice).await, [3_000], "the first period is on the invoice of the purchase");
    stack.days_pass(7).await;
    let all = stack.read(&format!("/v1/invoices?account={account}")).await.json();
    assert_eq!(all["data"].as_array().unwrap().len(), 2);
    assert_eq!((&all["data"][0]["paid"], stack.charges().await.len()), (&json!(3_000), 2));
}

async fn a_bank_account_is_verified_under_its_mandate(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let mut debit = stack.debit_of(&account, "pad", "000123456789", &[100], true).await;
    let (invoice, secret, way) = deferred(&stack, &account).await;
    debit.body["amount"] = json!(0);
    debit.body["plan"] = json!({"option": way["id"], "schedule_hash": way["schedule_hash"]});
    let reply = stack.confirm(&secret, &debit.body).await.expect(200);
    assert_eq!(reply.at("/status"), "succeeded", "{}", reply.text);
    let asked = verifications(&stack).await;
    assert_eq!((asked.len(), &asked[0]["status"]), (1, &json!("succeeded")));
    assert!(asked[0]["mandate"].is_string(), "told of what was agreed to");
    stack.pass(54).await;
    assert_eq!(stack.covered(&invoice).await, [9_000]);
    // The account and its agreement are known to the processor: nothing is asked a second time.
    let (_, secret, way) = deferred(&stack, &account).await;
    let method = stack.view(&secret).await.at("/accounts/0/id");
    let mut body = stack.choosing(&way, &method);
    body["method_kind"] = json!("pad");
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    assert_eq!(verifications(&stack).await.len(), 1);
}

/// For a card that was brought up to date in the same session, whose security code waits for the first charge of it.
///
/// Positive control: with `attempt_payers` referring to `attempts`, as it once did, the confirm fails (found so).
async fn an_admin_begins_a_plan(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let card = stack.saved_until(&account, CARD, Some(("1", "2024"))).await;
    let (invoice, _, way) = deferred(&stack, &account).await;
    let acting = json!({"kind": "admin", "id": "staff:17", "name": "Lou Chan"});
    let session = json!({"invoice": invoice, "allowed_origin": STORE, "acting": acting});
    let secret = stack.write("/v1/checkout_sessions", session).await.expect(201).at("/secret");
    let update = json!({"exp_month": 3, "exp_year": 2034, "cvc_token": stack.cvc_token("314").await});
    let path = format!("/v1/checkout/methods/{card}/update");
    let request = stack.browser(reqwest::Method::POST, &secret, &path);
    stack.send(request.header("idempotency-key", fresh("u-")).json(&update)).await.expect(200);
    let body = stack.choosing(&way, &card);
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    let attempt = body["attempt_id"].as_str().unwrap();
    assert_eq!(stack.read(&format!("/v1/charges/{attempt}")).await.at("/admin"), "staff:17");
    stack.days_pass(42).await;
    assert_eq!(stack.covered(&invoice).await, [9_000]);
}

/// A payer who is asked by their bank, with nothing due now: the invoice, the session's secret, the attempt and the page.
async fn asked(stack: &Stack, account: &str) -> (String, String, String, String) {
    let (invoice, secret, way) = deferred(stack, account).await;
    let body = stack.choosing_new(&way, ALWAYS).await;
    let reply = stack.confirm(&secret, &body).await.expect(202);
    assert_eq!(reply.at("/status"), "requires_action");
    let url = reply.at("/challenge/url");
    assert!(url.starts_with(&format!("{}/challenge/seti_", stack.processor)), "{url}");
    (invoice, secret, body["attempt_id"].as_str().unwrap().to_owned(), url)
}

/// The same is shown to whoever opens the session again, nobody else may try meanwhile, and the look-up decides it without a browser.
async fn a_proof_that_is_given_begins_the_plan(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    for is_closed in [false, true] {
        let (invoice, secret, id, url) = asked(&stack, &account).await;
        let view = stack.view(&secret).await.expect(200);
        assert_eq!(
            (view.at("/session/status"), view.at("/attempt/status"), view.at("/attempt/challenge/url")),
            ("processing".into(), "requires_action".into(), url.clone())
        );
        assert_eq!(stack.read(&format!("/v1/charges/{id}")).await.at("/status"), "requires_action");
        let other = stack.session(&invoice).await;
        let body = stack.with_card(CARD, 9_000).await;
        stack.confirm(&other, &body).await.expect_problem(409, "attempt_in_progress");
        let plan = || async { stack.plans_of(&account).await[0]["status"].clone() };
        assert_eq!(plan().await, "pending");
        let back = answer(&url, "complete").await;
        assert!(back.starts_with(&format!("{}/challenge-done?parent=", stack.billing)), "{back}");
        if is_closed {
            stack.work_after(MINUTE).await;
        } else {
            let agreed = told(&stack, &secret).await;
            assert_eq!((&agreed["status"], &agreed["challenge"]), (&json!("succeeded"), &Value::Null));
            assert!(agreed["next"].is_object(), "{agreed}");
        }
        assert_eq!(plan().await, "active");
        let entries = stack.read(&format!("/v1/audit_entries?subject={id}")).await.expect(200).json();
        let actions: Vec<_> = entries["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["action"].as_str().unwrap())
            .collect();
        assert_eq!(actions, ["attempt.succeeded", "attempt.challenged", "attempt.created"]);
    }
    assert_eq!(verifications(&stack).await.len(), 2);
    assert_eq!(
        stack.view(&stack.session(&stack.invoice(&account, &[1]).await).await).await.json()["methods"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert!(stack.charges().await.is_empty());
}

/// Positive control: ending the try where the wish is written down, without `cancel_verification`, leaves the setup open, and the
/// card is kept after its payer was told that nothing was (tried).
async fn a_proof_that_is_not_given_begins_nothing(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let (_, secret, _, url) = asked(&stack, &account).await;
    answer(&url, "fail").await;
    assert_eq!(told(&stack, &secret).await["decline"]["code"], "authentication_failed");
    stack.clock.advance(Duration::from_secs(1));

    let (_, secret, id, url) = asked(&stack, &account).await;
    let ended = call_off(&stack, &secret, &id).await.expect(200);
    assert_eq!(
        (ended.at("/status"), ended.at("/decline/code")),
        ("declined".into(), "authentication_abandoned".into())
    );
    answer(&url, "complete").await;
    let newest = verifications(&stack).await[0].clone();
    assert_eq!(
        (&newest["status"], &newest["cancellation_reason"]),
        (&json!("canceled"), &json!("abandoned"))
    );
    // Again it is the same, and of what is not theirs a payer learns nothing.
    assert_eq!(call_off(&stack, &secret, &id).await.expect(200).at("/status"), "declined");
    let (_, other, _) = deferred(&stack, &stack.client().await).await;
    call_off(&stack, &other, &id).await.expect_problem(404, "not_found");
    assert!(stack.plans_of(&account).await.iter().all(|plan| plan["status"] == "void"));
    assert_eq!(stack.view(&secret).await.json()["methods"], json!([]));
    assert_eq!(stack.status(&secret).await.at("/session_status"), "open");
}

/// Positive control: a deadline that every look-up moves keeps it open (tried).
async fn nobody_waits_for_a_proof_for_ever(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let (_, secret, _, url) = asked(&stack, &account).await;
    for _ in 0..14 {
        stack.work_after(MINUTE).await;
        assert_eq!(stack.status(&secret).await.at("/attempt/status"), "requires_action");
    }
    // The processor does not answer at first: nobody is told anything before it has.
    let lost = json!({"type": "drop_answer", "when": "before"});
    let on = json!(["setup_intents.cancel"]);
    stack.scenario(json!({"match": "every", "on": on, "action": lost, "times": 1})).await;
    stack.work_after(2 * MINUTE).await;
    assert_eq!(stack.status(&secret).await.at("/attempt/status"), "checking");
    stack.work_after(MINUTE).await;
    assert_eq!(stack.status(&secret).await.at("/attempt/decline/code"), "authentication_abandoned");
    answer(&url, "complete").await;
    stack.work_after(MINUTE).await;
    assert_eq!(verifications(&stack).await[0]["status"], "canceled");
    assert_eq!(stack.plans_of(&account).await[0]["status"], "void");
    assert!(stack.action_items().await.is_empty());
}

async fn calling_off_too_late_is_having_agreed(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let (_, secret, id, url) = asked(&stack, &account).await;
    answer(&url, "complete").await;
    let ended = call_off(&stack, &secret, &id).await.expect(200);
    assert_eq!((ended.at("/status"), ended.at("/amount")), ("succeeded".into(), "0".into()));
    assert_eq!(stack.plans_of(&account).await[0]["status"], "active");
}

async fn a_proof_whose_asking_was_lost_is_asked_for_again(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let (_, secret, way) = deferred(&stack, &account).await;
    let lost = json!({"type": "drop_answer", "when": "after"});
    let on = json!(["setup_intents.create"]);
    stack.scenario(json!({"match": "every", "on": on, "action": lost, "times": 1})).await;
    let body = stack.choosing_new(&way, ALWAYS).await;
    assert_eq!(stack.confirm(&secret, &body).await.expect(202).at("/status"), "processing");
    stack.work_after(MINUTE).await;
    let status = stack.status(&secret).await.expect(200);
    assert_eq!(status.at("/attempt/status"), "requires_action");
    answer(&status.at("/attempt/challenge/url"), "complete").await;
    assert_eq!(told(&stack, &secret).await["status"], "succeeded");
    assert_eq!(verifications(&stack).await.len(), 1);
}
