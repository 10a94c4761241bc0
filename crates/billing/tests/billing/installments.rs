//! Purchases in installments, from the configuration to the last payment: what was shown is what is charged, when and for
//! which line, whatever is lost, refused, or paid in another way.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Engine, Stack, attempt_id, on_both};

on_both! {
    what_was_shown_is_what_is_charged;
    a_choice_is_held_to_what_was_shown;
    a_lost_answer_loses_no_plan;
    a_declined_purchase_leaves_no_plan;
    a_failed_installment_stops_no_later_one;
    what_was_paid_elsewhere_is_not_charged;
    a_retry_asks_whether_its_own_debt_stands;
    two_processes_charge_what_is_due_once;
    what_cannot_be_charged_is_put_before_a_human;
    an_echeck_is_debited_in_installments;
}

const CARD: &str = "4242424242424242";

pub fn quarter_then_three() -> Value {
    json!([{"initial_basis_points": 2500, "recurring": {"count_max": 3, "interval": {"unit": "week", "every": 2}}}])
}

fn amounts(rows: &[Value]) -> Vec<i64> {
    rows.iter().map(|row| row["amount"].as_i64().unwrap()).collect()
}

fn states(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["status"].as_str().unwrap()).collect()
}

/// A purchase of 200.00 in a quarter and three installments of 50.00, paid with a saved card; its account and invoice.
async fn purchase(stack: &Stack, method: Option<&str>) -> (String, String) {
    let account = stack.client().await;
    let configuration = stack.configuration(quarter_then_three()).await;
    let items =
        json!([{"description": "Camp", "amount": 20_000, "installment_configuration": configuration}]);
    let (invoice, secret) = stack.buy(&account, items).await;
    let way = stack.ways(&secret).await[1].clone();
    let body = match method {
        Some(number) => {
            let card = stack.saved_card(&account, number).await;
            stack.choosing(&way, &card)
        }
        None => stack.choosing_new(&way, CARD).await,
    };
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    (account, invoice)
}

