//! An organization reads and changes its own settings, and no other's; its operator changes the rest.

use paydesk_billing::app::update_organization::{OrganizationChange, set_organization};
use paydesk_billing::store::Actor;
use paydesk_domain::security_code::SecurityCodePolicy;
use serde_json::{Value, json};

use crate::support::{Engine, STORE, Stack, fresh, on_both, organization};

on_both! {
    settings_are_shown_and_changed;
    what_does_not_fit_changes_nothing;
    two_changes_at_once_are_both_made;
    the_operator_sets_the_rest;
}

async fn changes(stack: &Stack) -> Vec<Value> {
    let page = stack.read("/v1/audit_entries?action=organization.changed").await.expect(200).json();
    page["data"].as_array().unwrap().clone()
}

async fn settings_are_shown_and_changed(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (neighbour, their_key) = organization(&stack.app, "Elsewhere").await;
    let before = stack.read("/v1/organization").await.expect(200).json();
    let contact = "12 Rue de la Rive, Montréal, 514 555-0100";
    let wanted = json!({
        "id": stack.organization.as_str(), "name": "Riverside Recreation", "contact": contact, "locale": "en",
        "time_zone": "America/Toronto", "debit_refund_max": 50_000, "partial_minimum": null, "records_kept_days": 2557, "wording": {}, "currency": "CAD", "country": "CA",
        "security_code": "never", "security_code_above": 0, "allowed_origins": [STORE],
    });
    assert_eq!(before, wanted);
    let theirs = stack.read_as(&their_key, "/v1/organization").await.expect(200).json();
    assert_eq!((&theirs["id"], &theirs["name"]), (&json!(neighbour.as_str()), &json!("Elsewhere")));

    let change = json!({"name": " Riverside ", "contact": "", "locale": "fr-CA", "time_zone": "America/Halifax",
        "debit_refund_max": 0});
    let key = fresh("k-");
    let done = stack.change_as(&stack.key, &key, &change).await.expect(200);
    let wanted = json!({
        "id": stack.organization.as_str(), "name": "Riverside", "contact": null, "locale": "fr-CA",
        "time_zone": "America/Halifax", "debit_refund_max": 0, "partial_minimum": null, "records_kept_days": 2557, "wording": {}, "currency": "CAD", "country": "CA",
        "security_code": "never", "security_code_above": 0, "allowed_origins": [STORE],
    });
    assert_eq!(done.json(), wanted);
    assert_eq!(stack.read("/v1/organization").await.json(), wanted);
    assert_eq!(stack.read_as(&their_key, "/v1/organization").await.json(), theirs);

    // The log says what, and neither name nor address.
    let rows = changes(&stack).await;
    assert_eq!(
        (rows.len(), &rows[0]["subject"], &rows[0]["actor_kind"]),
        (1, &json!(stack.organization.as_str()), &json!("api_key"))
    );
    let detail = json!({
        "name": "changed", "contact": "changed", "locale": {"from": "en", "to": "fr-CA"},
        "time_zone": {"from": "America/Toronto", "to": "America/Halifax"},
        "debit_refund_max": {"from": 50_000, "to": 0},
    });
    assert_eq!(rows[0]["detail"], detail);

    // The same key is the same write, whatever was changed since; what changes nothing is not put down.
    stack.change(json!({"name": "Lakeside"})).await.expect(200);
    assert_eq!(stack.change_as(&stack.key, &key, &change).await.expect(200).json(), wanted);
    assert_eq!(stack.read("/v1/organization").await.at("/name"), "Lakeside");
    stack
        .change_as(&stack.key, &key, &json!({"name": "x"}))
        .await
        .expect_problem(422, "idempotency_mismatch");
    stack.change(json!({"name": "Lakeside"})).await.expect(200);
    stack.change(json!({})).await.expect(200);
    assert_eq!(changes(&stack).await.len(), 2);
}

