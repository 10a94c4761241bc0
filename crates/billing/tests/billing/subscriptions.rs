//! Subscriptions, from the purchase to the end: each period is invoiced and charged once, on its day, whatever sleeps or fails.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Engine, Stack, on_both};

on_both! {
    every_period_is_invoiced_and_charged_once;
    a_part_of_a_period_costs_a_part;
    a_subscription_is_bought_as_it_was_shown;
    what_cannot_be_charged_is_invoiced_all_the_same;
    it_ends;
    no_try_follows_its_end;
    many_periods_are_taken_up_while_others_are_decided;
}

const CARD: &str = "4242424242424242";

fn weekly() -> Value {
    json!({"interval": {"unit": "week", "every": 1}})
}

/// A subscription of 30.00 that was bought with a saved card; its account and first invoice.
async fn subscribed(stack: &Stack, terms: Value) -> (String, String) {
    let account = stack.client().await;
    let card = stack.saved_card(&account, CARD).await;
    let items =
        json!([{"description": "Membership", "participant": "Kim", "amount": 3_000, "subscription": terms}]);
    let (invoice, secret) = stack.buy(&account, items).await;
    let way = stack.ways(&secret).await[0].clone();
    let reply = stack.confirm(&secret, &stack.choosing(&way, &card)).await.expect(200);
    assert_eq!(reply.at("/status"), "succeeded");
    (account, invoice)
}

/// Every invoice of an account, oldest first.
async fn invoices(stack: &Stack, account: &str) -> Vec<Value> {
    let reply = stack.read(&format!("/v1/invoices?account={account}")).await.expect(200);
    let mut rows = reply.json()["data"].as_array().unwrap().clone();
    rows.reverse();
    rows
}

/// Positive control: going on whatever `claim_planned` answers fails here on the period after it, which is planned
/// once, and on the key of the charge, which is that of the planned payment and the try (tried).
async fn every_period_is_invoiced_and_charged_once(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (other, _) = stack.second_process().await;
    let (account, _) = subscribed(&stack, weekly()).await;
    let planned = stack.planned("").await;
    assert_eq!(
        (planned.len(), &planned[0]["reason"], &planned[0]["due_on"]),
        (1, &json!("recurring"), &json!(stack.in_days(7)))
    );
    assert!(planned[0]["invoice"].is_null(), "a period is invoiced on its day");
    stack.days_pass(6).await;
    assert_eq!(invoices(&stack, &account).await.len(), 1);
    stack.clock.advance(Duration::from_secs(86_400));
    for _ in 0..3 {
        let (one, two) = tokio::join!(stack.app.sweep(), other.sweep());
        assert!(one.is_ok() && two.is_ok());
    }
    let all = invoices(&stack, &account).await;
    assert_eq!(all.len(), 2);
    assert_eq!(
        (&all[1]["items"][0]["description"], &all[1]["items"][0]["participant"]),
        (&json!("Membership"), &json!("Kim"))
    );
    assert_eq!((&all[1]["total"], &all[1]["balance"]), (&json!(3_000), &json!(0)));
    let first = stack.planned("status=paid").await[0].clone();
    let intent = stack.intent_of(first["charge"].as_str().unwrap()).await;
    assert_eq!(intent["metadata"]["initiation"], "recurring");
    // Somebody who found it in the queue before it was taken up comes late.
    let tenant = stack.app.store.organization(stack.organization.clone());
    stack.app.take_planned(&tenant, first["id"].as_str().unwrap()).await.unwrap();
    assert_eq!((stack.charges().await.len(), invoices(&stack, &account).await.len()), (2, 2));
    // Nobody works for 24 days: three periods come at once, each of them once.
    stack.asleep_for(24).await;
    assert_eq!(invoices(&stack, &account).await.len(), 5);
    let paid = stack.planned("status=paid").await;
    let mut days: Vec<&str> = paid.iter().map(|planned| planned["due_on"].as_str().unwrap()).collect();
    days.sort_unstable();
    assert!(days.len() == 4 && days.is_sorted_by(|a, b| a < b), "{days:?}");
    assert_eq!(stack.charges().await.len(), 5);
    assert_eq!(stack.planned("status=planned").await.len(), 1, "one is to come");
}

