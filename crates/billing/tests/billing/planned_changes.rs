//! What an organization sets up and changes: configurations, and the days and amounts of installments that are to come.

use serde_json::{Value, json};

use crate::support::{Engine, Stack, fresh, on_both, organization};

on_both! {
    a_configuration_is_read_as_it_was_made;
    an_installment_gets_another_day_and_amount;
    one_that_failed_is_charged_on_its_new_day;
    what_is_called_off_stays_owed;
    a_plan_is_moved_to_another_card;
    another_organization_sees_none_of_it;
}

const CARD: &str = "4242424242424242";

async fn purchase(stack: &Stack) -> (String, String) {
    let account = stack.client().await;
    let card = stack.saved_card(&account, CARD).await;
    let options = json!([{"initial_amount": 1_000, "recurring": {"count_max": 2, "interval": {"unit": "week", "every": 2}}}]);
    let configuration = stack.configuration(options).await;
    let items = json!([{"description": "Camp", "amount": 5_000, "installment_configuration": configuration}]);
    let (invoice, secret) = stack.buy(&account, items).await;
    let way = stack.ways(&secret).await[1].clone();
    stack.confirm(&secret, &stack.choosing(&way, &card)).await.expect(200);
    (account, invoice)
}

fn path_of(planned: &Value) -> String {
    format!("/v1/planned_payments/{}", planned["id"].as_str().unwrap())
}

async fn a_configuration_is_read_as_it_was_made(engine: Engine) {
    let stack = Stack::start(engine).await;
    let options = json!([
        {"initial_amount": 5_000, "initial_on": "2027-01-15", "ends_with_activity": true, "ten_day_rule": false,
            "recurring": {"count_max": 6, "interval": {"unit": "month", "every": 1}, "first_day_of_month": 31}},
        {"initial_basis_points": 1_250, "ends_with_activity": false, "dates": ["2027-02-01", "2027-03-01"]},
        {"initial_basis_points": 10_000, "initial_on": "2027-06-01", "ends_with_activity": false},
    ]);
    let body = json!({"name": "Summer", "options": options});
    let key = fresh("k-");
    let made = stack.write_as(&stack.key, &key, "/v1/installment_configurations", &body).await.expect(201);
    assert_eq!(made.json()["options"], options);
    let again = stack.write_as(&stack.key, &key, "/v1/installment_configurations", &body).await.expect(201);
    assert_eq!(again.text, made.text, "once per key");
    let one = stack.read(&format!("/v1/installment_configurations/{}", made.at("/id"))).await.expect(200);
    assert_eq!(one.json(), made.json());
    let all = stack.read("/v1/installment_configurations").await.expect(200);
    assert_eq!(all.json()["data"], json!([made.json()]));
    let audited = stack.read("/v1/audit_entries?action=installment_configuration.created").await.expect(200);
    assert_eq!(audited.json()["data"].as_array().unwrap().len(), 1);
    for (option, param) in [
        (json!({}), "options[0]"),
        (json!({"initial_amount": 1, "initial_basis_points": 1, "dates": ["2027-02-01"]}), "options[0]"),
        (json!({"initial_basis_points": 10_001, "dates": ["2027-02-01"]}), "options[0]"),
        (json!({"dates": ["2027-02-01", "2027-01-01"]}), "options[0]"),
        (json!({"dates": ["2027-02-30"]}), "options[0].dates"),
        (json!({"initial_on": "soon", "dates": ["2027-02-01"]}), "options[0].initial_on"),
        (
            json!({"recurring": {"count_max": 1, "interval": {"unit": "month", "every": 13}}}),
            "options[0].recurring.interval",
        ),
    ] {
        let refused =
            stack.write("/v1/installment_configurations", json!({"name": "x", "options": [option]})).await;
        assert_eq!(refused.expect_problem(400, "invalid_request").at("/param"), param, "{option}");
    }
    let items = json!([{"description": "x", "amount": 1, "installment_configuration": "icf_x"}]);
    let refused = stack.write("/v1/invoices", json!({"account": stack.client().await, "items": items})).await;
    assert_eq!(
        refused.expect_problem(400, "invalid_request").at("/param"),
        "items[0].installment_configuration"
    );
}

