//! Plans of clients who have never signed in: the card is in no wallet, is charged for what it was given for and for nothing else,
//! and somebody is asked to follow the client up until they have taken the plan over. And what comes next is told again.

use std::time::Duration;

use serde_json::{Value, json};

use crate::installments::quarter_then_three;
use crate::support::{Engine, STORE, Stack, attempt_id, on_both, organization};

on_both! {
    a_plan_keeps_the_card_of_a_client_who_was_never_there;
    a_kept_card_is_agreed_to;
    a_kept_card_pays_for_nothing_else;
    the_client_takes_the_plan_over;
    a_retry_stays_with_the_kept_card;
    a_card_is_kept_where_nothing_is_due_now;
    the_full_price_keeps_nothing;
    a_lost_answer_loses_no_card;
    what_comes_next_is_told_after_a_reload;
}

const CARD: &str = "4242424242424242";
const OTHER_CARD: &str = "5555555555554444";
const ADMIN: &str = "staff:17";
const TEXT: &str = "plan-card-for-client-1";

/// An invoice of 200.00 that may be paid in a quarter and three installments of 50.00: the invoice, and a session in which an admin
/// acts for its client.
pub async fn camp(stack: &Stack, account: &str) -> (String, String) {
    let configuration = stack.configuration(quarter_then_three()).await;
    let items =
        json!([{"description": "Camp", "amount": 20_000, "installment_configuration": configuration}]);
    let (invoice, _) = stack.buy(account, items).await;
    let secret = by_admin(stack, &invoice).await;
    (invoice, secret)
}

async fn by_admin(stack: &Stack, invoice: &str) -> String {
    let acting = json!({"kind": "admin", "id": ADMIN, "name": "Lou Chan"});
    let body = json!({"invoice": invoice, "allowed_origin": STORE, "acting": acting});
    stack.write("/v1/checkout_sessions", body).await.expect(201).at("/secret")
}

/// The body of a confirm for a way to pay whose plan keeps a new card.
pub async fn kept(stack: &Stack, way: &Value, number: &str) -> Value {
    let mut body = stack.choosing_new(way, number).await;
    body["save"] = json!(false);
    body["consent_version"] = json!(TEXT);
    body
}

/// A purchase in installments that keeps its card; its account and invoice.
async fn purchase(stack: &Stack) -> (String, String) {
    let account = stack.client().await;
    let (invoice, secret) = camp(stack, &account).await;
    let way = stack.ways(&secret).await[1].clone();
    let body = kept(stack, &way, CARD).await;
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    (account, invoice)
}

/// What a client's own session shows of their wallet.
async fn wallet(stack: &Stack, account: &str) -> Value {
    let secret = stack.session(&stack.invoice(account, &[100]).await).await;
    stack.view(&secret).await.expect(200).json()["methods"].clone()
}

async fn to_take_over(stack: &Stack, closed: bool) -> Vec<Value> {
    let path = format!("/v1/action_items?kind=plan_to_take_over&closed={closed}");
    stack.read(&path).await.expect(200).json()["data"].as_array().unwrap().clone()
}

/// The last digits of the cards that paid an invoice, in the order of the payments.
async fn cards_that_paid(stack: &Stack, invoice: &str) -> Vec<String> {
    let reply = stack.read(&format!("/v1/payments?invoice={invoice}")).await.expect(200);
    let payments = reply.json()["data"].as_array().unwrap().clone();
    payments.iter().rev().map(|payment| payment["last4"].as_str().unwrap().to_owned()).collect()
}

