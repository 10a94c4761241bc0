//! Who acts in a checkout and for whom: clients, admins on their behalf, and what an organization without authorization learns.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Engine, STORE, Stack, address, attempt_id, fresh, on_both, organization};

on_both! {
    an_admin_pays_and_saves_for_a_client;
    nobody_saves_for_a_client_who_was_never_there;
    nobody_gives_a_mandate_for_a_client;
    a_session_says_for_whom_and_who_acts;
    a_stranger_learns_nothing_of_a_wallet;
    a_client_is_changed;
}

const ADMIN: &str = "staff:17";

impl Stack {
    /// A client who has signed in before.
    async fn known_client(&self) -> String {
        let login = json!({"name": "Kim Roy", "last_login_at": "2026-01-05T15:00:00Z"});
        let body = json!({"login": login, "account": {"billing_address": address()}});
        self.write("/v1/clients", body).await.expect(201).at("/id")
    }

    /// A session in which an admin acts, for an invoice of 100.
    async fn admin_session(&self, account: &str) -> String {
        let invoice = self.invoice(account, &[100]).await;
        let body = json!({
            "invoice": invoice, "allowed_origin": STORE, "account": account,
            "acting": {"kind": "admin", "id": ADMIN, "name": "Lou Chan"},
        });
        self.write("/v1/checkout_sessions", body).await.expect(201).at("/secret")
    }
}

#[expect(clippy::disallowed_methods, reason = "how long an answer takes is measured")]
fn now() -> Instant {
    Instant::now()
}

/// The body of a confirm that saves a new card, with the consent of a version.
async fn saving(stack: &Stack, version: &str) -> Value {
    let mut body = stack.with_card("4242424242424242", 100).await;
    body["save"] = json!(true);
    body["consent_version"] = json!(version);
    body["consent_locale"] = json!("en");
    body
}

async fn an_admin_pays_and_saves_for_a_client(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.known_client().await;
    let secret = stack.admin_session(&account).await;
    let view = stack.view(&secret).await.expect(200);
    assert_eq!(
        view.json()["acting"],
        json!({"kind": "admin", "admin": "Lou Chan", "client": "Kim Roy"}),
        "who acts and for whom"
    );
    assert_eq!(view.at("/session/may_save"), "true");
    assert_eq!(
        view.json().get("account_address"),
        None,
        "the organization is not authorized for anything yet"
    );
    assert_eq!(view.at("/consent/version"), "save-card-for-client-1");
    assert!(view.at("/consent/text").starts_with("Kim Roy asked me to save"), "{}", view.text);
    let session = view.at("/session/id");
    let own = stack.read(&format!("/v1/checkout_sessions/{session}")).await.expect(200);
    assert_eq!(own.json()["acting"], json!({"kind": "admin", "id": ADMIN, "name": "Lou Chan"}));

    // A client's own words are not an admin's.
    let wrong = saving(&stack, "save-card-1").await;
    let refused = stack.confirm(&secret, &wrong).await.expect_problem(400, "invalid_request");
    assert_eq!(refused.at("/param"), "consent_version");

    let body = saving(&stack, "save-card-for-client-1").await;
    let paid = stack.confirm(&secret, &body).await.expect(200);
    assert_eq!(paid.at("/status"), "succeeded");
    let attempt = body["attempt_id"].as_str().unwrap();
    assert_eq!(stack.read(&format!("/v1/charges/{attempt}")).await.at("/admin"), ADMIN);

    let saved = stack.events("payment_method.saved_by_admin").await;
    assert_eq!(saved.len(), 1);
    assert_eq!((&saved[0]["data"]["admin"], &saved[0]["data"]["account"]), (&json!(ADMIN), &json!(account)));
    let told = stack.events("notification.requested").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["data"]["about"], "payment_method.saved_by_admin");
    assert_eq!(
        (&told[0]["data"]["to"], &told[0]["data"]["payment_method"]["last4"]),
        (&json!(account), &json!("4242"))
    );

    let entries = stack.read("/v1/audit_entries?action=attempt.created").await.expect(200);
    assert_eq!(
        (entries.at("/data/0/actor_kind"), entries.at("/data/0/actor")),
        ("admin".into(), ADMIN.into())
    );
    let given = stack.read("/v1/audit_entries?action=authorization.given").await.expect(200);
    assert_eq!(given.at("/data/0/detail/admin"), ADMIN);

    // From here on the organization is authorized: an admin sees the method, and a client's own session does as well.
    for secret in
        [stack.admin_session(&account).await, stack.session(&stack.invoice(&account, &[100]).await).await]
    {
        let view = stack.view(&secret).await.expect(200);
        assert_eq!(view.json()["methods"].as_array().unwrap().len(), 1);
        assert_eq!(view.json()["account_address"], address());
        let method = view.at("/methods/0/id");
        let body =
            json!({"attempt_id": attempt_id(), "amount": 100, "currency": "CAD", "saved_method": method});
        assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    }
    assert_eq!(
        stack.events("notification.requested").await.len(),
        1,
        "paying with it is no news for the client"
    );
}

