//! Payers whose bank asks them to prove who they are: they do, fail, call it off, wait too long, close the tab, or do two of
//! these at once.

use std::time::Duration;

use paydesk_billing::app::report::Report;
use paydesk_domain::attempt::AttemptEvent;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Engine, Reply, STORE, Stack, StackOptions, on_both};

on_both! {
    a_card_that_nobody_asks_about_is_charged_at_once;
    a_proof_that_is_given_pays;
    a_proof_that_fails_is_a_refusal_and_the_next_try_pays;
    a_refusal_after_the_proof_is_told;
    a_payer_calls_it_off;
    nobody_waits_for_ever;
    a_closed_tab_changes_nothing;
    calling_off_too_late_is_having_paid;
    what_was_given_up_is_cancelled_after_a_crash;
    an_answer_that_was_lost_is_still_a_challenge;
    a_second_tab_is_asked_the_same;
    another_page_follows_it_and_staff_do_not_answer_it;
    whoever_is_away_is_not_asked;
    a_plan_begins_when_the_proof_was_given;
    late_news_after_the_end_reaches_a_human;
    hints_do_not_make_it_ask_more_often;
}

const ALWAYS: &str = "4000002760003184";
const MINUTE: Duration = Duration::from_secs(60);

/// Asks to pay 62.50 with a new card: the reply, and the attempt's id.
async fn pay(stack: &Stack, secret: &str, number: &str) -> (Reply, String) {
    let body = stack.with_card(number, 6_250).await;
    let id = body["attempt_id"].as_str().unwrap().to_owned();
    (stack.confirm(secret, &body).await, id)
}

/// A payer who is asked: the invoice, the session's secret, the attempt and the page.
async fn asked(stack: &Stack) -> (String, String, String, String) {
    let (invoice, secret) = stack.open().await;
    let (reply, id) = pay(stack, &secret, ALWAYS).await;
    let reply = reply.expect(202);
    assert_eq!(reply.at("/status"), "requires_action");
    let url = reply.at("/challenge/url");
    assert!(url.starts_with(&format!("{}/challenge/", stack.processor)), "{url}");
    assert_eq!(stack.three_figures(&invoice).await, (6_250, 6_250, 0), "it holds the amount");
    (invoice, secret, id, url)
}

/// The payer answers their bank; where they are sent then.
pub async fn answer(url: &str, word: &str) -> String {
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    let sent = browser.build().unwrap().post(url).form(&[("answer", word)]).send().await.unwrap();
    assert_eq!(sent.status(), 303, "{}", sent.text().await.unwrap());
    sent.headers()["location"].to_str().unwrap().to_owned()
}

pub async fn call_off(stack: &Stack, secret: &str, attempt: &str) -> Reply {
    let request = stack.browser(Method::POST, secret, "/v1/checkout/attempt/cancel");
    stack.send(request.header("idempotency-key", attempt).json(&json!({"attempt_id": attempt}))).await
}

/// Where the attempt stands, as the payer is told once enough time has passed to ask the processor again.
pub async fn told(stack: &Stack, secret: &str) -> Value {
    stack.clock.advance(Duration::from_secs(2));
    stack.status(secret).await.expect(200).json()["attempt"].clone()
}

async fn intent_status(stack: &Stack, attempt: &str) -> String {
    stack.intent_of(attempt).await["status"].as_str().unwrap().to_owned()
}

async fn a_card_that_nobody_asks_about_is_charged_at_once(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret) = stack.open().await;
    let (paid, _) = pay(&stack, &secret, "4000000000003055").await;
    let paid = paid.expect(200);
    assert_eq!(paid.at("/status"), "succeeded");
    assert!(paid.json()["challenge"].is_null());
}

