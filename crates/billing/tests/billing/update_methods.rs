//! Saved cards that are brought up to date: in place, once, and by nobody but whom the client has authorized.

use std::sync::Arc;
use std::time::Duration;

use paydesk_billing::app::update_method::UpdateKey;
use paydesk_billing::app::{App, AppError};
use paydesk_billing::secret::Secret;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::payers::MethodUpdateRequest;
use serde_json::{Value, json};

use crate::debit_refunds::Undoing;
use crate::support::{Engine, PROCESSOR_SECRET, Reply, STORE, Stack, address, fresh, on_both, organization};

on_both! {
    an_expired_card_is_brought_up_to_date;
    another_card_takes_its_place;
    a_refused_update_changes_nothing;
    an_update_is_carried_out_once;
    only_the_authorized_bring_a_card_up_to_date;
    a_processor_that_cannot_change_an_expiry_takes_the_card_again;
}

async fn session(stack: &Stack, account: &str, by_admin: bool) -> String {
    let invoice = stack.invoice(account, &[100]).await;
    let mut body = json!({"invoice": invoice, "allowed_origin": STORE});
    if by_admin {
        body["acting"] = json!({"kind": "admin", "id": "staff:17", "name": "Lou Chan"});
    }
    stack.write("/v1/checkout_sessions", body).await.expect(201).at("/secret")
}

impl Stack {
    async fn update(&self, secret: &str, method: &str, body: Value) -> Reply {
        self.update_as(secret, method, &fresh("u-"), &body).await
    }

    async fn update_as(&self, secret: &str, method: &str, key: &str, body: &Value) -> Reply {
        let path = format!("/v1/checkout/methods/{method}/update");
        let request = self.browser(reqwest::Method::POST, secret, &path).header("idempotency-key", key);
        self.send(request.json(body)).await
    }

    async fn at_processor(&self, reference: &str) -> Reply {
        let url = format!("{}/v1/payment_methods/{reference}", self.processor);
        self.send(self.http.get(url).bearer_auth(PROCESSOR_SECRET)).await
    }

    /// What the processor calls the method of a charge.
    pub async fn charged(&self, attempt: &str) -> String {
        self.intent_of(attempt).await["payment_method"].as_str().unwrap().to_owned()
    }

    async fn new_expiry(&self, code: &str) -> Value {
        json!({"exp_month": 3, "exp_year": 2034, "cvc_token": self.cvc_token(code).await})
    }
}

async fn an_expired_card_is_brought_up_to_date(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let method = stack.saved_until(&account, "4242424242424242", Some(("1", "2024"))).await;
    let secret = session(&stack, &account, true).await;
    let view = stack.view(&secret).await.expect(200);
    assert_eq!(
        (view.at("/methods/0/expired"), view.at("/processor/update_expiry")),
        ("true".into(), "true".into())
    );
    stack.confirm(&secret, &stack.with_saved(&method, 100)).await.expect_problem(422, "method_expired");

    for (body, param) in [
        (json!({"exp_month": 3, "exp_year": 2034}), "cvc_token"),
        (json!({"exp_month": 1, "exp_year": 2024, "cvc_token": "cvctok_x"}), "exp_year"),
        (json!({"exp_month": 13, "exp_year": 2034, "cvc_token": "cvctok_x"}), "exp_month"),
        (json!({"exp_month": 3, "exp_year": 2034, "cvc_token": "cvctok_x", "token": "tok_x"}), "token"),
        (json!({}), "token"),
    ] {
        let refused = stack.update(&secret, &method, body).await.expect_problem(400, "invalid_request");
        assert_eq!(refused.at("/param"), param);
    }
    let mut body = stack.new_expiry("000").await;
    body["billing_address"] = json!({"line1": "1 Rue Neuve", "city": "Laval", "region": "QC", "postal_code": "H7A 0A1", "country": "CA"});
    let updated = stack.update(&secret, &method, body.clone()).await.expect(200);
    assert_eq!(
        (updated.at("/id"), updated.at("/exp_year"), updated.at("/expired")),
        (method.clone(), "2034".into(), "false".into())
    );

    // The code that came along goes to the bank with the next charge: this one is wrong. Then it is used up.
    let first = stack.with_saved(&method, 100);
    let refused = stack.confirm(&secret, &first).await.expect(200);
    assert_eq!(
        (refused.at("/status"), refused.at("/decline/category")),
        ("declined".into(), "incorrect_cvc".into())
    );
    let second = stack.with_saved(&method, 100);
    assert_eq!(stack.confirm(&secret, &second).await.expect(200).at("/status"), "succeeded");
    let kept =
        stack.at_processor(&stack.charged(second["attempt_id"].as_str().unwrap()).await).await.expect(200);
    assert_eq!(
        (kept.at("/card/exp_year"), kept.at("/billing_details/address/postal_code")),
        ("2034".into(), "H7A 0A1".into())
    );

    // An admin did it: the log says who, and the client is told.
    let entry = stack.read("/v1/audit_entries?action=payment_method.updated").await.expect(200);
    assert_eq!(
        (entry.at("/data/0/subject"), entry.at("/data/0/actor_kind"), entry.at("/data/0/detail/admin")),
        (method.clone(), "admin".into(), "staff:17".into())
    );
    assert_eq!(stack.events("payment_method.updated_by_admin").await.len(), 1);
    assert_eq!(
        stack.events("notification.requested").await[0]["data"]["about"],
        "payment_method.updated_by_admin"
    );
    // The client does it themselves: no news for them.
    let own = session(&stack, &account, false).await;
    stack.update(&own, &method, stack.new_expiry("314").await).await.expect(200);
    assert_eq!(stack.events("notification.requested").await.len(), 1);
}

