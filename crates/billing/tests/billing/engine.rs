//! Charges without a payer, tries that are planned, doubt that reaches a human, and a processor that does not answer.

use std::time::Duration;

use paydesk_billing::store::Claim;
use serde_json::json;

use crate::support::{Database, Engine, Stack, on_both};

on_both! {
    a_saved_card_is_charged_when_it_is_due;
    a_soft_refusal_is_tried_again_within_its_ceiling;
    a_hard_refusal_is_put_before_a_human;
    paying_elsewhere_ends_the_plan_and_the_item;
    doubt_reaches_a_human_before_the_key_is_forgotten;
    a_silent_processor_keeps_new_charges_back;
    one_charge_goes_to_see_whether_the_processor_is_back;
    what_is_claimed_already_goes_back_to_waiting;
    who_starts_a_charge_is_told_to_the_processor;
    two_workers_share_the_queue;
    what_was_permitted_may_have_ended_since;
}

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);

async fn a_saved_card_is_charged_when_it_is_due(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let card = stack.saved_card(&account, "4242424242424242").await;
    let invoice = stack.invoice(&account, &[5_000, 1_250]).await;
    let due_at = stack.app.mint.now().checked_add(jiff::SignedDuration::from_hours(2)).unwrap().to_string();
    let body = json!({"invoice": invoice, "payment_method": card, "amount": 5_500, "reason": "installment", "due_at": due_at});
    let charge = stack.write("/v1/charges", body).await.expect(201);
    assert_eq!((charge.at("/status"), charge.at("/initiation")), ("created".into(), "installment".into()));
    stack.work_after(HOUR).await;
    assert!(stack.charges().await.is_empty(), "not before its time");
    stack.work_after(HOUR).await;
    let charge = stack.read(&format!("/v1/charges/{}", charge.at("/id"))).await.expect(200);
    assert_eq!(charge.at("/status"), "succeeded");
    let payment = stack.read(&format!("/v1/payments/{}", charge.at("/payment"))).await.expect(200);
    assert_eq!(
        (payment.at("/status"), payment.at("/reconciliation"), payment.at("/allocations/1/amount")),
        ("succeeded".into(), "full".into(), "500".into())
    );
    let invoice = stack.read(&format!("/v1/invoices/{invoice}")).await.expect(200);
    assert_eq!((invoice.at("/balance"), invoice.at("/reconciliation")), ("750".into(), "partial".into()));
    // What is not theirs to charge, or not payable, is refused.
    for (change, code) in [
        (json!({"payment_method": "pm_x"}), "method_unknown"),
        (json!({"amount": 751}), "invalid_request"),
        (json!({"invoice": "inv_x"}), "invalid_request"),
    ] {
        let mut body = json!({"invoice": invoice.at("/id"), "payment_method": card, "reason": "unscheduled"});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let reply = stack.write("/v1/charges", body).await;
        assert_eq!(reply.at("/code"), code, "{change}");
    }
}

/// Positive control: letting `after_decline` plan whatever `decide_card` says never to try makes a fifth charge (tried).
async fn a_soft_refusal_is_tried_again_within_its_ceiling(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let poor = stack.saved_card(&account, "4000000000000341").await;
    let invoice = stack.invoice(&account, &[900]).await;
    let decline = json!({"match": "every", "on": ["payment_intents.create"],
        "action": {"type": "decline", "code": "insufficient_funds"}});
    stack.scenario(decline).await;
    let first = stack.charge_saved(&invoice, &poor, "recurring").await;
    stack.work().await;
    let charge = stack.read(&format!("/v1/charges/{first}")).await;
    assert_eq!(charge.at("/decline_code"), "insufficient_funds");
    assert_ne!(charge.at("/retry_at"), "null");
    assert!(stack.action_items().await.is_empty(), "nobody need look while it is tried again");
    // Three days, then five, then seven: four tries in all, whatever time passes.
    for day in 0..60 {
        stack.work_after(DAY).await;
        let items = stack.action_items().await;
        assert_eq!(items.is_empty(), day < 14, "day {day}: {items:?}");
    }
    let items = stack.action_items().await;
    assert_eq!((items.len(), items[0]["kind"].as_str()), (1, Some("charge_failed")));
    let attempts = stack.attempts_of(&invoice).await;
    assert_eq!(attempts.len(), 4, "{attempts:?}");
    assert!(attempts.iter().all(|attempt| attempt["origin"] == json!(first)), "{attempts:?}");
}