async fn a_plan_keeps_the_card_of_a_client_who_was_never_there(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let (invoice, secret) = camp(&stack, &account).await;
    let view = stack.view(&secret).await.expect(200);
    assert_eq!((view.at("/consent/version"), view.at("/session/may_save")), (TEXT.into(), "false".into()));
    let text = view.at("/consent/text");
    assert!(text.starts_with("Kim Roy asked me") && text.contains("not saved"), "{text}");
    let way = stack.ways(&secret).await[1].clone();
    let body = kept(&stack, &way, CARD).await;
    let paid = stack.confirm(&secret, &body).await.expect(200);
    assert_eq!((paid.at("/status"), paid.at("/follow_up")), ("succeeded".into(), "true".into()));
    assert_eq!(paid.json()["next"], way["payments"][0]);

    // In no wallet, and told as what it is.
    assert_eq!(wallet(&stack, &account).await, json!([]));
    let plan = stack.plans_of(&account).await[0].clone();
    let method = plan["payment_method"].as_str().unwrap().to_owned();
    assert!(method.starts_with("plm_"), "{method}");
    let shown = json!({"brand": "visa", "last4": "4242", "exp_month": 3, "exp_year": 2034});
    assert_eq!((&plan["status"], &plan["kept_method"]), (&json!("active"), &shown));
    let id = plan["id"].as_str().unwrap();
    assert_eq!(stack.read(&format!("/v1/plans/{id}")).await.expect(200).json()["kept_method"], shown);

    // What was agreed to, and who did.
    let entries = stack.read("/v1/audit_entries?action=plan_method.kept").await.expect(200);
    assert_eq!((entries.at("/data/0/subject"), entries.at("/data/0/actor")), (method.clone(), ADMIN.into()));
    assert_eq!(entries.at("/data/0/detail/consent_version"), TEXT);
    assert!(stack.events("payment_method.saved_by_admin").await.is_empty(), "nothing was saved");
    assert!(stack.read("/v1/audit_entries?action=authorization.given").await.json()["data"][0].is_null());

    // Somebody is asked to follow the client up.
    let items = to_take_over(&stack, false).await;
    assert_eq!((items.len(), &items[0]["subject"], &items[0]["amount"]), (1, &plan["id"], &json!(15_000)));
    let told = stack.events("action_item.opened").await;
    assert_eq!((told.len(), &told[0]["data"]["kind"]), (1, &json!("plan_to_take_over")));

    // It is charged as a saved card would be.
    let first = stack.intent_of(body["attempt_id"].as_str().unwrap()).await;
    assert_eq!((&first["setup_future_usage"], first["customer"].is_string()), (&json!("off_session"), true));
    stack.days_pass(42).await;
    assert_eq!(stack.covered(&invoice).await, [20_000]);
    for charge in &stack.attempts_of(&invoice).await[1..] {
        let intent = stack.intent_of(charge["id"].as_str().unwrap()).await;
        assert_eq!(
            (&intent["payment_method"], &intent["customer"]),
            (&first["payment_method"], &first["customer"])
        );
        assert_eq!(charge["initiation"], "installment");
    }
    assert_eq!(cards_that_paid(&stack, &invoice).await, ["4242"; 4]);
    assert_eq!(stack.plans_of(&account).await[0]["status"], "completed");
    assert!(to_take_over(&stack, false).await.is_empty());
    assert_eq!(to_take_over(&stack, true).await[0]["closed_because"], "plan_over");
}

/// Positive control: with `keeps_with_plan` that forgets `never_logged_in`, the card of a client who has a wallet is kept beside it
/// (tried).
async fn a_kept_card_is_agreed_to(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let (invoice, secret) = camp(&stack, &account).await;
    let way = stack.ways(&secret).await[1].clone();
    let mut body = kept(&stack, &way, CARD).await;
    let silent = [("consent_version", Value::Null), ("consent_locale", Value::Null)];
    let changed = |changes: &[(&str, Value)]| {
        let mut body = body.clone();
        changes.iter().for_each(|(name, value)| body[*name] = value.clone());
        body
    };
    let refused =
        stack.confirm(&secret, &changed(&silent)).await.expect_problem(422, "plan_needs_saved_method");
    assert_eq!(refused.at("/param"), "save");
    let wrong = changed(&[("consent_version", json!("save-card-for-client-1"))]);
    let refused = stack.confirm(&secret, &wrong).await.expect_problem(400, "invalid_request");
    assert_eq!(refused.at("/param"), "consent_version");
    let refused = stack.confirm(&secret, &changed(&[("save", json!(true))])).await;
    refused.expect_problem(422, "never_logged_in");
    // The client themselves has a wallet to save it to, and so has an admin once they have signed in.
    let own = stack.session(&invoice).await;
    stack.confirm(&own, &body).await.expect_problem(422, "plan_needs_saved_method");
    let login = json!({"login": {"last_login_at": "2026-02-01T10:00:00Z"}});
    stack.patch(&format!("/v1/clients/{account}"), login).await.expect(200);
    assert_eq!(stack.view(&secret).await.at("/consent/version"), "save-card-for-client-1");
    for version in ["save-card-for-client-1", TEXT] {
        body["consent_version"] = json!(version);
        stack.confirm(&secret, &body).await.expect_problem(422, "plan_needs_saved_method");
    }
    assert!(stack.charges().await.is_empty() && stack.plans_of(&account).await.is_empty());
    body = stack.choosing_new(&way, CARD).await;
    body["consent_version"] = json!("save-card-for-client-1");
    let paid = stack.confirm(&secret, &body).await.expect(200);
    assert_eq!((paid.at("/status"), paid.json().get("follow_up")), ("succeeded".into(), None));
    assert!(stack.action_items().await.is_empty());
}