async fn a_proof_that_is_given_pays(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (invoice, secret, id, url) = asked(&stack).await;
    let view = stack.view(&secret).await.expect(200);
    assert_eq!(
        (view.at("/session/status"), view.at("/attempt/status"), view.at("/attempt/challenge/url")),
        ("processing".into(), "requires_action".into(), url.clone())
    );
    let charge = stack.read(&format!("/v1/charges/{id}")).await.expect(200);
    assert_eq!(charge.at("/status"), "requires_action");
    let listed = stack.read("/v1/charges?status=requires_action").await.expect(200);
    assert_eq!(listed.at("/data/0/id"), id);
    assert_eq!(stack.read("/v1/charges?status=in_doubt").await.json()["data"], json!([]));

    let back = answer(&url, "complete").await;
    assert!(back.starts_with(&format!("{}/challenge-done?parent=", stack.billing)), "{back}");
    let page = stack.send(stack.http.get(&back)).await.expect(200);
    assert!(page.text.contains("close this window"));
    let paid = told(&stack, &secret).await;
    assert_eq!((paid["status"].as_str(), &paid["challenge"]), (Some("succeeded"), &Value::Null));
    assert_eq!(paid["receipt"]["number"], "000001");
    assert_eq!(stack.three_figures(&invoice).await, (0, 0, 0));
    assert_eq!(stack.charges().await.len(), 1);
    let entries = stack.read(&format!("/v1/audit_entries?subject={id}&limit=100")).await.expect(200).json();
    let actions: Vec<_> =
        entries["data"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    for action in ["attempt.created", "attempt.challenged", "attempt.succeeded"] {
        assert_eq!(actions.iter().filter(|known| **known == action).count(), 1, "{action} in {actions:?}");
    }
}

async fn a_proof_that_fails_is_a_refusal_and_the_next_try_pays(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (invoice, secret, _, url) = asked(&stack).await;
    answer(&url, "fail").await;
    let refused = told(&stack, &secret).await;
    assert_eq!(
        (&refused["status"], &refused["decline"]["code"], &refused["decline"]["category"]),
        (&json!("declined"), &json!("authentication_failed"), &json!("authentication_failed"))
    );
    assert_eq!(stack.three_figures(&invoice).await, (6_250, 0, 6_250));
    let (paid, _) = pay(&stack, &secret, "4242424242424242").await;
    assert_eq!(paid.expect(200).at("/status"), "succeeded");
    assert_eq!(stack.charges().await.len(), 1);
}

async fn a_refusal_after_the_proof_is_told(engine: Engine) {
    let stack = Stack::start(engine).await;
    for (number, code) in
        [("4000008260003178", "insufficient_funds"), ("4000008400001629", "generic_decline")]
    {
        let (_, secret) = stack.open().await;
        let (reply, _) = pay(&stack, &secret, number).await;
        answer(&reply.expect(202).at("/challenge/url"), "complete").await;
        assert_eq!(told(&stack, &secret).await["decline"]["code"], code);
    }
    assert!(stack.charges().await.is_empty());
}

/// Positive control: ending the attempt where the wish is written down, without `cancel_charge`, leaves the intent open: the
/// payer's bank takes the money after they were told that it did not (tried).
async fn a_payer_calls_it_off(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (invoice, secret, id, url) = asked(&stack).await;
    let ended = call_off(&stack, &secret, &id).await.expect(200);
    assert_eq!(
        (ended.at("/status"), ended.at("/decline/code")),
        ("declined".into(), "authentication_abandoned".into())
    );
    assert!(ended.json()["challenge"].is_null());
    assert_eq!(intent_status(&stack, &id).await, "canceled");
    answer(&url, "complete").await;
    assert_eq!(intent_status(&stack, &id).await, "canceled");
    assert!(stack.charges().await.is_empty());
    assert_eq!(stack.three_figures(&invoice).await, (6_250, 0, 6_250));
    // Again it is the same, and of what is not theirs a payer learns nothing.
    assert_eq!(call_off(&stack, &secret, &id).await.expect(200).at("/status"), "declined");
    let (_, other) = stack.open().await;
    call_off(&stack, &other, &id).await.expect_problem(404, "not_found");
    let (paid, _) = pay(&stack, &secret, "4242424242424242").await;
    assert_eq!(paid.expect(200).at("/status"), "succeeded");
}

/// Positive control: a deadline that every look-up moves keeps it open (tried).
async fn nobody_waits_for_ever(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (invoice, secret, id, url) = asked(&stack).await;
    for _ in 0..14 {
        stack.work_after(MINUTE).await;
        assert_eq!(stack.status(&secret).await.at("/attempt/status"), "requires_action");
    }
    stack.work_after(2 * MINUTE).await;
    let ended = stack.status(&secret).await.expect(200);
    assert_eq!(ended.at("/attempt/decline/code"), "authentication_abandoned");
    assert_eq!(intent_status(&stack, &id).await, "canceled");
    answer(&url, "complete").await;
    stack.app.poll_events().await.unwrap();
    stack.work().await;
    assert!(stack.charges().await.is_empty());
    assert!(stack.action_items().await.is_empty());
    assert_eq!(stack.three_figures(&invoice).await, (6_250, 0, 6_250));
}

/// The browser is gone. A webhook decides it, and without webhooks the look-up does.
async fn a_closed_tab_changes_nothing(engine: Engine) {
    let listens = StackOptions { webhooks: true, ..StackOptions::default() };
    let stack = Stack::start_with(engine, listens).await;
    let (invoice, _, id, url) = asked(&stack).await;
    answer(&url, "complete").await;
    let mut waited = 0;
    while stack.read(&format!("/v1/charges/{id}")).await.at("/status") != "succeeded" {
        tokio::time::sleep(Duration::from_millis(20)).await;
        stack.work().await;
        waited += 1;
        assert!(waited < 500, "no webhook decided it");
    }
    assert_eq!(stack.three_figures(&invoice).await, (0, 0, 0));
    drop(stack);

    let stack = Stack::start(engine).await;
    let (invoice, _, _, url) = asked(&stack).await;
    answer(&url, "complete").await;
    stack.work_after(MINUTE).await;
    assert_eq!(stack.three_figures(&invoice).await, (0, 0, 0));
    let (invoice, _, _, url) = asked(&stack).await;
    answer(&url, "fail").await;
    stack.work_after(MINUTE).await;
    assert_eq!(stack.three_figures(&invoice).await, (6_250, 0, 6_250));
}

/// Positive control: taking the refusal to cancel for a cancellation tells a payer who has paid that they have not (tried).
async fn calling_off_too_late_is_having_paid(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (invoice, secret, id, url) = asked(&stack).await;
    answer(&url, "complete").await;
    let ended = call_off(&stack, &secret, &id).await.expect(200);
    assert_eq!((ended.at("/status"), ended.at("/receipt/number")), ("succeeded".into(), "000001".into()));
    assert_eq!(stack.three_figures(&invoice).await, (0, 0, 0));
    // Both at the same moment: whatever comes first, the books and the processor say the same.
    for _ in 0..10 {
        let (invoice, secret, id, url) = asked(&stack).await;
        let (ended, _) = tokio::join!(call_off(&stack, &secret, &id), answer(&url, "complete"));
        let mut status = ended.at("/status");
        if status == "checking" {
            stack.work_after(MINUTE).await;
            status = stack.status(&secret).await.at("/attempt/status");
        }
        let wanted = if status == "succeeded" { "succeeded" } else { "canceled" };
        assert_eq!(intent_status(&stack, &id).await, wanted);
        let left = if status == "succeeded" { (0, 0, 0) } else { (6_250, 0, 6_250) };
        assert_eq!(stack.three_figures(&invoice).await, left);
    }
    assert!(stack.action_items().await.is_empty());
}

/// Whoever wrote the wish down died before the processor was told; and the answer to the cancellation may be lost.
async fn what_was_given_up_is_cancelled_after_a_crash(engine: Engine) {
    let stack = Stack::start(engine).await;
    let tenant = stack.app.store.organization(stack.organization.clone());
    let (_, secret, id, _) = asked(&stack).await;
    stack.app.apply_report(&tenant, &id, Report::from(AttemptEvent::GiveUp)).await.unwrap();
    let lost = json!({"match": "every", "on": ["payment_intents.cancel"], "times": 2, "action": {"type": "drop_answer"}});
    stack.scenario(lost).await;
    // Whoever asks where it stands goes on with it at once, and a worker when it is due.
    for _ in 0..2 {
        let waits = stack.status(&secret).await.expect(200);
        assert_eq!(
            (waits.at("/attempt/status"), waits.json()["attempt"]["challenge"].is_null()),
            ("checking".into(), true),
            "nobody is told the end before it is one, and nobody is sent to their bank any more"
        );
        stack.work_after(MINUTE).await;
    }
    assert_eq!(stack.status(&secret).await.at("/attempt/decline/code"), "authentication_abandoned");
    assert_eq!(intent_status(&stack, &id).await, "canceled");
}

/// The processor asks the payer, and its answer is lost: between its intent and our challenge.
async fn an_answer_that_was_lost_is_still_a_challenge(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret) = stack.open().await;
    let lost = json!({"match": "every", "on": ["payment_intents.create"], "times": 1, "action": {"type": "drop_answer"}});
    stack.scenario(lost).await;
    let (reply, id) = pay(&stack, &secret, ALWAYS).await;
    assert_eq!(reply.expect(202).at("/status"), "checking");
    stack.work_after(MINUTE).await;
    let found = stack.status(&secret).await.expect(200);
    assert_eq!(found.at("/attempt/status"), "requires_action");
    answer(&found.at("/attempt/challenge/url"), "complete").await;
    assert_eq!(told(&stack, &secret).await["status"], "succeeded");
    assert_eq!(stack.charges().await.len(), 1, "{id}");
}

