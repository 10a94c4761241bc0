//! Saved methods at the checkout: their addresses, their security codes, and how many of them there are.

use paydesk_billing::app::update_organization::{OrganizationChange, set_organization};
use paydesk_domain::security_code::SecurityCodePolicy;
use serde_json::{Value, json};

use crate::support::{Engine, PROCESSOR_SECRET, STORE, Stack, address, fresh, on_both};

on_both! {
    a_missing_address_is_asked_for_and_kept;
    a_security_code_is_asked_for_by_policy;
    ten_cards_and_not_one_more;
    ten_cards_however_many_are_brought_in;
}

/// A session for an invoice of 100, in which an admin acts or the client.
async fn session(stack: &Stack, account: &str, by_admin: bool) -> String {
    let invoice = stack.invoice(account, &[100]).await;
    let mut body = json!({"invoice": invoice, "allowed_origin": STORE});
    if by_admin {
        body["acting"] = json!({"kind": "admin", "id": "staff:17", "name": "Lou Chan"});
    }
    stack.write("/v1/checkout_sessions", body).await.expect(201).at("/secret")
}

async fn a_missing_address_is_asked_for_and_kept(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let method = stack.saved_card(&account, "4242424242424242").await;
    let other = stack.saved_card(&account, "5555555555554444").await;
    // None at all, and one that its country's rules no longer take.
    let gone = json!({"line1": "120 Rue du Parc", "city": "Montréal", "region": "QC", "postal_code": "V5K 0A1", "country": "CA"});
    for (method, address) in [(&method, json!({})), (&other, gone.clone())] {
        let sql = format!("UPDATE payment_methods SET billing_address = '{address}' WHERE id = '{method}'");
        stack.database.execute_past_everybody(sql).await;
    }
    let secret = session(&stack, &account, false).await;
    let needed = async |secret: &str| {
        let view = stack.view(secret).await.expect(200).json();
        let methods = view["methods"].as_array().unwrap().clone();
        let is_needed = |row: &Value| row["address_needed"] == json!(true);
        let mut needed: Vec<_> =
            methods.iter().filter(|row| is_needed(row)).map(|row| row["last4"].to_string()).collect();
        needed.sort();
        needed
    };
    assert_eq!(needed(&secret).await, ["\"4242\"", "\"4444\""]);

    let body = stack.with_saved(&method, 100);
    let refused = stack.confirm(&secret, &body).await.expect_problem(422, "address_needed");
    assert_eq!(refused.at("/param"), "billing_address");
    let mut body = stack.with_saved(&method, 100);
    body["billing_address"] = gone.clone();
    let refused = stack.confirm(&secret, &body).await.expect_problem(422, "address_invalid");
    assert_eq!(
        refused.at("/param"),
        "billing_address.postal_code",
        "the server judges by the country's own rules"
    );
    assert_eq!(stack.charges().await.len(), 0);
    body["billing_address"] = address();
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    // The processor has it as well, and so has the method from now on.
    let intent = stack.intent_of(body["attempt_id"].as_str().unwrap()).await;
    assert_eq!(intent["latest_charge"]["billing_details"]["address"]["postal_code"], "H2X 1Y4");
    let again = session(&stack, &account, false).await;
    assert_eq!(needed(&again).await, ["\"4444\""]);
    assert_eq!(
        stack.confirm(&again, &stack.with_saved(&method, 100)).await.expect(200).at("/status"),
        "succeeded"
    );
    let noted = stack.read("/v1/audit_entries?action=payment_method.address_kept").await.expect(200);
    assert_eq!(noted.at("/data/0/subject"), method);

    // A new card is not taken without one either.
    let secret = session(&stack, &account, false).await;
    let mut body = stack.with_card("4242424242424242", 100).await;
    body["billing_address"] = Value::Null;
    assert_eq!(
        stack.confirm(&secret, &body).await.expect_problem(400, "invalid_request").at("/param"),
        "billing_address"
    );
}