/// Positive control (tried): without the look at `is_in_use` in `let_go`, the processor lets the old card go while a charge in
/// doubt rests on it.
async fn another_card_takes_its_place(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let method = stack.saved_card(&account, "4242424242424242").await;
    // Planned before it is replaced, and one that was sent and whose answer was lost.
    let planned = stack.invoice(&account, &[700]).await;
    let due = (stack.app.mint.now() + Duration::from_secs(86_400)).to_string();
    let body = json!({"invoice": planned, "payment_method": method, "reason": "installment", "due_at": due});
    let planned = stack.write("/v1/charges", body).await.expect(201).at("/id");
    let lost = session(&stack, &account, false).await;
    stack.scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": {"type": "drop_answer", "when": "before"}, "times": 1})).await;
    let in_doubt = stack.with_saved(&method, 100);
    stack.confirm(&lost, &in_doubt).await.expect(202);
    let tenant = stack.app.store.organization(stack.organization.clone());
    let attempt = in_doubt["attempt_id"].as_str().unwrap();
    let row = tenant.read().await.unwrap().find_attempt(attempt).await.unwrap().unwrap();
    let old = row.processor_method.unwrap();

    let secret = session(&stack, &account, false).await;
    let no_address = json!({"token": stack.token("5555555555554444").await});
    let refused = stack.update(&secret, &method, no_address).await.expect_problem(422, "address_needed");
    assert_eq!(refused.at("/param"), "billing_address");
    let body = json!({"token": stack.token("5555555555554444").await, "billing_address": address()});
    let updated = stack.update(&secret, &method, body).await.expect(200);
    assert_eq!(
        (updated.at("/id"), updated.at("/brand"), updated.at("/last4")),
        (method.clone(), "mastercard".into(), "4444".into())
    );
    let view = stack.view(&secret).await.expect(200);
    assert_eq!(view.json()["methods"].as_array().unwrap().len(), 1, "it has the old one's place");
    let paid = stack.with_saved(&method, 100);
    assert_eq!(stack.confirm(&secret, &paid).await.expect(200).at("/status"), "succeeded");
    let new = stack.charged(paid["attempt_id"].as_str().unwrap()).await;
    assert_ne!(new, old);

    // The old card stays while a charge may rest on it, which is sent again as it was.
    stack.clock.advance(Duration::from_secs(301));
    let due = stack.app.store.due_method_updates(stack.app.mint.now_ms(), 10).await.unwrap();
    assert_eq!(due.len(), 1);
    stack.app.take_up_update(&tenant, &due[0]).await.unwrap();
    assert_ne!(
        stack.at_processor(&old).await.json()["customer"],
        Value::Null,
        "a charge in doubt rests on it"
    );
    stack.work_after(Duration::from_secs(3_600)).await;
    assert_eq!(stack.charged(in_doubt["attempt_id"].as_str().unwrap()).await, old);
    stack.work_after(Duration::from_secs(3_600)).await;
    assert_eq!(stack.at_processor(&old).await.json()["customer"], Value::Null, "let go");
    let noted = stack.read("/v1/audit_entries?action=payment_method.detached").await.expect(200);
    assert_eq!(noted.at("/data/0/subject"), method);

    // What was planned charges the card that has its place.
    stack.work_after(Duration::from_secs(86_400)).await;
    let reply = stack.read(&format!("/v1/charges/{planned}")).await.expect(200);
    assert_eq!(reply.at("/status"), "succeeded", "{}", reply.text);
    assert_eq!(stack.charged(&planned).await, new);
}

async fn a_refused_update_changes_nothing(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let method = stack.saved_card(&account, "4242424242424242").await;
    let secret = session(&stack, &account, false).await;
    let before = stack.view(&secret).await.json()["methods"].clone();
    // A lost card and a stolen one are refused with the same words.
    let mut refusals = Vec::new();
    for decline in ["lost_card", "stolen_card"] {
        let order = json!({"match": "every", "on": ["payment_methods.attach"], "action": {"type": "decline", "code": decline}, "times": 1});
        stack.scenario(order).await;
        let body = json!({"token": stack.token("5555555555554444").await, "billing_address": address()});
        let mut refused =
            stack.update(&secret, &method, body).await.expect_problem(422, "card_refused").json();
        refused["request_id"] = Value::Null;
        refusals.push(refused);
    }
    assert_eq!(refusals[0], refusals[1]);
    let body = json!({"token": "tok_nosuch", "billing_address": address()});
    stack.update(&secret, &method, body).await.expect_problem(422, "token_unusable");
    assert_eq!(stack.view(&secret).await.json()["methods"], before);
    let noted = stack.read("/v1/audit_entries?action=payment_method.update_refused").await.expect(200);
    assert_eq!(
        (noted.json()["data"].as_array().unwrap().len(), noted.at("/data/0/outcome")),
        (3, "failure".into())
    );
    assert_eq!(
        stack.confirm(&secret, &stack.with_saved(&method, 100)).await.expect(200).at("/status"),
        "succeeded"
    );
}