async fn a_second_tab_is_asked_the_same(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (invoice, secret, id, url) = asked(&stack).await;
    // A reload, and a tab with the same session, see the same.
    for _ in 0..2 {
        let view = stack.view(&secret).await.expect(200);
        assert_eq!((view.at("/attempt/id"), view.at("/attempt/challenge/url")), (id.clone(), url.clone()));
    }
    // Nobody pays a second time, in this session or in another one; that one is sent to the same page.
    for secret in [secret.clone(), stack.session(&invoice).await] {
        let (refused, _) = pay(&stack, &secret, "4242424242424242").await;
        let refused = refused.expect_problem(409, "attempt_in_progress");
        assert_eq!(refused.at("/attempt/challenge/url"), url);
    }
    answer(&url, "complete").await;
    assert_eq!(told(&stack, &secret).await["status"], "succeeded");
    assert_eq!(stack.charges().await.len(), 1);
}

/// Positive control: comparing the logins alone, as `is_by` did once, shows staff the client's page and lets them call it off (found so).
async fn another_page_follows_it_and_staff_do_not_answer_it(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (invoice, secret, id, url) = asked(&stack).await;
    let follow = async |secret: &str| {
        stack.clock.advance(Duration::from_secs(2));
        let path = format!("/v1/checkout/status?attempt={id}");
        stack.send(stack.browser(Method::GET, secret, &path)).await.expect(200).json()["attempt"].clone()
    };
    let other = stack.session(&invoice).await;
    assert_eq!(
        stack.view(&other).await.at("/attempt/challenge/url"),
        url,
        "the same client, on another page"
    );
    assert_eq!(follow(&other).await["challenge"]["url"], url);
    let acting = json!({"kind": "admin", "id": "staff:17", "name": "Lou Chan"});
    let session = json!({"invoice": invoice, "allowed_origin": STORE, "acting": acting});
    let staff = stack.write("/v1/checkout_sessions", session).await.expect(201).at("/secret");
    let (refused, _) = pay(&stack, &staff, "4242424242424242").await;
    let refused = refused.expect_problem(409, "attempt_in_progress").json();
    let seen = follow(&staff).await;
    for attempt in [&refused["attempt"], &seen] {
        assert_eq!((&attempt["id"], attempt.get("challenge")), (&json!(id), None), "{attempt}");
    }
    call_off(&stack, &staff, &id).await.expect_problem(404, "not_found");
    // A stranger's session learns nothing of it.
    let stranger = stack.session(&stack.invoice(&stack.client().await, &[100]).await).await;
    assert_eq!(follow(&stranger).await, Value::Null);
    answer(&url, "complete").await;
    for secret in [&secret, &other, &staff] {
        assert_eq!(follow(secret).await["status"], "succeeded");
    }
    assert_eq!(stack.charges().await.len(), 1);
}