async fn a_part_of_a_period_costs_a_part(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let card = stack.saved_card(&account, CARD).await;
    // Two days of the week are left.
    let anchor = stack.in_days(2);
    let terms = json!({"interval": {"unit": "week", "every": 1}, "anchor": anchor, "prorated": true, "ends_on": stack.in_days(9)});
    let items = json!([{"description": "Membership", "amount": 3_000, "subscription": terms}]);
    let (invoice, secret) = stack.buy(&account, items).await;
    let way = stack.ways(&secret).await[0].clone();
    assert_eq!((&way["due_now"], &way["payments"]), (&json!(857), &json!([])), "30.00 times 2 by 7 is 8.571");
    let shown = json!({
        "description": "Membership", "amount": 3_000, "interval_unit": "week", "interval_count": 1, "first_amount": 857,
        "first_on": null, "next_on": anchor, "ends_on": stack.in_days(9),
    });
    assert_eq!(way["subscriptions"], json!([shown]));
    stack.confirm(&secret, &stack.choosing(&way, &card)).await.expect(200);
    assert_eq!(stack.read(&format!("/v1/invoices/{invoice}")).await.at("/total"), "857");
    stack.days_pass(2).await;
    stack.days_pass(7).await;
    let totals: Vec<Value> =
        invoices(&stack, &account).await.iter().map(|invoice| invoice["paid"].clone()).collect();
    assert_eq!(totals, [857, 3_000, 3_000]);
    assert_eq!(stack.plans_of(&account).await[0]["status"], "completed");
    stack.days_pass(15).await;
    assert_eq!(stack.charges().await.len(), 3, "nothing after its end");

    // What was reckoned for a period that is over is not sold any more.
    let terms =
        json!({"interval": {"unit": "week", "every": 1}, "anchor": stack.in_days(2), "prorated": true});
    let items = json!([{"description": "Membership", "amount": 3_000, "subscription": terms}]);
    let (invoice, secret) = stack.buy(&account, items).await;
    let way = stack.ways(&secret).await[0].clone();
    stack.clock.advance(Duration::from_secs(2 * 86_400));
    let secret = stack.session(&invoice).await;
    assert!(stack.ways(&secret).await.is_empty());
    let body = stack.choosing(&way, &card);
    stack.confirm(&secret, &body).await.expect_problem(422, "plan_unavailable");
    assert_eq!(stack.charges().await.len(), 3);
}

async fn a_subscription_is_bought_as_it_was_shown(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let items = json!([
        {"description": "Membership", "amount": 3_000, "subscription": weekly()},
        {"description": "T-shirt", "amount": 700},
    ]);
    let (invoice, secret) = stack.buy(&account, items).await;
    let ways = stack.ways(&secret).await;
    assert_eq!(
        (ways.len(), &ways[0]["due_now"], &ways[0]["needs_saved_method"]),
        (1, &json!(3_700), &json!("subscription"))
    );
    // Nobody begins a subscription by paying a sum.
    let plain = stack.with_card(CARD, 3_700).await;
    stack.confirm(&secret, &plain).await.expect_problem(422, "plan_required");
    let mut unsaved = plain;
    unsaved["plan"] = json!({"option": "full", "schedule_hash": ways[0]["schedule_hash"]});
    stack.confirm(&secret, &unsaved).await.expect_problem(422, "plan_needs_saved_method");
    let body = stack.choosing_new(&ways[0], CARD).await;
    stack.confirm(&secret, &body).await.expect(200);
    assert_eq!(stack.covered(&invoice).await, [3_000, 700]);
    let plans = stack.plans_of(&account).await;
    assert_eq!((plans.len(), &plans[0]["kind"]), (1, &json!("subscription")));
    // It has begun: what would be left of the invoice is an ordinary debt.
    let secret = stack.session(&invoice).await;
    let ways = stack.ways(&secret).await;
    assert_eq!((ways.len(), &ways[0]["subscriptions"], &ways[0]["due_now"]), (1, &json!([]), &json!(0)));

    for (terms, param) in [
        (json!({"interval": {"unit": "day", "every": 1}}), "items[0].subscription.interval"),
        (
            json!({"interval": {"unit": "month", "every": 1}, "anchor": "2026-02-30"}),
            "items[0].subscription.anchor",
        ),
        (
            json!({"interval": {"unit": "week", "every": 1}, "anchor": stack.in_days(8)}),
            "items[0].subscription.anchor",
        ),
        (
            json!({"interval": {"unit": "week", "every": 1}, "ends_on": stack.in_days(-1)}),
            "items[0].subscription.ends_on",
        ),
    ] {
        let items = json!([{"description": "Membership", "amount": 3_000, "subscription": terms}]);
        let refused = stack.write("/v1/invoices", json!({"account": account, "items": items})).await;
        assert_eq!(refused.expect_problem(400, "invalid_request").at("/param"), param);
    }
}