async fn a_security_code_is_asked_for_by_policy(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let method = stack.saved_card(&account, "4242424242424242").await;
    let set = async |policy| {
        let tenant = stack.app.store.organization(stack.organization.clone());
        let change = OrganizationChange { security_code: Some(policy), ..OrganizationChange::default() };
        set_organization(&tenant, &stack.app.mint, change).await.unwrap();
    };
    for (policy, by_admin, above) in [
        (SecurityCodePolicy::Never, true, Value::Null),
        (SecurityCodePolicy::Above(100), true, json!(100)),
        (SecurityCodePolicy::Admin, false, Value::Null),
        (SecurityCodePolicy::Above(99), false, json!(99)),
        (SecurityCodePolicy::Admin, true, json!(0)),
        (SecurityCodePolicy::Always, false, json!(0)),
    ] {
        set(policy).await;
        let secret = session(&stack, &account, by_admin).await;
        let view = stack.view(&secret).await.expect(200).json();
        assert_eq!(view.get("security_code_above").cloned().unwrap_or_default(), above, "{policy:?}");
        let body = stack.with_saved(&method, 100);
        let reply = stack.confirm(&secret, &body).await;
        if !policy.asks(100, by_admin) {
            assert_eq!(reply.expect(200).at("/status"), "succeeded", "{policy:?}");
            continue;
        }
        assert_eq!(reply.expect_problem(422, "security_code_needed").at("/param"), "cvc_token");
        // A wrong code is the bank's refusal; the right one pays, and the bank was asked about it.
        let mut body = stack.with_saved(&method, 100);
        body["cvc_token"] = json!(stack.cvc_token("000").await);
        let refused = stack.confirm(&secret, &body).await.expect(200);
        assert_eq!(
            (refused.at("/status"), refused.at("/decline/category")),
            ("declined".into(), "incorrect_cvc".into())
        );
        let mut body = stack.with_saved(&method, 100);
        body["cvc_token"] = json!(stack.cvc_token("314").await);
        assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded", "{policy:?}");
        let intent = stack.intent_of(body["attempt_id"].as_str().unwrap()).await;
        let checks = &intent["latest_charge"]["payment_method_details"]["card"]["checks"];
        assert_eq!(checks["cvc_check"], "pass");
        // Sent again it is the same attempt.
        assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    }
    // A code itself is turned away, and nothing keeps it.
    let secret = session(&stack, &account, false).await;
    for code in ["not a token", "314"] {
        let mut body = stack.with_saved(&method, 100);
        body["cvc_token"] = json!(code);
        let refused = stack.confirm(&secret, &body).await.expect_problem(400, "invalid_request");
        assert_eq!(refused.at("/param"), "cvc_token");
    }
}

/// Fifty payments at once that all want to be the tenth card. (One process writes outcomes that come together in one
/// transaction, so that the lock is shown by the test below.)
async fn ten_cards_and_not_one_more(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    for _ in 0..9 {
        stack.saved_card(&account, "4242424242424242").await;
    }
    let mut requests = Vec::new();
    for _ in 0..50 {
        let secret = session(&stack, &account, false).await;
        let mut body = stack.with_card("5555555555554444", 100).await;
        body["save"] = json!(true);
        body["consent_version"] = json!("save-card-1");
        body["consent_locale"] = json!("en");
        requests.push(stack.confirmation(&secret, &body));
    }
    let replies = stack.send_all(requests.into_iter()).await;
    let paid =
        replies.iter().filter(|reply| reply.status == 200 && reply.at("/status") == "succeeded").count();
    let full =
        replies.iter().filter(|reply| reply.status == 422 && reply.at("/code") == "wallet_full").count();
    assert_eq!(paid + full, 50, "whoever is not told that the wallet is full has paid");
    let secret = session(&stack, &account, false).await;
    let methods = stack.view(&secret).await.expect(200).json()["methods"].as_array().unwrap().clone();
    assert_eq!(methods.len(), 10);
    assert_eq!(methods.iter().filter(|method| method["last4"] == "4444").count(), 1);
}

/// Fifty cards that are brought in at once, each in a transaction of its own, and room for one. Positive control (tried):
/// without `lock_login` in `add_method::save`, PostgreSQL keeps several of them (SQLite has one writer, so that nothing can
/// overlap there).
async fn ten_cards_however_many_are_brought_in(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    for _ in 0..9 {
        stack.saved_card(&account, "4242424242424242").await;
    }
    let mut requests = Vec::new();
    for _ in 0..50 {
        let form = [("type", "card".to_owned()), ("card[token]", stack.token("5555555555554444").await)];
        let made =
            stack.http.post(format!("{}/v1/payment_methods", stack.processor)).bearer_auth(PROCESSOR_SECRET);
        let stored = stack.send(made.form(&form)).await.expect(200).at("/id");
        let body = json!({
            "processor_payment_method": stored, "billing_address": address(),
            "consent": {"version": "save-card-1", "locale": "en", "accepted_at": "2026-01-05T15:00:00Z"},
        });
        let url = format!("{}/v1/clients/{account}/payment_methods", stack.billing);
        let request = stack.http.post(url).bearer_auth(&stack.key).header("idempotency-key", fresh("k-"));
        requests.push(request.json(&body));
    }
    let replies = stack.send_all(requests.into_iter()).await;
    let kept = replies.iter().filter(|reply| reply.status == 201).count();
    let full =
        replies.iter().filter(|reply| reply.status == 422 && reply.at("/code") == "wallet_full").count();
    assert_eq!((kept, full), (1, 49));
    let secret = session(&stack, &account, false).await;
    let view = stack.view(&secret).await.expect(200).json();
    assert_eq!(view["methods"].as_array().unwrap().len(), 10);
}