async fn a_hard_refusal_is_put_before_a_human(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let card = stack.saved_card(&account, "4000000000000341").await;
    let invoice = stack.invoice(&account, &[900]).await;
    let decline = json!({"match": "every", "on": ["payment_intents.create"], "action": {"type": "decline", "code": "stolen_card"}});
    stack.scenario(decline).await;
    let charge = stack.charge_saved(&invoice, &card, "unscheduled").await;
    stack.work_after(60 * DAY).await;
    assert_eq!(stack.attempts_of(&invoice).await.len(), 1);
    let items = stack.action_items().await;
    assert_eq!(
        (items[0]["kind"].as_str(), items[0]["code"].as_str(), items[0]["subject"].as_str()),
        (Some("charge_failed"), Some("stolen_card"), Some(charge.as_str()))
    );
    let path = format!("/v1/action_items/{}/dismiss", items[0]["id"].as_str().unwrap());
    assert_eq!(stack.write(&path, json!({})).await.expect(200).at("/closed_because"), "dismissed");
    assert!(stack.action_items().await.is_empty());
}

async fn paying_elsewhere_ends_the_plan_and_the_item(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let card = stack.saved_card(&account, "4000000000000341").await;
    let (soft, hard) = (stack.invoice(&account, &[900]).await, stack.invoice(&account, &[700]).await);
    for (invoice, code) in [(&soft, "insufficient_funds"), (&hard, "stolen_card")] {
        let decline = json!({"match": "every", "on": ["payment_intents.create"], "times": 1,
            "action": {"type": "decline", "code": code}});
        stack.scenario(decline).await;
        stack.charge_saved(invoice, &card, "unscheduled").await;
        stack.work().await;
    }
    assert_eq!(stack.action_items().await.len(), 1);
    for (invoice, amount) in [(&soft, 900), (&hard, 700)] {
        let secret = stack.session(invoice).await;
        let body = stack.with_card("4242424242424242", amount).await;
        assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    }
    assert!(stack.action_items().await.is_empty(), "paying a debt elsewhere closes its item");
    let charged = stack.charges().await.len();
    stack.work_after(10 * DAY).await;
    assert_eq!(stack.charges().await.len(), charged, "the planned try found that nothing is owed");
}

/// Positive control: a `key_hours` that never ends keeps it in doubt without telling anybody (tried).
async fn doubt_reaches_a_human_before_the_key_is_forgotten(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret) = stack.open().await;
    let body = stack.with_card("4242424242424242", 6_250).await;
    for (on, action) in [
        ("payment_intents.create", json!({"type": "drop_answer"})),
        ("payment_intents.search", json!({"type": "server_error", "when": "before"})),
        ("payment_intents.list", json!({"type": "server_error", "when": "before"})),
    ] {
        stack.scenario(json!({"match": "every", "on": [on], "action": action})).await;
    }
    stack.confirm(&secret, &body).await.expect(202);
    for hour in 0..21 {
        let items = stack.action_items().await;
        assert_eq!(items.is_empty(), hour < 20, "hour {hour}: {items:?}");
        stack.work_after(HOUR).await;
    }
    let items = stack.action_items().await;
    assert_eq!(items[0]["kind"], "attempt_undecided");
    assert_eq!(items[0]["subject"], body["attempt_id"]);
    // It is still asked about, and when the processor tells at last, nobody need look any more.
    stack.forget_scenarios().await;
    stack.work_after(2 * HOUR).await;
    let charge = format!("/v1/charges/{}", body["attempt_id"].as_str().unwrap());
    assert_eq!(stack.read(&charge).await.expect(200).at("/status"), "succeeded");
    assert!(stack.action_items().await.is_empty());
    assert_eq!(stack.charges().await.len(), 1);
}