async fn what_cannot_be_charged_is_invoiced_all_the_same(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (account, _) = subscribed(&stack, weekly()).await;
    let organization = stack.organization.as_str().to_owned();
    let revoke = "UPDATE authorizations SET revoked_at_ms = 1 WHERE revoked_at_ms IS NULL";
    stack.database.execute_for(&organization, revoke).await.unwrap();
    stack.days_pass(7).await;
    let all = invoices(&stack, &account).await;
    assert_eq!((all.len(), &all[1]["balance"]), (2, &json!(3_000)), "the balance remains");
    let failed = stack.planned("status=failed").await;
    assert_eq!((&failed[0]["invoice"], &failed[0]["because"]), (&all[1]["id"], &json!("method_unknown")));
    let items = stack.action_items().await;
    assert_eq!((items.len(), &items[0]["subject"]), (1, &failed[0]["id"]));
    assert_eq!(stack.plans_of(&account).await[0]["status"], "active");
    // A later period is charged as ever.
    // What has ended has ended: another permission.
    let allow = "INSERT INTO authorizations (org_id, id, login_id, method_id, consent_version, consent_hash, consent_locale, \
        accepted_at_ms, actor, created_at_ms) SELECT org_id, 'aut_again', login_id, method_id, consent_version, consent_hash, \
        consent_locale, accepted_at_ms, actor, created_at_ms FROM authorizations";
    stack.database.execute_for(&organization, allow).await.unwrap();
    stack.days_pass(7).await;
    assert_eq!(stack.planned("status=paid").await.len(), 1);
    assert_eq!(invoices(&stack, &account).await[2]["balance"], json!(0));
    // The organization's own numbers are not taken a second time.
    let next = format!("INV-{:06}", 5);
    let body = json!({"account": account, "number": next, "items": [{"description": "x", "amount": 100}]});
    stack.write("/v1/invoices", body).await.expect(201);
    stack.days_pass(14).await;
    assert_eq!(stack.planned("status=paid").await.len(), 3);
}

async fn it_ends(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (account, _) = subscribed(&stack, weekly()).await;
    let plan = stack.plans_of(&account).await[0]["id"].as_str().unwrap().to_owned();
    let planned = stack.planned("").await[0].clone();
    let path = format!("/v1/planned_payments/{}", planned["id"].as_str().unwrap());
    let change = json!({"amount": 100});
    stack.patch(&path, change).await.expect_problem(409, "not_changeable");
    stack.write(&format!("{path}/cancel"), json!({})).await.expect_problem(409, "not_changeable");
    let ended = stack.write(&format!("/v1/plans/{plan}/end"), json!({})).await.expect(200);
    assert_eq!((ended.at("/status"), ended.at("/ended_because")), ("ended".into(), "organization".into()));
    stack.write(&format!("/v1/plans/{plan}/end"), json!({})).await.expect_problem(409, "not_changeable");
    stack.write("/v1/plans/pln_x/end", json!({})).await.expect_problem(404, "not_found");
    assert_eq!(stack.read(&path).await.at("/status"), "canceled");
    stack.days_pass(21).await;
    assert_eq!((stack.charges().await.len(), invoices(&stack, &account).await.len()), (1, 1));
    let told = stack.told().await;
    assert!(told.contains(&"plan.ended".to_owned()) && told.contains(&"planned_payment.canceled".to_owned()));
}

/// Positive control: without the look at the plan in `next_try` the charge is tried again after the end (tried).
async fn no_try_follows_its_end(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (account, _) = subscribed(&stack, weekly()).await;
    let soft = json!({"match": "every", "on": ["payment_intents.create"], "times": 1,
        "action": {"type": "decline", "code": "insufficient_funds"}});
    stack.scenario(soft).await;
    stack.days_pass(7).await;
    let charging = stack.planned("status=charging").await;
    assert_eq!(charging.len(), 1, "it is tried again");
    let plan = stack.plans_of(&account).await[0]["id"].as_str().unwrap().to_owned();
    stack.write(&format!("/v1/plans/{plan}/end"), json!({})).await.expect(200);
    stack.days_pass(14).await;
    let path = format!("/v1/planned_payments/{}", charging[0]["id"].as_str().unwrap());
    let over = stack.read(&path).await.expect(200);
    assert_eq!((over.at("/status"), over.at("/because")), ("canceled".into(), "plan_ended".into()));
    assert_eq!(stack.charges().await.len(), 1);
}

/// What is charged at the same time as the next period is invoiced: both take numbers of the organization and change the plan.
///
/// Positive control: locking the plan before the invoice's number is taken, as it was once, lets PostgreSQL end one of the two as a
/// deadlock now and then (found so).
async fn many_periods_are_taken_up_while_others_are_decided(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (other, _) = stack.second_process().await;
    let mut accounts = Vec::new();
    for _ in 0..4 {
        accounts.push(subscribed(&stack, weekly()).await.0);
    }
    // Each round takes up a period of each subscription while the one before it is sent and decided.
    stack.clock.advance(Duration::from_secs(10 * 7 * 86_400));
    for _ in 0..14 {
        let (one, two) = tokio::join!(stack.app.sweep(), other.sweep());
        assert!(one.is_ok() && two.is_ok());
    }
    for account in accounts {
        let all = invoices(&stack, &account).await;
        assert_eq!(all.len(), 11);
        assert!(all.iter().all(|invoice| invoice["balance"] == 0), "{all:?}");
    }
    let paid = stack.planned("status=paid").await;
    assert!(paid.len() == 40 && paid.iter().all(|planned| planned["tries"] == 1));
}