async fn whoever_is_away_is_not_asked(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let card = stack.saved_card(&account, ALWAYS).await;
    let invoice = stack.invoice(&account, &[900]).await;
    let charge = stack.charge_saved(&invoice, &card, "recurring").await;
    stack.work().await;
    let charge = stack.read(&format!("/v1/charges/{charge}")).await.expect(200);
    assert_eq!(
        (charge.at("/status"), charge.at("/decline_code")),
        ("declined".into(), "authentication_required".into())
    );
    assert!(stack.charges().await.is_empty());
    assert_eq!(stack.action_items().await[0]["code"], "authentication_required");
}

async fn a_plan_begins_when_the_proof_was_given(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let quarter = json!([{"initial_basis_points": 2500, "recurring": {"count_max": 3, "interval": {"unit": "week", "every": 2}}}]);
    let configuration = stack.configuration(quarter).await;
    for word in ["fail", "complete"] {
        let items =
            json!([{"description": "Camp", "amount": 9_000, "installment_configuration": configuration}]);
        let (_, secret) = stack.buy(&account, items).await;
        let ways = stack.ways(&secret).await;
        let way = ways.iter().find(|way| way["id"] != "full").unwrap();
        let body = stack.choosing_new(way, ALWAYS).await;
        let reply = stack.confirm(&secret, &body).await.expect(202);
        assert_eq!(reply.at("/status"), "requires_action");
        assert_eq!(stack.plans_of(&account).await[0]["status"], "pending");
        let methods = stack.view(&secret).await.json()["methods"].clone();
        assert_eq!(methods, json!([]), "nothing is saved before it is paid");
        answer(&reply.at("/challenge/url"), word).await;
        told(&stack, &secret).await;
    }
    let plans = stack.plans_of(&account).await;
    assert_eq!((&plans[0]["status"], &plans[1]["status"]), (&json!("active"), &json!("void")), "{plans:?}");
    assert_eq!(stack.charges().await.len(), 1);
}