async fn a_silent_processor_keeps_new_charges_back(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let silent = json!({"match": "every", "on": ["payment_intents.create"], "action": {"type": "drop_answer", "when": "before"}, "times": 5});
    stack.scenario(silent).await;
    for _ in 0..5 {
        let secret = stack.session(&stack.invoice(&account, &[400]).await).await;
        let body = stack.with_card("4242424242424242", 400).await;
        stack.confirm(&secret, &body).await.expect(202);
    }
    let secret = stack.session(&stack.invoice(&account, &[400]).await).await;
    let body = stack.with_card("4242424242424242", 400).await;
    let kept_back = stack.confirm(&secret, &body).await.expect_problem(503, "unavailable");
    assert_eq!(kept_back.headers["retry-after"], "10");
    assert_eq!(stack.status(&secret).await.at("/session_status"), "open", "nothing was written");
    stack.clock.advance(Duration::from_secs(10));
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
}

/// Charges of a saved card that are due now; their ids.
async fn due_charges(stack: &Stack, count: usize) -> Vec<String> {
    let account = stack.client().await;
    let card = stack.saved_card(&account, "4242424242424242").await;
    let mut due = Vec::new();
    for _ in 0..count {
        let invoice = stack.invoice(&account, &[100]).await;
        due.push(stack.charge_saved(&invoice, &card, "installment").await);
    }
    due
}

async fn statuses(stack: &Stack, charges: &[String]) -> Vec<String> {
    let mut statuses = Vec::new();
    for charge in charges {
        statuses.push(stack.read(&format!("/v1/charges/{charge}")).await.expect(200).at("/status"));
    }
    statuses.sort();
    statuses
}

/// Positive control: claiming as many as there is room for while the breaker is half open claims five (tried).
async fn one_charge_goes_to_see_whether_the_processor_is_back(engine: Engine) {
    let stack = Stack::start(engine).await;
    let due = due_charges(&stack, 5).await;
    for _ in 0..5 {
        stack.app.breaker.unanswered(stack.app.mint.now_ms());
    }
    assert_eq!(stack.app.sweep().await.unwrap(), 0, "nothing goes while it is open");
    stack.clock.advance(Duration::from_secs(10));
    assert_eq!(stack.app.sweep().await.unwrap(), 1);
    assert_eq!(statuses(&stack, &due).await, ["created", "created", "created", "created", "succeeded"]);
    assert_eq!(stack.app.sweep().await.unwrap(), 4, "it answered: the others go at once");
    assert_eq!(statuses(&stack, &due).await, ["succeeded"; 5]);
}