async fn what_was_shown_is_what_is_charged(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let configuration = stack.configuration(quarter_then_three()).await;
    let items = json!([
        {"description": "T-shirt", "amount": 700},
        {"description": "Camp", "amount": 10_000, "installment_configuration": configuration},
        {"description": "Swimming", "amount": 5_003, "installment_configuration": configuration},
    ]);
    let (invoice, secret) = stack.buy(&account, items).await;
    let ways = stack.ways(&secret).await;
    assert_eq!(ways.len(), 2, "{ways:?}");
    assert_eq!((&ways[0]["id"], &ways[0]["due_now"]), (&json!("full"), &json!(15_703)));
    assert!(ways[0]["needs_saved_method"].is_null() && ways[0]["payments"] == json!([]));
    let way = &ways[1];
    // 25 percent of 50.03 is 12.51; its rest of 37.52 is 12.50, 12.50 and 12.52.
    let shown = json!([
        {"due_on": stack.in_days(14), "amount": 2_500 + 1_250},
        {"due_on": stack.in_days(28), "amount": 2_500 + 1_250},
        {"due_on": stack.in_days(42), "amount": 2_500 + 1_252},
    ]);
    assert_eq!((&way["due_now"], &way["payments"]), (&json!(700 + 2_500 + 1_251), &shown));
    assert_eq!((&way["total"], &way["needs_saved_method"]), (&json!(15_703), &json!("installments")));

    let body = stack.choosing_new(way, CARD).await;
    let paid = stack.confirm(&secret, &body).await.expect(200);
    assert_eq!((paid.at("/status"), paid.at("/amount")), ("succeeded".into(), "4451".into()));
    assert_eq!(stack.covered(&invoice).await, [700, 2_500, 1_251], "each line its own");
    let invoiced = stack.read(&format!("/v1/invoices/{invoice}")).await;
    assert_eq!((invoiced.at("/reconciliation"), invoiced.at("/balance")), ("planned".into(), "11252".into()));

    let plan = stack.plans_of(&account).await[0].clone();
    assert_eq!((&plan["status"], &plan["kind"]), (&json!("active"), &json!("installments")));
    assert_eq!(plan["schedule_hash"], way["schedule_hash"]);
    let id = plan["id"].as_str().unwrap();
    let planned = stack.planned(&format!("plan={id}")).await;
    assert_eq!(amounts(&planned), [3_750, 3_750, 3_752]);
    let method = plan["payment_method"].as_str().unwrap();
    assert_eq!(stack.planned(&format!("payment_method={method}&account={account}")).await, planned);
    assert!(stack.planned("payment_method=pm_x").await.is_empty());

    // Nothing a day early, everything on its day, for its own lines, with the facts of the first charge.
    stack.days_pass(13).await;
    assert_eq!(stack.charges().await.len(), 1);
    stack.days_pass(1).await;
    assert_eq!(stack.covered(&invoice).await, [700, 5_000, 2_501]);
    let planned = stack.planned(&format!("plan={id}")).await;
    assert_eq!(states(&planned), ["paid", "planned", "planned"]);
    let intent = stack.intent_of(planned[0]["charge"].as_str().unwrap()).await;
    assert_eq!(intent["metadata"]["initiation"], "installment");
    assert_eq!(intent["metadata"]["sequence"], "subsequent");
    let charge = stack.read(&format!("/v1/charges/{}", planned[0]["charge"].as_str().unwrap())).await;
    assert_eq!(charge.at("/initiation"), "installment");
    let journal = stack.charges().await;
    let key = format!("{}.1.charge", planned[0]["id"].as_str().unwrap());
    assert_eq!(journal[1]["idempotency_key"], key, "the key is the planned payment's and the try's");

    stack.days_pass(28).await;
    assert_eq!(stack.covered(&invoice).await, [700, 10_000, 5_003]);
    assert_eq!(stack.charges().await.len(), 4);
    assert_eq!(stack.plans_of(&account).await[0]["status"], "completed");
    assert_eq!(stack.read(&format!("/v1/invoices/{invoice}")).await.at("/reconciliation"), "full");
    stack.days_pass(60).await;
    assert_eq!(stack.charges().await.len(), 4, "and nothing after it");
    let told = stack.told().await;
    let count = |wanted: &str| told.iter().filter(|kind| *kind == wanted).count();
    assert_eq!(
        [
            count("plan.started"),
            count("planned_payment.paid"),
            count("plan.completed"),
            count("payment.succeeded")
        ],
        [1, 3, 1, 4]
    );
}