/// Positive controls (tried): with `FIND_PLAN_METHOD` in place of `PLAN_METHOD_FOR`, the payment of another plan is charged to it
/// (where it is written and where it is sent: either alone refuses it); with a `chargeable` that finds it by its id, all of the
/// first ones are.
async fn a_kept_card_pays_for_nothing_else(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (account, _) = purchase(&stack).await;
    let method = stack.plans_of(&account).await[0]["payment_method"].as_str().unwrap().to_owned();
    let debt = stack.invoice(&account, &[700]).await;
    let charge = json!({"invoice": debt, "payment_method": method, "reason": "unscheduled"});
    stack.write("/v1/charges", charge).await.expect_problem(422, "method_unknown");
    for secret in [by_admin(&stack, &debt).await, stack.session(&debt).await] {
        let body = stack.with_saved(&method, 700);
        stack.confirm(&secret, &body).await.expect_problem(422, "method_unknown");
        let update = json!({"exp_month": 3, "exp_year": 2036, "cvc_token": stack.cvc_token("314").await});
        let path = format!("/v1/checkout/methods/{method}/update");
        let request = stack.browser(reqwest::Method::POST, &secret, &path);
        let reply = stack.send(request.header("idempotency-key", attempt_id()).json(&update)).await;
        assert!(reply.status >= 400, "{}", reply.text);
    }
    // Another plan of the same client does not get it, whoever asks, and whatever its payments say.
    let card = stack.saved_card(&account, OTHER_CARD).await;
    let (invoice, secret) = camp(&stack, &account).await;
    let way = stack.ways(&secret).await[1].clone();
    stack.confirm(&secret, &stack.choosing(&way, &card)).await.expect(200);
    let plans = stack.plans_of(&account).await;
    let other = plans.iter().find(|plan| plan["payment_method"] == card.as_str()).unwrap();
    let other = other["id"].as_str().unwrap().to_owned();
    let moved = stack.patch(&format!("/v1/plans/{other}"), json!({"payment_method": method})).await;
    moved.expect_problem(422, "method_unknown");
    let forged = "UPDATE planned_payments SET method_id = (SELECT id FROM plan_methods)";
    stack.database.execute_for(stack.organization.as_str(), forged).await.unwrap();
    stack.days_pass(14).await;
    let planned = stack.planned(&format!("plan={other}")).await;
    assert_eq!((&planned[0]["status"], &planned[0]["because"]), (&json!("failed"), &json!("method_unknown")));
    assert_eq!(stack.covered(&invoice).await, [5_000], "only what was paid at checkout");
    assert_eq!(stack.charges().await.len(), 3, "two purchases, and an installment of the first");
    // Another organization knows of neither.
    let (_, stranger) = organization(&stack.app, "Elsewhere").await;
    let elsewhere = stack.read_as(&stranger, &format!("/v1/planned_payments?payment_method={method}")).await;
    assert_eq!(elsewhere.expect(200).json()["data"], json!([]));
    stack.read_as(&stranger, &format!("/v1/plans/{other}")).await.expect_problem(404, "not_found");
}