/// Positive control: without `patiently` in `app/charge_attempt.rs` three charges end as `failed_before_send`, and a human
/// is asked about each (tried).
async fn what_is_claimed_already_goes_back_to_waiting(engine: Engine) {
    let stack = Stack::start(engine).await;
    let due = due_charges(&stack, 3).await;
    let now = stack.app.mint.now_ms();
    let claim = Claim { owner: stack.app.owner.to_string(), leased_until_ms: now + 60_000 };
    let claimed = stack.app.store.claim_due(&claim, now, 10).await.unwrap();
    assert_eq!(claimed.len(), 3);
    for _ in 0..5 {
        stack.app.breaker.unanswered(now);
    }
    let tenant = stack.app.store.organization(stack.organization.clone());
    for row in claimed {
        stack.app.charge_attempt(&tenant, row).await.unwrap();
    }
    assert_eq!(statuses(&stack, &due).await, ["created"; 3]);
    let row = tenant.read().await.unwrap().find_attempt(&due[0]).await.unwrap().unwrap();
    assert_eq!((row.first_sent_at_ms, row.sent_at_ms, row.due_at_ms), (None, None, now + 10_000));
    // A processor that turns them away at the door keeps them waiting as well: nobody has to look.
    let busy = json!({"match": "every", "on": ["payment_intents.create"], "action": {"type": "rate_limit"}, "times": 1});
    stack.scenario(busy).await;
    stack.work_after(Duration::from_secs(10)).await;
    assert_eq!(statuses(&stack, &due).await, ["created"; 3]);
    assert!(stack.action_items().await.is_empty());
    stack.work_after(Duration::from_secs(10)).await;
    stack.work_after(Duration::from_secs(10)).await;
    assert_eq!(statuses(&stack, &due).await, ["succeeded"; 3]);
    let charges = stack.charges().await;
    let mut keys: Vec<&str> = charges.iter().map(|row| row["idempotency_key"].as_str().unwrap()).collect();
    keys.sort_unstable();
    let mut wanted: Vec<String> = due.iter().map(|id| format!("{id}.charge")).collect();
    wanted.sort();
    assert_eq!(keys, wanted);
}

async fn who_starts_a_charge_is_told_to_the_processor(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let secret = stack.session(&stack.invoice(&account, &[400]).await).await;
    let mut body = stack.with_card("4242424242424242", 400).await;
    body["save"] = json!(true);
    body["consent_version"] = json!("save-card-1");
    body["consent_locale"] = json!("en");
    stack.confirm(&secret, &body).await.expect(200);
    let invoice = stack.invoice(&account, &[300, 100]).await;
    let card = stack.view(&stack.session(&invoice).await).await.at("/methods/0/id");
    let charge = stack.charge_saved(&invoice, &card, "installment").await;
    stack.work().await;
    let first = stack.intent_of(body["attempt_id"].as_str().unwrap()).await;
    let later = stack.intent_of(&charge).await;
    assert_eq!(
        (&first["metadata"]["initiation"], &first["metadata"]["sequence"], &first["setup_future_usage"]),
        (&json!("payer"), &json!("initial"), &json!("off_session"))
    );
    assert_eq!(
        (&later["metadata"]["initiation"], &later["metadata"]["sequence"]),
        (&json!("installment"), &json!("subsequent"))
    );
    // The network's name for the first charge was kept, and went with the later one.
    let tenant = stack.app.store.organization(stack.organization.clone());
    let row = tenant.read().await.unwrap().find_attempt(&charge).await.unwrap().unwrap();
    assert!(row.network_transaction_id.is_some());
    assert_eq!(
        json!(row.network_transaction_id),
        first["latest_charge"]["payment_method_details"]["card"]["network_transaction_id"]
    );
}

async fn two_workers_share_the_queue(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let card = stack.saved_card(&account, "4242424242424242").await;
    let mut wanted = Vec::new();
    for _ in 0..40 {
        let invoice = stack.invoice(&account, &[100]).await;
        wanted.push(stack.charge_saved(&invoice, &card, "unscheduled").await);
    }
    let (other, _) = stack.second_process().await;
    let work = async |app: &paydesk_billing::app::App| while app.sweep().await.unwrap() > 0 {};
    tokio::join!(work(&stack.app), work(&other));
    let mut charged: Vec<String> = stack
        .charges()
        .await
        .iter()
        .map(|row| row["metadata"]["attempt"].as_str().unwrap().to_owned())
        .collect();
    charged.sort();
    wanted.sort();
    assert_eq!(charged, wanted);
}