async fn nobody_saves_for_a_client_who_was_never_there(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let secret = stack.admin_session(&account).await;
    let view = stack.view(&secret).await.expect(200);
    assert_eq!(
        (view.at("/session/may_save"), view.at("/save_refused_because")),
        ("false".into(), "never_logged_in".into())
    );
    let body = saving(&stack, "save-card-for-client-1").await;
    let refused = stack.confirm(&secret, &body).await.expect_problem(422, "never_logged_in");
    assert_eq!(refused.at("/param"), "save");
    assert_eq!(stack.charges().await.len(), 0, "nothing was sent");
    // A plain payment is allowed.
    let plain = stack.with_card("4242424242424242", 100).await;
    let paid = stack.confirm(&secret, &plain).await.expect(200);
    assert_eq!(paid.at("/status"), "succeeded");

    // From the first use on, an admin may save for them.
    let login = json!({"login": {"last_login_at": "2026-02-01T10:00:00Z"}});
    stack.patch(&format!("/v1/clients/{account}"), login).await.expect(200);
    let secret = stack.admin_session(&account).await;
    assert_eq!(stack.view(&secret).await.at("/session/may_save"), "true");
    let body = saving(&stack, "save-card-for-client-1").await;
    stack.confirm(&secret, &body).await.expect(200);
}

/// Positive control: without the look at who acts in `accept_mandate` the saved account is debited (tried).
async fn nobody_gives_a_mandate_for_a_client(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.known_client().await;
    let mut debit = stack.debit_of(&account, "pad", "000123456789", &[100], true).await;
    let secret = stack.admin_session(&account).await;
    let refused = stack.confirm(&secret, &debit.body).await.expect_problem(400, "invalid_request");
    assert_eq!(refused.at("/param"), "method_kind");
    debit.body["attempt_id"] = json!(attempt_id());
    let by_client = stack.confirm(&debit.secret, &debit.body).await.expect(200);
    assert_eq!(by_client.at("/receipt/status"), "submitted", "the client may");
    // While the client's own mandate stands, an admin may use the account; afterwards nobody gives another one for them.
    let secret = stack.admin_session(&account).await;
    let method = stack.view(&secret).await.at("/accounts/0/id");
    let body = || {
        let mut body = stack.with_saved(&method, 100);
        body["method_kind"] = json!("pad");
        body["mandate"] = debit.body["mandate"].clone();
        body
    };
    stack.confirm(&secret, &body()).await.expect(200);
    let end = "UPDATE mandates SET ended_at_ms = 1, ended_because = 'revoked'";
    stack.database.execute_for(stack.organization.as_str(), end).await.unwrap();
    let secret = stack.admin_session(&account).await;
    let refused = stack.confirm(&secret, &body()).await.expect_problem(422, "mandate_required");
    assert_eq!(refused.at("/param"), "mandate");
}

async fn a_session_says_for_whom_and_who_acts(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let other = stack.client().await;
    let invoice = stack.invoice(&account, &[100]).await;
    let make = async |more: Value| {
        let mut body = json!({"invoice": invoice, "allowed_origin": STORE});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        stack.write("/v1/checkout_sessions", body).await
    };
    for (more, param) in [
        (json!({"account": other}), "account"),
        (json!({"acting": {"kind": "admin", "name": "Lou Chan"}}), "acting.id"),
        (json!({"acting": {"kind": "admin", "id": "lou@example.org", "name": "Lou"}}), "acting.id"),
        (json!({"acting": {"kind": "admin", "id": ADMIN}}), "acting.name"),
        (json!({"acting": {"kind": "client", "name": "Lou"}}), "acting.kind"),
    ] {
        let refused = make(more).await.expect_problem(400, "invalid_request");
        assert_eq!(refused.at("/param"), param);
    }
    let secret =
        make(json!({"acting": {"kind": "client"}, "account": account})).await.expect(201).at("/secret");
    let view = stack.view(&secret).await.expect(200);
    assert_eq!(view.json()["acting"], json!({"kind": "client", "client": "Kim Roy"}));
    assert_eq!(view.at("/consent/version"), "save-card-1");
}

async fn a_client_is_changed(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let path = format!("/v1/clients/{account}");
    let mut wrong = address();
    wrong["postal_code"] = json!("75001");
    let refused = stack.patch(&path, json!({"account": {"billing_address": wrong}})).await;
    assert_eq!(
        refused.expect_problem(422, "address_invalid").at("/param"),
        "account.billing_address.postal_code"
    );
    let changed = stack.patch(&path, json!({"account": {"billing_address": address()}})).await.expect(200);
    assert_eq!(changed.json()["billing_address"], address());
    assert_eq!(stack.read(&path).await.json()["billing_address"], address());
    stack.patch("/v1/clients/acc_x", json!({})).await.expect_problem(404, "not_found");
}