async fn what_does_not_fit_changes_nothing(engine: Engine) {
    let stack = Stack::start(engine).await;
    let before = stack.read("/v1/organization").await.expect(200).json();
    for (field, bad) in [
        ("name", json!(" ")),
        ("name", json!("x".repeat(201))),
        ("contact", json!("a\u{7}b")),
        ("locale", json!("")),
        ("time_zone", json!("America/Nowhere")),
        ("debit_refund_max", json!(-1)),
        ("debit_refund_max", json!(1_000_000_001)),
        ("records_kept_days", json!(730)),
        ("records_kept_days", json!(36_526)),
    ] {
        let refused = stack.change(json!({"name": "Other", field: bad})).await;
        assert_eq!(refused.expect_problem(400, "invalid_request").at("/param"), field);
    }
    // What only the operator sets is no field here.
    for field in ["currency", "country", "vault", "allowed_origins", "id", "receipts"] {
        let refused = stack.change(json!({field: "USD"})).await;
        refused.expect_problem(400, "invalid_request");
    }
    let request = stack.http.patch(format!("{}/v1/organization", stack.billing)).bearer_auth(&stack.key);
    stack.send(request.json(&json!({}))).await.expect_problem(400, "idempotency_key_missing");
    stack.change_as("sk_paydesk_x", &fresh("k-"), &json!({})).await.expect_problem(401, "key_invalid");
    assert_eq!(stack.read("/v1/organization").await.json(), before);
    assert!(changes(&stack).await.is_empty());
}

/// Positive control: without `FOR UPDATE` in `LOCK_ORGANIZATION`, changes of other fields are undone on PostgreSQL (tried).
async fn two_changes_at_once_are_both_made(engine: Engine) {
    let stack = Stack::start(engine).await;
    for round in 0..10 {
        let (name, cap) = (format!("Riverside {round}"), 1_000 + round);
        let one = stack.change(json!({"name": name}));
        let other = stack.change(json!({"debit_refund_max": cap}));
        let third = stack.change(json!({"locale": format!("en-{round}")}));
        let (one, other, third) = tokio::join!(one, other, third);
        for reply in [one, other, third] {
            reply.expect(200);
        }
        let now = stack.read("/v1/organization").await.expect(200).json();
        assert_eq!(
            (&now["name"], &now["debit_refund_max"], &now["locale"]),
            (&json!(name), &json!(cap), &json!(format!("en-{round}")))
        );
    }
}

async fn the_operator_sets_the_rest(engine: Engine) {
    let stack = Stack::start(engine).await;
    let by = Actor::CommandLine { user: "test".to_owned() };
    let tenant = stack.app.store.organization(stack.organization.clone()).acting(by);
    let change = OrganizationChange {
        currency: Some("usd".to_owned()),
        country: Some("us".to_owned()),
        vault: Some("other".to_owned()),
        security_code: Some(SecurityCodePolicy::Above(5_000)),
        ..OrganizationChange::default()
    };
    let set = set_organization(&tenant, &stack.app.mint, change).await.unwrap();
    assert_eq!((set.currency.as_str(), set.country.as_str()), ("USD", "US"));
    assert_eq!((set.security_code.as_str(), set.security_code_above), ("above", 5_000));
    assert_eq!(json!(set), stack.read("/v1/organization").await.json());
    let account = stack.client().await;
    let invoice = stack.invoice(&account, &[900]).await;
    assert_eq!(stack.read(&format!("/v1/invoices/{invoice}")).await.at("/currency"), "USD");
    let rows = changes(&stack).await;
    assert_eq!((rows.len(), &rows[0]["actor_kind"]), (1, &json!("command_line")));
    assert_eq!(rows[0]["detail"]["vault"], json!({"from": "default", "to": "other"}));
    assert_eq!(rows[0]["detail"]["security_code"], json!({"from": "never", "to": "above"}));
    for change in [
        OrganizationChange { currency: Some("dollars".to_owned()), ..OrganizationChange::default() },
        OrganizationChange { country: Some("USA".to_owned()), ..OrganizationChange::default() },
    ] {
        assert!(set_organization(&tenant, &stack.app.mint, change).await.is_err());
    }
    assert_eq!(changes(&stack).await.len(), 1);
}