async fn the_client_takes_the_plan_over(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (account, invoice) = purchase(&stack).await;
    let plan = stack.plans_of(&account).await[0]["id"].as_str().unwrap().to_owned();
    // They sign in, and save a card of their own with something else.
    let login = json!({"login": {"last_login_at": "2026-02-01T10:00:00Z"}});
    stack.patch(&format!("/v1/clients/{account}"), login).await.expect(200);
    assert_eq!(to_take_over(&stack, false).await.len(), 1, "signing in is not enough");
    let secret = stack.session(&stack.invoice(&account, &[100]).await).await;
    let mut body = stack.with_card(OTHER_CARD, 100).await;
    body["save"] = json!(true);
    body["consent_version"] = json!("save-card-1");
    body["consent_locale"] = json!("en");
    stack.confirm(&secret, &body).await.expect(200);
    let own = wallet(&stack, &account).await[0]["id"].as_str().unwrap().to_owned();
    let moved = stack.patch(&format!("/v1/plans/{plan}"), json!({"payment_method": own})).await.expect(200);
    assert_eq!(
        (moved.at("/payment_method"), moved.json()["kept_method"].clone()),
        (own.clone(), Value::Null)
    );
    assert!(to_take_over(&stack, false).await.is_empty());
    assert_eq!(to_take_over(&stack, true).await[0]["closed_because"], "another_method");
    let kept = stack.read("/v1/audit_entries?action=plan_method.kept").await.at("/data/0/subject");
    let back = stack.patch(&format!("/v1/plans/{plan}"), json!({"payment_method": kept})).await;
    back.expect_problem(422, "method_unknown");
    stack.days_pass(42).await;
    assert_eq!(stack.covered(&invoice).await, [20_000]);
    assert_eq!(cards_that_paid(&stack, &invoice).await, ["4242", "4444", "4444", "4444"]);
}

/// A charge that is under way stays with the card that it has, and so does its repetition: as with saved methods.
async fn a_retry_stays_with_the_kept_card(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (account, invoice) = purchase(&stack).await;
    let soft = json!({"match": "every", "on": ["payment_intents.create"], "times": 1,
        "action": {"type": "decline", "code": "insufficient_funds"}});
    stack.scenario(soft).await;
    stack.days_pass(24).await;
    let attempts = stack.attempts_of(&invoice).await;
    assert_eq!((attempts.len(), &attempts[2]["initiation"]), (3, &json!("resubmission")));
    assert_eq!(cards_that_paid(&stack, &invoice).await, ["4242"; 2]);
    assert_eq!(stack.covered(&invoice).await, [10_000]);
    // A hard refusal is put before a human, and another day that they give it is paid with the same card. The plan is asked about
    // again, once something is to come again.
    let hard = json!({"match": "every", "on": ["payment_intents.create"], "times": 2,
        "action": {"type": "decline", "code": "stolen_card"}});
    stack.scenario(hard).await;
    stack.days_pass(20).await;
    assert_eq!(stack.plans_of(&account).await[0]["status"], "completed");
    assert!(to_take_over(&stack, false).await.is_empty());
    let failed = stack.planned("status=failed").await;
    assert_eq!(failed.len(), 2);
    let path = format!("/v1/planned_payments/{}", failed[0]["id"].as_str().unwrap());
    stack.patch(&path, json!({"due_on": stack.in_days(1)})).await.expect(200);
    assert_eq!(to_take_over(&stack, false).await.len(), 1);
    stack.days_pass(1).await;
    assert_eq!(stack.covered(&invoice).await, [15_000]);
    // A plan that is ended needs nobody any more.
    let path = format!("/v1/planned_payments/{}", failed[1]["id"].as_str().unwrap());
    stack.patch(&path, json!({"due_on": stack.in_days(5)})).await.expect(200);
    let plan = stack.plans_of(&account).await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(to_take_over(&stack, false).await.len(), 1);
    stack.write(&format!("/v1/plans/{plan}/end"), json!({})).await.expect(200);
    assert!(to_take_over(&stack, false).await.is_empty());
}

async fn a_card_is_kept_where_nothing_is_due_now(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let options = json!([{"recurring": {"count_max": 2, "interval": {"unit": "week", "every": 2}}}]);
    let configuration = stack.configuration(options).await;
    let terms = json!({"interval": {"unit": "week", "every": 1}, "first_charge": "later"});
    let items = json!([
        {"description": "Camp", "amount": 6_000, "installment_configuration": configuration},
        {"description": "Membership", "amount": 3_000, "subscription": terms},
    ]);
    let (invoice, _) = stack.buy(&account, items).await;
    let secret = by_admin(&stack, &invoice).await;
    let ways = stack.ways(&secret).await;
    let way = ways.iter().find(|way| way["due_now"] == 0).unwrap();
    let body = kept(&stack, way, CARD).await;
    let agreed = stack.confirm(&secret, &body).await.expect(200);
    assert_eq!((agreed.at("/status"), agreed.at("/follow_up")), ("succeeded".into(), "true".into()));
    let plans = stack.plans_of(&account).await;
    assert_eq!(plans.len(), 2, "installments and a subscription");
    assert_eq!(
        plans[0]["payment_method"], plans[1]["payment_method"],
        "one card for what was bought together"
    );
    assert_eq!(to_take_over(&stack, false).await.len(), 2, "each of them is taken over");
    assert_eq!(wallet(&stack, &account).await, json!([]));
    stack.days_pass(30).await;
    assert_eq!(stack.covered(&invoice).await, [6_000, 3_000]);
    assert!(stack.charges().await.len() >= 5);
}