/// Ten cards and one debt too many: what another organization of the same platform learns of a wallet that it is not
/// authorized for is what it learns of an empty one. Positive controls (tried): with `LIST_METHODS` that forgets
/// `a.org_id = $1`, the first comparison fails on SQLite (on PostgreSQL row-level security still hides the rows); with
/// `is_full` in place of `is_visibly_full`, saving is refused as `wallet_full`; with a pause of 20 ms for every method of the
/// wallet in `open_checkout`, the times differ.
async fn a_stranger_learns_nothing_of_a_wallet(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (full, empty) = (stack.known_client().await, stack.known_client().await);
    let mut hidden = String::new();
    for _ in 0..10 {
        hidden = stack.saved_card(&full, "4242424242424242").await;
    }
    let eleventh = stack.session(&stack.invoice(&full, &[100]).await).await;
    let body = saving(&stack, "save-card-1").await;
    stack.confirm(&eleventh, &body).await.expect_problem(422, "wallet_full");

    let (_, other) = organization(&stack.app, "Sister club").await;
    let write = async |path: &str, body: Value| stack.write_as(&other, &fresh("k-"), path, &body).await;
    let mut sessions = Vec::new();
    for account in [&full, &empty] {
        let login = stack.read(&format!("/v1/clients/{account}")).await.at("/login");
        let client = json!({"login": {"id": login}, "account": {"name": "Kim Roy"}});
        let account = write("/v1/clients", client).await.expect(201).at("/id");
        let items = json!([{"description": "x", "amount": 100}]);
        let invoice = json!({"account": account, "items": items});
        let invoice = write("/v1/invoices", invoice).await.expect(201).at("/id");
        let session = json!({"invoice": invoice, "allowed_origin": STORE,
            "acting": {"kind": "admin", "id": ADMIN, "name": "Lou Chan"}});
        let secret = write("/v1/checkout_sessions", session).await.expect(201).at("/secret");
        sessions.push((account, secret));
    }
    let [(full, of_full), (empty, of_empty)] = sessions.try_into().unwrap();

    // Neither by the view, nor by what is refused.
    let seen = async |secret: &str| {
        let mut view = stack.view(secret).await.expect(200).json();
        for own in ["/session/id", "/session/expires_at", "/invoice/id", "/invoice/number"] {
            *view.pointer_mut(own).unwrap() = Value::Null;
        }
        view
    };
    assert_eq!(seen(&of_full).await, seen(&of_empty).await);
    let refused = async |secret: &str, method: &str| {
        let body =
            json!({"attempt_id": attempt_id(), "amount": 100, "currency": "CAD", "saved_method": method});
        let mut problem = stack.confirm(secret, &body).await.expect_problem(422, "method_unknown").json();
        problem["request_id"] = Value::Null;
        problem
    };
    let unknown = "pm_bbwfmsxymfnpnwwtyfzjxdntwtccpt";
    assert_eq!(refused(&of_full, &hidden).await, refused(&of_empty, unknown).await);

    // Nor by bringing a card: a full wallet refuses as a card that cannot be had does.
    let token = stack.token("4242424242424242").await;
    let form = [("type", "card"), ("card[token]", token.as_str())];
    let request = stack.http.post(format!("{}/v1/payment_methods", stack.processor));
    let stored =
        stack.send(request.bearer_auth(crate::support::PROCESSOR_SECRET).form(&form)).await.at("/id");
    let bring = async |account: &str, stored: &str| {
        let body = json!({"processor_payment_method": stored, "billing_address": address(),
            "consent": {"version": "save-card-1", "locale": "en", "accepted_at": "2026-01-05T15:00:00Z"}});
        let mut problem = write(&format!("/v1/clients/{account}/payment_methods"), body)
            .await
            .expect_problem(422, "method_unknown")
            .json();
        problem["request_id"] = Value::Null;
        problem
    };
    assert_eq!(bring(&full, &stored).await, bring(&empty, "pm_nosuch").await);

    // Nor by time: the medians of views of both, taken in turns.
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..60 {
        for (secret, times) in [&of_full, &of_empty].into_iter().zip(&mut times) {
            let begun = now();
            stack.view(secret).await.expect(200);
            times.push(now().duration_since(begun));
        }
    }
    let [of_full_wallet, of_empty_wallet] = times.map(|mut times| {
        times.sort();
        times[times.len() / 2]
    });
    let apart = of_full_wallet.abs_diff(of_empty_wallet);
    let noise = of_empty_wallet / 2 + Duration::from_millis(5);
    assert!(apart < noise, "{of_full_wallet:?} for a full wallet, {of_empty_wallet:?} for an empty one");

    // Nor by saving: both are paid, and the one that finds no room is left out without a word.
    let mut answers = Vec::new();
    for secret in [&of_full, &of_empty] {
        let body = saving(&stack, "save-card-for-client-1").await;
        let mut paid = stack.confirm(secret, &body).await.expect(200).json();
        for own in ["/id", "/receipt/id", "/receipt/number", "/receipt/payment", "/receipt/paid_at"] {
            *paid.pointer_mut(own).unwrap() = Value::Null;
        }
        answers.push(paid);
    }
    assert_eq!(answers[0], answers[1]);
}
