//! What account credit is not for, whose it is, who may use it for whom, and what the database itself refuses.

use serde_json::{Value, json};

use crate::credits::{CARD, with_both, with_credit};
use crate::refunds::refund;
use crate::support::{Engine, STORE, Stack, fresh, on_both, organization};

on_both! {
    a_refund_never_gives_credit_back;
    a_plan_takes_no_credit;
    an_admin_uses_credit_for_a_client;
    credit_is_an_organizations_own;
    no_more_is_held_than_is_left;
}

async fn a_refund_never_gives_credit_back(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    stack.give(&account, 2_000, "CAD").await;
    let invoice = stack.invoice(&account, &[5_000]).await;
    let secret = stack.session(&invoice).await;
    let paid = stack.confirm(&secret, &with_both(&stack, CARD, 2_000, 3_000).await).await.expect(200);
    let payment = paid.at("/receipt/payment");
    refund(&stack, &payment, json!({"amount": 3_001})).await.expect_problem(422, "refund_too_large");
    refund(&stack, &payment, json!({"amount": 3_000})).await.expect(201);
    assert_eq!(stack.three_figures(&invoice).await, (3_000, 0, 3_000), "the credit stays applied");
    assert_eq!(stack.left(&account).await, [0]);
    // What credit alone paid is no payment that could be given back.
    stack.give(&account, 3_000, "CAD").await;
    let secret = stack.session(&invoice).await;
    let alone = stack.confirm(&secret, &with_credit(3_000)).await.expect(200);
    refund(&stack, &alone.at("/receipt/payment"), json!({})).await.expect_problem(404, "not_found");
    assert_eq!(stack.three_figures(&invoice).await, (0, 0, 0));
    stack.is_whole().await;
}

async fn a_plan_takes_no_credit(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    stack.give(&account, 2_000, "CAD").await;
    stack.change(json!({"partial_minimum": 100})).await.expect(200);
    let card = stack.saved_card(&account, CARD).await;
    let configuration = stack.configuration(crate::installments::quarter_then_three()).await;
    let items = json!([{"description": "Camp", "amount": 9_000, "installment_configuration": configuration}]);
    let (_, secret) = stack.buy(&account, items).await;
    let way = stack.ways(&secret).await.into_iter().find(|way| way["id"] != "full").unwrap();
    let mut body = stack.choosing(&way, &card);
    body["credit"] = json!(2_000);
    let refused = stack.confirm(&secret, &body).await.expect_problem(400, "invalid_request");
    assert_eq!(refused.at("/param"), "credit");
    let mut body = stack.choosing(&way, &card);
    body["amount"] = json!(body["amount"].as_i64().unwrap() - 1);
    stack.confirm(&secret, &body).await.expect_problem(409, "amount_changed");
    assert_eq!(stack.left(&account).await, [2_000]);
}

async fn an_admin_uses_credit_for_a_client(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    stack.give(&account, 5_000, "CAD").await;
    stack.change(json!({"partial_minimum": 100})).await.expect(200);
    let invoice = stack.invoice(&account, &[6_250]).await;
    let body = json!({
        "invoice": invoice, "allowed_origin": STORE, "account": account,
        "acting": {"kind": "admin", "id": "staff:17", "name": "Lou Chan"},
    });
    let secret = stack.write("/v1/checkout_sessions", body).await.expect(201).at("/secret");
    let view = stack.view(&secret).await;
    assert_eq!((view.at("/credit_available"), view.at("/partial_minimum")), ("5000".into(), "100".into()));
    let paid = stack.confirm(&secret, &with_credit(1_000)).await.expect(200);
    let charge = stack.read(&format!("/v1/charges/{}", paid.at("/id"))).await.expect(200);
    assert_eq!(charge.at("/admin"), "staff:17");
    for action in ["attempt.created", "credit.used"] {
        let entry = stack.read(&format!("/v1/audit_entries?action={action}")).await.expect(200);
        assert_eq!(
            (entry.at("/data/0/actor_kind"), entry.at("/data/0/actor")),
            ("admin".into(), "staff:17".into()),
            "{action}"
        );
    }
}