/// Positive control: without `used_once` the processor keeps the card for charges that nobody agreed to (tried).
async fn the_full_price_keeps_nothing(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let (_, secret) = camp(&stack, &account).await;
    let ways = stack.ways(&secret).await;
    let body = kept(&stack, &ways[0], CARD).await;
    let paid = stack.confirm(&secret, &body).await.expect(200);
    assert_eq!(paid.at("/status"), "succeeded");
    let intent = stack.intent_of(body["attempt_id"].as_str().unwrap()).await;
    assert_eq!((&intent["setup_future_usage"], &intent["customer"]), (&Value::Null, &Value::Null));
    assert!(stack.plans_of(&account).await.is_empty() && stack.action_items().await.is_empty());
    assert!(stack.read("/v1/audit_entries?action=plan_method.kept").await.json()["data"][0].is_null());
}

async fn a_lost_answer_loses_no_card(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let (invoice, secret) = camp(&stack, &account).await;
    let way = stack.ways(&secret).await[1].clone();
    let refused = kept(&stack, &way, "4000000000009995").await;
    assert_eq!(stack.confirm(&secret, &refused).await.expect(200).at("/status"), "declined");
    assert!(stack.action_items().await.is_empty(), "what came to nothing is nobody's business");
    stack.clock.advance(Duration::from_secs(1));
    let body = kept(&stack, &way, CARD).await;
    let lost = json!({"match": "every", "on": ["payment_intents.create"], "action": {"type": "drop_answer"}, "times": 1});
    stack.scenario(lost).await;
    stack.confirm(&secret, &body).await.expect(202);
    assert!(stack.action_items().await.is_empty());
    stack.work_after(Duration::from_secs(30)).await;
    let again = stack.confirm(&secret, &body).await.expect(200);
    assert_eq!((again.at("/status"), again.at("/follow_up")), ("succeeded".into(), "true".into()));
    assert_eq!(to_take_over(&stack, false).await.len(), 1);
    stack.days_pass(42).await;
    assert_eq!(stack.covered(&invoice).await, [20_000]);
}

async fn what_comes_next_is_told_after_a_reload(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let card = stack.saved_card(&account, CARD).await;
    let configuration = stack.configuration(quarter_then_three()).await;
    let items =
        json!([{"description": "Camp", "amount": 20_000, "installment_configuration": configuration}]);
    let (_, secret) = stack.buy(&account, items).await;
    let way = stack.ways(&secret).await[1].clone();
    let paid = stack.confirm(&secret, &stack.choosing(&way, &card)).await.expect(200);
    let first = way["payments"][0].clone();
    assert_eq!(
        (&paid.json()["next"], paid.json().get("follow_up")),
        (&first, None),
        "a saved card follows itself"
    );
    for told in [stack.view(&secret).await.expect(200), stack.status(&secret).await.expect(200)] {
        assert_eq!(told.json()["attempt"]["next"], first, "{}", told.text);
    }
    // Called off, the next one is what comes next; and nothing where all of it was.
    let plan = stack.plans_of(&account).await[0]["id"].as_str().unwrap().to_owned();
    let planned = stack.planned("").await;
    let cancel = format!("/v1/planned_payments/{}/cancel", planned[0]["id"].as_str().unwrap());
    stack.write(&cancel, json!({})).await.expect(200);
    assert_eq!(stack.status(&secret).await.json()["attempt"]["next"], way["payments"][1]);
    stack.write(&format!("/v1/plans/{plan}/end"), json!({})).await.expect(200);
    assert_eq!(stack.status(&secret).await.json()["attempt"].get("next"), None);
    // A plain payment has nothing after it.
    let secret = stack.session(&stack.invoice(&account, &[100]).await).await;
    let plain = stack.confirm(&secret, &stack.with_saved(&card, 100)).await.expect(200);
    assert_eq!(plain.json().get("next"), None);
}