async fn an_installment_gets_another_day_and_amount(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, invoice) = purchase(&stack).await;
    let planned = stack.planned("").await;
    let path = path_of(&planned[0]);
    for (change, param) in [
        (json!({"due_on": stack.in_days(-1)}), "due_on"),
        (json!({"due_on": planned[1]["due_on"]}), "due_on"),
        (json!({"amount": 0}), "amount"),
    ] {
        let refused = stack.patch(&path, change).await.expect_problem(400, "invalid_request");
        assert_eq!(refused.at("/param"), param);
    }
    let changed = stack.patch(&path, json!({"due_on": stack.in_days(3), "amount": 1_500})).await.expect(200);
    assert_eq!((changed.at("/due_on"), changed.at("/amount")), (stack.in_days(3), "1500".into()));
    stack.days_pass(3).await;
    assert_eq!(stack.covered(&invoice).await, [2_500]);
    stack.patch(&path, json!({"amount": 1})).await.expect_problem(409, "not_changeable");
    // More than is owed is never charged, whatever the amount says.
    stack.patch(&path_of(&planned[1]), json!({"amount": 90_000})).await.expect(200);
    stack.days_pass(25).await;
    assert_eq!(stack.covered(&invoice).await, [5_000]);
    assert_eq!(stack.charges().await[2]["amount"], json!(2_500));
    let told = stack.told().await;
    assert_eq!(told.iter().filter(|kind| *kind == "planned_payment.updated").count(), 2);
}

async fn one_that_failed_is_charged_on_its_new_day(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (account, invoice) = purchase(&stack).await;
    let decline = json!({"match": "every", "on": ["payment_intents.create"], "times": 2,
        "action": {"type": "decline", "code": "stolen_card"}});
    stack.scenario(decline).await;
    stack.days_pass(28).await;
    let planned = stack.planned("").await;
    assert!(planned.iter().all(|planned| planned["status"] == "failed"));
    assert_eq!(stack.plans_of(&account).await[0]["status"], "completed");
    let path = path_of(&planned[1]);
    stack.patch(&path, json!({"amount": 2_000})).await.expect_problem(400, "invalid_request");
    stack.patch(&path, json!({"due_on": stack.in_days(0)})).await.expect(200);
    assert_eq!(stack.plans_of(&account).await[0]["status"], "active", "something is to come again");
    stack.work().await;
    let again = stack.read(&path).await.expect(200);
    assert_eq!((again.at("/status"), again.at("/tries")), ("paid".into(), "2".into()));
    assert_eq!(stack.covered(&invoice).await, [3_000]);
    assert_eq!(stack.plans_of(&account).await[0]["status"], "completed");
    let keys: Vec<Value> =
        stack.charges().await.iter().map(|charge| charge["idempotency_key"].clone()).collect();
    assert_eq!(keys[1], format!("{}.2.charge", planned[1]["id"].as_str().unwrap()));
}

async fn what_is_called_off_stays_owed(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (account, invoice) = purchase(&stack).await;
    let planned = stack.planned("").await;
    let path = path_of(&planned[0]);
    let key = fresh("k-");
    let off = stack.write_as(&stack.key, &key, &format!("{path}/cancel"), &json!({})).await.expect(200);
    assert_eq!((off.at("/status"), off.at("/because")), ("canceled".into(), "organization".into()));
    let again = stack.write_as(&stack.key, &key, &format!("{path}/cancel"), &json!({})).await.expect(200);
    assert_eq!(again.text, off.text);
    stack.write(&format!("{path}/cancel"), json!({})).await.expect_problem(409, "not_changeable");
    stack.patch(&path, json!({"due_on": stack.in_days(1)})).await.expect_problem(409, "not_changeable");
    stack.days_pass(28).await;
    assert_eq!(stack.covered(&invoice).await, [3_000]);
    assert_eq!(stack.three_figures(&invoice).await, (2_000, 0, 2_000));
    assert_eq!(stack.plans_of(&account).await[0]["status"], "completed");
    let audited = stack.read("/v1/audit_entries?action=planned_payment.canceled").await.expect(200);
    assert_eq!(audited.json()["data"][0]["subject"], planned[0]["id"]);
}