/// Positive control: leaving the comparison of the hashes out of `agree_to_plan` takes the money for a schedule that
/// nobody saw (tried).
async fn a_choice_is_held_to_what_was_shown(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let card = stack.saved_card(&account, CARD).await;
    let configuration = stack.configuration(quarter_then_three()).await;
    let items =
        json!([{"description": "Camp", "amount": 20_000, "installment_configuration": configuration}]);
    let (invoice, secret) = stack.buy(&account, items).await;
    let way = stack.ways(&secret).await[1].clone();

    let once = stack.with_card(CARD, 5_000).await;
    let mut unsaved = once.clone();
    unsaved["plan"] = stack.choosing(&way, &card)["plan"].clone();
    let refused = stack.confirm(&secret, &unsaved).await.expect_problem(422, "plan_needs_saved_method");
    assert_eq!(refused.at("/param"), "save");
    let changed = |pointer: &str, value: Value| {
        let mut body = stack.choosing(&way, &card);
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    let another = changed("/plan/option", json!(format!("{configuration}/2")));
    stack.confirm(&secret, &another).await.expect_problem(422, "plan_unavailable");
    let forged = changed("/plan/schedule_hash", json!("b".repeat(30)));
    stack.confirm(&secret, &forged).await.expect_problem(409, "schedule_changed");
    let less = changed("/amount", json!(4_999));
    stack.confirm(&secret, &less).await.expect_problem(409, "amount_changed");
    // A part without its plan is a part of nothing.
    stack.confirm(&secret, &once).await.expect_problem(409, "amount_changed");
    // A day later, every day is another one.
    stack.clock.advance(Duration::from_secs(86_400));
    let secret = stack.session(&invoice).await;
    stack.confirm(&secret, &changed("/amount", json!(5_000))).await.expect_problem(409, "schedule_changed");
    assert!(stack.charges().await.is_empty() && stack.plans_of(&account).await.is_empty());

    // The full price needs no plan, and ends what was offered.
    let full = json!({"attempt_id": attempt_id(), "amount": 20_000, "currency": "CAD", "saved_method": card});
    stack.confirm(&secret, &full).await.expect(200);
    assert!(stack.planned("").await.is_empty());
}

async fn a_lost_answer_loses_no_plan(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let configuration = stack.configuration(quarter_then_three()).await;
    let items =
        json!([{"description": "Camp", "amount": 20_000, "installment_configuration": configuration}]);
    let (_, secret) = stack.buy(&account, items).await;
    let way = stack.ways(&secret).await[1].clone();
    let body = stack.choosing_new(&way, CARD).await;
    stack.scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": {"type": "drop_answer"}, "times": 1})).await;
    stack.confirm(&secret, &body).await.expect(202);
    assert_eq!(stack.plans_of(&account).await[0]["status"], "pending", "written before anything was sent");
    assert!(stack.planned("").await.is_empty());
    stack.work_after(Duration::from_secs(30)).await;
    assert_eq!(stack.plans_of(&account).await[0]["status"], "active");
    assert_eq!(amounts(&stack.planned("").await), [5_000, 5_000, 5_000]);
    // The same try once more plans nothing twice.
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    assert_eq!((stack.planned("").await.len(), stack.charges().await.len()), (3, 1));
}

async fn a_declined_purchase_leaves_no_plan(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let configuration = stack.configuration(quarter_then_three()).await;
    let items =
        json!([{"description": "Camp", "amount": 20_000, "installment_configuration": configuration}]);
    let (_, secret) = stack.buy(&account, items).await;
    let way = stack.ways(&secret).await[1].clone();
    let body = stack.choosing_new(&way, "4000000000009995").await;
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "declined");
    let plans = stack.plans_of(&account).await;
    assert_eq!(
        (&plans[0]["status"], &plans[0]["ended_because"]),
        (&json!("void"), &json!("insufficient_funds"))
    );
    // Another card, another try: the one plan that is.
    stack.clock.advance(Duration::from_secs(1));
    let body = stack.choosing_new(&way, CARD).await;
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    let plans = stack.plans_of(&account).await;
    assert_eq!((states(&plans), stack.planned("").await.len()), (vec!["active", "void"], 3));
}

async fn a_failed_installment_stops_no_later_one(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (account, invoice) = purchase(&stack, Some(CARD)).await;
    let decline = json!({"match": "every", "on": ["payment_intents.create"], "times": 1,
        "action": {"type": "decline", "code": "stolen_card"}});
    stack.scenario(decline).await;
    stack.days_pass(14).await;
    let planned = stack.planned("").await;
    assert_eq!(states(&planned), ["failed", "planned", "planned"]);
    assert_eq!(planned[0]["because"], "stolen_card");
    let items = stack.action_items().await;
    assert_eq!(
        (items.len(), &items[0]["kind"], &items[0]["subject"]),
        (1, &json!("charge_failed"), &planned[0]["charge"])
    );
    stack.days_pass(28).await;
    assert_eq!(states(&stack.planned("").await), ["failed", "paid", "paid"]);
    assert_eq!(stack.covered(&invoice).await, [15_000]);
    assert_eq!(stack.plans_of(&account).await[0]["status"], "completed", "nothing is to come any more");
    // A refusal that may pass is tried again, and the payment is decided with the last try.
    stack.forget_scenarios().await;
    let (_, invoice) = purchase(&stack, Some(CARD)).await;
    let soft = json!({"match": "every", "on": ["payment_intents.create"], "times": 1,
        "action": {"type": "decline", "code": "insufficient_funds"}});
    stack.scenario(soft).await;
    let newest =
        |rows: Vec<Value>| rows.into_iter().filter(|row| row["invoice"] == invoice).collect::<Vec<_>>();
    stack.days_pass(14).await;
    assert_eq!(states(&newest(stack.planned("").await))[0], "charging");
    stack.days_pass(10).await;
    assert_eq!(states(&newest(stack.planned("").await)), ["paid", "planned", "planned"]);
    assert_eq!(stack.covered(&invoice).await, [10_000]);
}