async fn credit_is_an_organizations_own(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let login = stack.read(&format!("/v1/clients/{account}")).await.at("/login");
    let key = fresh("k-");
    let body = json!({"client": account, "amount": 700, "currency": "CAD", "reason": "Rained out"});
    let made = stack.write_as(&stack.key, &key, "/v1/credits", &body).await.expect(201);
    assert_eq!(made.at("/available"), "700");
    assert_eq!(stack.write_as(&stack.key, &key, "/v1/credits", &body).await.expect(201).json(), made.json());
    assert_eq!(stack.left(&account).await, [700], "once");
    let entry = stack.read("/v1/audit_entries?action=credit.created").await.expect(200);
    assert!(!entry.text.contains("Rained"), "{}", entry.text);
    for (field, value) in [
        ("amount", json!(0)),
        ("amount", json!(1_000_000_001)),
        ("currency", json!("dollars")),
        ("reason", json!("")),
        ("reason", json!("x".repeat(201))),
        ("client", json!("acc_x")),
    ] {
        let mut wrong = body.clone();
        wrong[field] = value;
        let refused = stack.write("/v1/credits", wrong).await.expect_problem(400, "invalid_request");
        assert_eq!(refused.at("/param"), field);
    }
    // The same login elsewhere: neither seen nor used.
    let (_, other) = organization(&stack.app, "Elsewhere").await;
    stack.read_as(&other, &format!("/v1/credits/{}", made.at("/id"))).await.expect_problem(404, "not_found");
    assert_eq!(stack.read_as(&other, "/v1/credits").await.expect(200).json()["data"], json!([]));
    let write = async |path: &str, body: Value| stack.write_as(&other, &fresh("k-"), path, &body).await;
    write("/v1/credits", body).await.expect_problem(400, "invalid_request");
    let client = json!({"login": {"id": login}, "account": {"name": "Kim"}});
    let client = write("/v1/clients", client).await.expect(201).at("/id");
    let items = json!([{"description": "x", "amount": 700}]);
    let invoice =
        write("/v1/invoices", json!({"account": client, "items": items})).await.expect(201).at("/id");
    let session = json!({"invoice": invoice, "allowed_origin": STORE});
    let secret = write("/v1/checkout_sessions", session).await.expect(201).at("/secret");
    assert_eq!(stack.view(&secret).await.json().get("credit_available"), None);
    stack.confirm(&secret, &with_credit(700)).await.expect_problem(409, "amount_changed");
}

/// What the database itself says, whatever the program does. Positive control: the last statement is good.
async fn no_more_is_held_than_is_left(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    stack.give(&account, 1_000, "CAD").await;
    let secret = stack.session(&stack.invoice(&account, &[700]).await).await;
    stack.confirm(&secret, &with_credit(700)).await.expect(200);
    let organization = stack.organization.as_str();
    let again = "INSERT INTO credit_uses (org_id, id, attempt_id, session_id, account_id, login_id, invoice_id, amount, currency, \
        status, request_hash, created_at_ms) SELECT org_id, 'cru_x', 'att_x', session_id, account_id, login_id, invoice_id, 301, \
        currency, 'held', '', 0 FROM credit_uses";
    stack.database.execute_for(organization, again).await.unwrap();
    for (sql, is_good) in [
        (
            "INSERT INTO credit_parts (org_id, use_id, credit_id, amount) SELECT org_id, 'cru_x', id, 301 FROM credits",
            false,
        ),
        ("UPDATE credits SET amount = 5000", false),
        ("DELETE FROM credit_allocations", false),
        (
            "INSERT INTO credit_allocations SELECT org_id, 'alo_x', use_id, credit_id, invoice_id, item_id, 1, 0 FROM credit_allocations",
            false,
        ),
        (
            "INSERT INTO credit_parts (org_id, use_id, credit_id, amount) SELECT org_id, 'cru_x', id, 300 FROM credits",
            true,
        ),
    ] {
        assert_eq!(stack.database.execute_for(organization, sql).await.is_ok(), is_good, "{sql}");
    }
}