/// Positive control: without `still_chargeable` in `prepare` the card is charged although its owner said no (tried).
async fn what_was_permitted_may_have_ended_since(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let card = stack.saved_card(&account, "4000000000000341").await;
    let (planned, refused) = (stack.invoice(&account, &[900]).await, stack.invoice(&account, &[700]).await);
    let due_at = stack.app.mint.now().checked_add(jiff::SignedDuration::from_hours(20)).unwrap().to_string();
    let body = json!({"invoice": planned, "payment_method": card, "reason": "installment", "due_at": due_at});
    let planned = stack.write("/v1/charges", body).await.expect(201).at("/id");
    let soft = json!({"match": "every", "on": ["payment_intents.create"], "times": 1,
        "action": {"type": "decline", "code": "insufficient_funds"}});
    stack.scenario(soft).await;
    stack.charge_saved(&refused, &card, "unscheduled").await;
    stack.work().await;
    let revoke = "UPDATE authorizations SET revoked_at_ms = 1";
    stack.database.execute_for(stack.organization.as_str(), revoke).await.unwrap();
    stack.work_after(10 * DAY).await;
    let charge = stack.read(&format!("/v1/charges/{planned}")).await;
    assert_eq!(
        (charge.at("/status"), charge.at("/failure")),
        ("failed_before_send".into(), "not_authorized".into())
    );
    assert_eq!(stack.attempts_of(&refused).await.len(), 1, "the planned try was not made");
    assert!(stack.charges().await.is_empty());
    let items = stack.action_items().await;
    assert_eq!(items.len(), 2, "{items:?}");
    assert!(items.iter().all(|item| item["code"] == "not_authorized"), "{items:?}");
}

/// Positive control: without `IDLE_IN_TRANSACTION_MS_MAX` in `store/db.rs` the confirm is not decided (found by the workers
/// that are stopped, and tried). On SQLite there is one process.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_stands_still_does_not_hold_the_others_up() {
    if !Database::postgres_is_wanted() {
        return;
    }
    let stack = Stack::start(Engine::Postgres).await;
    let (_, secret) = stack.open().await;
    let (other, _) = stack.second_process().await;
    let tenant = other.store.organization(stack.organization.clone());
    let mut stands_still = tenant.write().await.unwrap();
    stands_still.next_receipt_number().await.unwrap();
    let body = stack.with_card("4242424242424242", 6_250).await;
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    assert!(stands_still.commit().await.is_err(), "what it had begun is gone");
}

/// One transaction works slowly, and holds the counter of an organization's receipts: the others give up in time, having
/// done nothing, and what they were about is done later.
///
/// Positive control: without `LOCK_MS_MAX` in `store/db.rs` the request is not answered before the slow one is done (tried).
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_transaction_holds_nobody_up_for_long() {
    if !Database::postgres_is_wanted() {
        return;
    }
    let stack = Stack::start(Engine::Postgres).await;
    let due = due_charges(&stack, 1).await;
    let account = stack.client().await;
    let organization = stack.organization.as_str();
    let slow = "WITH held AS (UPDATE organizations SET receipts = receipts RETURNING org_id) SELECT pg_sleep(30) FROM held";
    let take = "SELECT org_id FROM organizations FOR UPDATE NOWAIT";
    let body = json!({"account": account, "items": [{"description": "Swimming", "amount": 100}]});
    let meanwhile = async {
        while stack.database.execute_for(organization, take).await.is_ok() {
            tokio::task::yield_now().await;
        }
        let (refused, worked) =
            tokio::join!(stack.write_as(&stack.key, "k-held", "/v1/invoices", &body), stack.app.sweep());
        assert_eq!(refused.expect_problem(503, "unavailable").headers["retry-after"], "1");
        worked.unwrap();
        assert!(stack.database.execute_for(organization, take).await.is_err(), "it is still held");
        // The answer could not be written: it is as good as lost.
        assert_eq!(statuses(&stack, &due).await, ["sending"]);
    };
    let (held, ()) = tokio::join!(stack.database.execute_for(organization, slow), meanwhile);
    held.unwrap();
    stack.write_as(&stack.key, "k-held", "/v1/invoices", &body).await.expect(201);
    stack.work_after(Duration::from_secs(60)).await;
    assert_eq!(statuses(&stack, &due).await, ["succeeded"]);
    assert_eq!(stack.charges().await.len(), 1);
}