/// Positive control: charging what was planned, whatever is open, takes 80.00 too much here (tried).
async fn what_was_paid_elsewhere_is_not_charged(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (account, invoice) = purchase(&stack, Some(CARD)).await;
    // 80.00 of the 150.00 that are left come in another way.
    let secret = stack.session(&invoice).await;
    let method = stack.view(&secret).await.at("/methods/0/id");
    let ways = stack.ways(&secret).await;
    assert_eq!(
        (ways.len(), &ways[0]["due_now"]),
        (1, &json!(15_000)),
        "no second plan for the same purchase"
    );
    let charge =
        json!({"invoice": invoice, "payment_method": method, "amount": 8_000, "reason": "unscheduled"});
    stack.write("/v1/charges", charge).await.expect(201);
    stack.work().await;
    assert_eq!(stack.covered(&invoice).await, [13_000]);
    stack.days_pass(42).await;
    let planned = stack.planned("").await;
    assert_eq!(states(&planned), ["paid", "paid", "skipped"]);
    assert_eq!(planned[2]["because"], "paid");
    assert_eq!(stack.covered(&invoice).await, [20_000]);
    let charged: Vec<i64> =
        stack.charges().await.iter().map(|charge| charge["amount"].as_i64().unwrap()).collect();
    assert_eq!(charged, [5_000, 8_000, 5_000, 2_000], "never more than is owed");
    assert_eq!(stack.plans_of(&account).await[0]["status"], "completed");
    assert!(stack.told().await.contains(&"planned_payment.skipped".to_owned()));
}

/// The rest of the invoice is open as well, but not due: a retry that looked at that alone would be made.
async fn a_retry_asks_whether_its_own_debt_stands(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let card = stack.saved_card(&account, CARD).await;
    let one = stack
        .configuration(json!([{"recurring": {"count_max": 1, "interval": {"unit": "week", "every": 2}}}]))
        .await;
    let items = json!([
        {"description": "Camp", "amount": 6_000, "installment_configuration": one},
        {"description": "Swimming", "amount": 9_000},
    ]);
    let (invoice, secret) = stack.buy(&account, items).await;
    let way = stack.ways(&secret).await[1].clone();
    stack.confirm(&secret, &stack.choosing(&way, &card)).await.expect(200);
    let soft = json!({"match": "every", "on": ["payment_intents.create"], "times": 1,
        "action": {"type": "decline", "code": "insufficient_funds"}});
    stack.scenario(soft).await;
    stack.days_pass(14).await;
    assert_eq!(states(&stack.planned("").await), ["charging"]);
    // The camp is paid in another way; what was paid for swimming goes back.
    let charge = json!({"invoice": invoice, "payment_method": card, "reason": "unscheduled"});
    stack.write("/v1/charges", charge).await.expect(201);
    stack.work().await;
    assert_eq!(stack.covered(&invoice).await, [6_000, 9_000]);
    let first = stack.attempts_of(&invoice).await[0].clone();
    let payment = first["payment"].as_str().unwrap();
    stack.write(&format!("/v1/payments/{payment}/refunds"), json!({})).await.expect(201);
    assert_eq!(stack.covered(&invoice).await, [6_000, 0]);
    stack.days_pass(10).await;
    assert_eq!(states(&stack.planned("").await), ["skipped"]);
    assert_eq!(stack.covered(&invoice).await, [6_000, 0], "nobody was asked for swimming");
}