async fn an_update_is_carried_out_once(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let method = stack.saved_card(&account, "4242424242424242").await;
    let secret = session(&stack, &account, false).await;
    let key = fresh("u-");
    let body = json!({"token": stack.token("5555555555554444").await, "billing_address": address()});
    // The processor's answer is lost: nothing is known yet, and nothing else may be done to the card meanwhile.
    stack.scenario(json!({"match": "every", "on": ["payment_methods.attach"], "action": {"type": "drop_answer"}, "times": 1})).await;
    stack.update_as(&secret, &method, &key, &body).await.expect_problem(503, "unavailable");
    let second = json!({"token": stack.token("378282246310005").await, "billing_address": address()});
    stack.update(&secret, &method, second.clone()).await.expect_problem(409, "update_in_progress");
    let other = stack.update_as(&secret, &method, &key, &second).await;
    other.expect_problem(422, "idempotency_mismatch");
    stack.work_after(Duration::from_secs(61)).await;
    let done = stack.update_as(&secret, &method, &key, &body).await.expect(200);
    assert_eq!((done.at("/id"), done.at("/last4")), (method.clone(), "4444".into()));
    assert_eq!(stack.update_as(&secret, &method, &key, &body).await.expect(200).at("/last4"), "4444");
    // A card that was replaced can be replaced again, by the one that was refused above.
    let done = stack.update(&secret, &method, second).await.expect(200);
    assert_eq!((done.at("/id"), done.at("/last4")), (method, "0005".into()));
}

async fn only_the_authorized_bring_a_card_up_to_date(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let method = stack.saved_card(&account, "4242424242424242").await;
    let login = stack.read(&format!("/v1/clients/{account}")).await.at("/login");
    let (_, other) = organization(&stack.app, "Sister club").await;
    let write =
        async |path: &str, body: Value| stack.write_as(&other, &fresh("k-"), path, &body).await.expect(201);
    let client = json!({"login": {"id": login}, "account": {"name": "Kim Roy"}});
    let theirs = write("/v1/clients", client).await.at("/id");
    let invoice = json!({"account": theirs, "items": [{"description": "x", "amount": 100}]});
    let invoice = write("/v1/invoices", invoice).await.at("/id");
    let session_body = json!({"invoice": invoice, "allowed_origin": STORE,
        "acting": {"kind": "admin", "id": "staff:17", "name": "Lou Chan"}});
    let secret = write("/v1/checkout_sessions", session_body).await.at("/secret");
    let body = stack.new_expiry("314").await;
    let mut refused = Vec::new();
    for id in [method.as_str(), "pm_bbwfmsxymfnpnwwtyfzjxdntwtccpt"] {
        let mut problem =
            stack.update(&secret, id, body.clone()).await.expect_problem(422, "method_unknown").json();
        problem["request_id"] = Value::Null;
        refused.push(problem);
    }
    assert_eq!(refused[0], refused[1], "one that is hidden is refused as one that does not exist");
    // The positive control: where the organization is authorized, the same request is done.
    let own = session(&stack, &account, true).await;
    stack.update(&own, &method, body).await.expect(200);
}

async fn a_processor_that_cannot_change_an_expiry_takes_the_card_again(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let method = stack.saved_until(&account, "4242424242424242", Some(("1", "2024"))).await;
    let secret = Secret::new(session(&stack, &account, false).await);
    let undoing = Undoing::before(stack.app.processor.clone());
    let app = App { processor: Arc::new(undoing), ..stack.app.clone() };
    let payer = app.payer_of(&secret, Some(STORE), None).await.unwrap();
    assert!(!app.open_checkout(&payer, None).await.unwrap().processor.update_expiry);
    let update = async |request: MethodUpdateRequest| {
        let key = UpdateKey { key: fresh("u-"), request_hash: fresh("h-"), from: None };
        app.update_method(&payer, &method, key, request).await
    };
    let cvc_token = Some(stack.cvc_token("314").await);
    let expiry =
        MethodUpdateRequest { exp_month: Some(3), exp_year: Some(2034), cvc_token, ..Default::default() };
    let Err(AppError::Refused(refusal)) = update(expiry).await else { panic!("it cannot be done") };
    assert_eq!(refusal.code, ErrorCode::UpdateUnavailable);
    let whole = MethodUpdateRequest {
        token: Some(stack.token("4242424242424242").await),
        billing_address: serde_json::from_value(address()).ok(),
        ..Default::default()
    };
    let updated = update(whole).await.unwrap();
    assert_eq!((updated.id.as_str(), updated.exp_year, updated.expired), (method.as_str(), 2034, false));
}