/// The processor says, against its word, that what it cancelled went through.
async fn late_news_after_the_end_reaches_a_human(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret, id, _) = asked(&stack).await;
    let intent = stack.intent_of(&id).await["id"].as_str().unwrap().to_owned();
    assert_eq!(call_off(&stack, &secret, &id).await.expect(200).at("/status"), "declined");
    let tenant = stack.app.store.organization(stack.organization.clone());
    let paid = AttemptEvent::Succeed(paydesk_domain::attempt::ProcessorReference(intent));
    stack.app.apply_report(&tenant, &id, Report::from(paid)).await.unwrap();
    let items = stack.action_items().await;
    assert_eq!((items.len(), &items[0]["kind"]), (1, &json!("contradiction")));
    assert_eq!(stack.status(&secret).await.at("/attempt/status"), "declined", "what was told stays");
}

/// Positive control: without the pause in `hear_hint` every question reaches the processor, and each fails here (tried).
async fn hints_do_not_make_it_ask_more_often(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret, _, url) = asked(&stack).await;
    // One of these reaches the processor, and is all that this order gives up.
    let fault = json!({"match": "every", "on": ["payment_intents.retrieve"], "times": 2,
        "action": {"type": "server_error", "when": "before"}});
    stack.scenario(fault).await;
    answer(&url, "complete").await;
    stack.clock.advance(Duration::from_secs(2));
    for _ in 0..20 {
        assert_eq!(stack.status(&secret).await.at("/attempt/status"), "requires_action");
    }
    assert_eq!(told(&stack, &secret).await["status"], "requires_action", "the second fault");
    assert_eq!(told(&stack, &secret).await["status"], "succeeded");
}