async fn two_processes_charge_what_is_due_once(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (other, _) = stack.second_process().await;
    let mut invoices = Vec::new();
    for _ in 0..4 {
        invoices.push(purchase(&stack, None).await.1);
    }
    for _ in 0..3 {
        stack.clock.advance(Duration::from_secs(14 * 86_400));
        for _ in 0..4 {
            let (one, two) = tokio::join!(stack.app.sweep(), other.sweep());
            assert!(one.is_ok() && two.is_ok());
        }
    }
    assert_eq!(stack.charges().await.len(), 4 * 4);
    for invoice in invoices {
        assert_eq!(stack.covered(&invoice).await, [20_000]);
    }
    assert!(
        stack.planned("").await.iter().all(|planned| planned["tries"] == 1 && planned["status"] == "paid")
    );
}

async fn what_cannot_be_charged_is_put_before_a_human(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (account, invoice) = purchase(&stack, Some(CARD)).await;
    let organization = stack.organization.as_str().to_owned();
    let revoke = "UPDATE authorizations SET revoked_at_ms = 1 WHERE revoked_at_ms IS NULL";
    stack.database.execute_for(&organization, revoke).await.unwrap();
    stack.days_pass(14).await;
    let planned = stack.planned("").await;
    assert_eq!(states(&planned), ["failed", "planned", "planned"]);
    assert_eq!((&planned[0]["because"], &planned[0]["charge"]), (&json!("method_unknown"), &Value::Null));
    let items = stack.action_items().await;
    assert_eq!(
        (items.len(), &items[0]["subject"], &items[0]["amount"]),
        (1, &planned[0]["id"], &json!(5_000))
    );
    // What has ended has ended: another permission.
    let allow = "INSERT INTO authorizations (org_id, id, login_id, method_id, consent_version, consent_hash, consent_locale, \
        accepted_at_ms, actor, created_at_ms) SELECT org_id, 'aut_again', login_id, method_id, consent_version, consent_hash, \
        consent_locale, accepted_at_ms, actor, created_at_ms FROM authorizations";
    stack.database.execute_for(&organization, allow).await.unwrap();
    stack.days_pass(28).await;
    assert_eq!(states(&stack.planned("").await), ["failed", "paid", "paid"]);
    // The debt paid in another way closes the item.
    let method = stack.plans_of(&account).await[0]["payment_method"].as_str().unwrap().to_owned();
    let charge = json!({"invoice": invoice, "payment_method": method, "reason": "unscheduled"});
    stack.write("/v1/charges", charge).await.expect(201);
    stack.work().await;
    assert!(stack.action_items().await.is_empty());
    assert_eq!(stack.charges().await.len(), 4);
}

async fn an_echeck_is_debited_in_installments(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let configuration = stack.configuration(quarter_then_three()).await;
    let mut debit = stack.debit_of(&account, "pad", "000123456789", &[100], true).await;
    let items =
        json!([{"description": "Camp", "amount": 20_000, "installment_configuration": configuration}]);
    let (invoice, secret) = stack.buy(&account, items).await;
    let way = stack.ways(&secret).await[1].clone();
    debit.body["attempt_id"] = json!(attempt_id());
    debit.body["amount"] = way["due_now"].clone();
    debit.body["plan"] = json!({"option": way["id"], "schedule_hash": way["schedule_hash"]});
    let reply = stack.confirm(&secret, &debit.body).await.expect(200);
    assert_eq!((reply.at("/status"), reply.at("/receipt/status")), ("succeeded".into(), "submitted".into()));
    assert_eq!(stack.plans_of(&account).await[0]["status"], "active", "a debit under way begins it");
    stack.pass(14).await;
    assert_eq!(stack.covered(&invoice).await, [5_000]);
    assert_eq!(states(&stack.planned("").await), ["processing", "planned", "planned"]);
    stack.pass(10).await;
    assert_eq!(states(&stack.planned("").await), ["paid", "planned", "planned"]);
    stack.pass(28).await;
    assert_eq!(states(&stack.planned("").await), ["paid", "paid", "paid"]);
    assert_eq!(stack.covered(&invoice).await, [20_000]);
    assert_eq!(stack.plans_of(&account).await[0]["status"], "completed");
}