/// Positive control: without `with_saved` in `update_plan` a stranger's card is taken (tried).
async fn a_plan_is_moved_to_another_card(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (account, invoice) = purchase(&stack).await;
    let plan = stack.plans_of(&account).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/plans/{plan}");
    let theirs = stack.saved_card(&stack.client().await, CARD).await;
    for (method, code) in [(theirs.as_str(), "method_unknown"), ("pm_x", "method_unknown")] {
        let refused = stack.patch(&path, json!({"payment_method": method})).await.expect_problem(422, code);
        assert_eq!(refused.at("/param"), "payment_method");
    }
    // As where the method could not be kept.
    let lost = "UPDATE plans SET method_id = NULL";
    stack.database.execute_for(stack.organization.as_str(), lost).await.unwrap();
    let lost = "UPDATE planned_payments SET method_id = NULL";
    stack.database.execute_for(stack.organization.as_str(), lost).await.unwrap();
    stack.days_pass(14).await;
    assert_eq!(stack.planned("").await[0]["because"], "method_missing");
    let other = stack.saved_card(&account, "5555555555554444").await;
    let moved = stack.patch(&path, json!({"payment_method": other})).await.expect(200);
    assert_eq!(moved.at("/payment_method"), other);
    let planned = stack.planned("").await;
    assert!(planned.iter().all(|planned| planned["payment_method"] == other), "{planned:?}");
    stack.patch(&path_of(&planned[0]), json!({"due_on": stack.in_days(1)})).await.expect(200);
    stack.days_pass(14).await;
    assert_eq!(stack.covered(&invoice).await, [5_000]);
    assert!(stack.told().await.contains(&"plan.updated".to_owned()));
    let noted = stack.read("/v1/audit_entries?action=plan.updated").await.expect(200);
    assert_eq!(noted.at("/data/0/detail/to"), other);
    stack.write(&format!("{path}/end"), json!({})).await.expect_problem(409, "not_changeable");
}

async fn another_organization_sees_none_of_it(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (account, _) = purchase(&stack).await;
    let (_, other) = organization(&stack.app, "Elsewhere").await;
    let planned = stack.planned("").await;
    let plan = stack.plans_of(&account).await[0]["id"].as_str().unwrap().to_owned();
    let configuration = stack.read("/v1/installment_configurations").await.at("/data/0/id");
    for path in [
        path_of(&planned[0]),
        format!("/v1/plans/{plan}"),
        format!("/v1/installment_configurations/{configuration}"),
    ] {
        stack.read(&path).await.expect(200);
        stack.read_as(&other, &path).await.expect_problem(404, "not_found");
    }
    let mine = stack.plans_of(&account).await[0]["payment_method"].clone();
    let move_it = stack.http.patch(format!("{}/v1/plans/{plan}", stack.billing)).bearer_auth(&other);
    let move_it = move_it.header("idempotency-key", fresh("k-")).json(&json!({"payment_method": mine}));
    stack.send(move_it).await.expect_problem(404, "not_found");
    for path in ["/v1/planned_payments", "/v1/plans", "/v1/installment_configurations"] {
        assert_eq!(stack.read_as(&other, path).await.expect(200).json()["data"], json!([]), "{path}");
    }
    for path in [format!("{}/cancel", path_of(&planned[0])), format!("/v1/plans/{plan}/end")] {
        let reply = stack.write_as(&other, &fresh("k-"), &path, &json!({})).await;
        reply.expect_problem(404, "not_found");
    }
}
