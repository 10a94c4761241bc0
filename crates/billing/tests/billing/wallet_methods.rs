//! What a client does with a saved method in their wallet: names it, prefers it, moves it, removes it; and what of that the
//! organizations and the processor hear.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Engine, Keeper, PROCESSOR_SECRET, Reply, Stack, address, fresh, on_both};

on_both! {
    a_method_is_named_preferred_and_moved;
    what_is_wrong_changes_nothing;
    the_second_tab_is_told;
    a_removed_method_is_gone_for_everybody;
    what_is_planned_keeps_a_method;
    a_charge_under_way_keeps_its_card;
    a_removed_account_takes_its_mandate_along;
    the_entries_of_a_wallet_stay;
}

const CARD: &str = "4242424242424242";

impl Keeper {
    pub fn change(&self, id: &str, body: &Value) -> reqwest::RequestBuilder {
        let path = format!("/v1/wallet/methods/{id}");
        let request = self.stack.browser(Method::PATCH, &self.secret, &path);
        request.header("idempotency-key", fresh("w-")).json(body)
    }

    pub async fn changed(&self, id: &str, body: Value) -> Reply {
        self.stack.send(self.change(id, &body)).await
    }

    pub fn removal(&self, id: &str, version: i64) -> reqwest::RequestBuilder {
        let path = format!("/v1/wallet/methods/{id}?version={version}");
        self.stack.browser(Method::DELETE, &self.secret, &path).header("idempotency-key", fresh("w-"))
    }

    /// Removes a method as it is now.
    pub async fn remove(&self, id: &str) -> Reply {
        let version = self.method(id).await["version"].as_i64().unwrap();
        self.stack.send(self.removal(id, version)).await
    }

    async fn preferred(&self) -> Vec<String> {
        let wallet = self.wallet().await;
        let shelves = ["cards", "accounts"].map(|shelf| wallet[shelf]["methods"].as_array().unwrap().clone());
        let preferred = shelves.concat().into_iter().filter(|method| method["is_default"] == true);
        preferred.map(|method| method["id"].as_str().unwrap().to_owned()).collect()
    }
}

impl Stack {
    /// A method as the processor keeps it.
    pub async fn stored(&self, reference: &str) -> Value {
        let url = format!("{}/v1/payment_methods/{reference}", self.processor);
        self.send(self.http.get(url).bearer_auth(PROCESSOR_SECRET)).await.expect(200).json()
    }
}

async fn a_method_is_named_preferred_and_moved(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let reference = stack.stored_card(CARD).await;
    let first = stack.bring_in(&stack.key, account, &reference).await;
    let second = stack.saved_card(account, "5555555555554444").await;
    let debit = stack.debit_of(account, "pad", "000123456789", &[100], true).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    let bank = keeper.wallet().await["accounts"]["methods"][0]["id"].as_str().unwrap().to_owned();

    let changed =
        keeper.changed(&first, json!({"version": 1, "nickname": "  Family card "})).await.expect(200);
    assert_eq!((changed.at("/nickname"), changed.at("/version")), ("Family card".into(), "2".into()));
    assert_eq!(changed.json(), keeper.method(&first).await, "the answer is what the wallet shows");
    let changed = keeper.changed(&first, json!({"version": 2, "nickname": ""})).await.expect(200);
    assert!(changed.json()["nickname"].is_null());

    // One preferred card and one preferred bank account.
    for (id, version) in [(&first, 3), (&bank, 1), (&second, 1)] {
        keeper.changed(id, json!({"version": version, "is_default": true})).await.expect(200);
    }
    assert_eq!(keeper.preferred().await, [second.clone(), bank.clone()]);
    assert_eq!(keeper.wallet().await["cards"]["methods"][0]["id"], json!(second), "it is the first");
    keeper.changed(&second, json!({"version": 2, "is_default": false})).await.expect(200);
    assert_eq!(keeper.preferred().await, [bank]);

    // The address is told to the processor afterwards, and once more when it did not answer.
    let moved = json!({"line1": "9 Rue Sherbrooke", "city": "Montréal", "region": "QC", "postal_code": "h3a1b1", "country": "CA"});
    stack.scenario(json!({"match": "every", "on": ["payment_methods.update"], "action": {"type": "drop_answer", "when": "before"}, "times": 1})).await;
    let body = json!({"version": 4, "billing_address": moved});
    let changed = keeper.changed(&first, body).await.expect(200);
    assert_eq!(changed.at("/billing_address/postal_code"), "H3A 1B1", "tidied, as everywhere");
    stack.work().await;
    let at_processor = async || stack.stored(&reference).await["billing_details"]["address"]["line1"].clone();
    assert_eq!(at_processor().await, Value::Null, "the question was lost");
    stack.work_after(Duration::from_secs(301)).await;
    assert_eq!(at_processor().await, "9 Rue Sherbrooke");
}

async fn what_is_wrong_changes_nothing(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let card = keeper.stack.saved_card(&keeper.account, CARD).await;
    let before = keeper.method(&card).await;
    let mut nowhere = address();
    nowhere["postal_code"] = json!("V5K 0A1");
    for (body, status, code, param) in [
        (json!({"version": 1, "nickname": "x".repeat(61)}), 400, "invalid_request", "nickname"),
        (json!({"version": 1, "nickname": "a\u{7}b"}), 400, "invalid_request", "nickname"),
        (
            json!({"version": 1, "billing_address": nowhere}),
            422,
            "address_invalid",
            "billing_address.postal_code",
        ),
        (json!({"version": 2, "nickname": "x"}), 409, "method_changed", "version"),
    ] {
        let refused = keeper.changed(&card, body).await.expect_problem(status, code);
        assert_eq!(refused.at("/param"), param);
    }
    keeper.changed(&card, json!({"nickname": "x"})).await.expect_problem(400, "invalid_request");
    let number = json!({"version": 1, "nickname": "4242 4242 4242 4242"});
    keeper.changed(&card, number).await.expect_problem(400, "pan_not_accepted");
    let no_key = keeper.stack.browser(Method::PATCH, &keeper.secret, &format!("/v1/wallet/methods/{card}"));
    let reply = keeper.stack.send(no_key.json(&json!({"version": 1}))).await;
    reply.expect_problem(400, "idempotency_key_missing");
    assert_eq!(keeper.method(&card).await, before);
}

/// Positive control (tried): with neither the version in `change_wallet_method::shown` nor the one in `CHANGE_OWN_METHOD`, every tab's
/// change is done, and the last one wins.
async fn the_second_tab_is_told(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let card = keeper.stack.saved_card(&keeper.account, CARD).await;
    let tabs: Vec<_> = (0..20).map(|tab| json!({"version": 1, "nickname": format!("tab {tab}")})).collect();
    let replies = keeper.stack.send_all(tabs.iter().map(|body| keeper.change(&card, body))).await;
    let done: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert_eq!(done.len(), 1);
    let told = replies.iter().filter(|reply| reply.status == 409 && reply.at("/code") == "method_changed");
    assert_eq!(told.count(), 19);
    let now = keeper.method(&card).await;
    assert_eq!((&now["nickname"], &now["version"]), (&json!(done[0].at("/nickname")), &json!(2)));
    // A removal is held to it as well.
    keeper.stack.send(keeper.removal(&card, 1)).await.expect_problem(409, "method_changed");

    // An answer that was lost is no second tab: the same key is the same change.
    let body = json!({"version": 2, "nickname": "mine"});
    let request = || keeper.change(&card, &body).header("idempotency-key", "w-same");
    let send = async || {
        let mut request = request().build().unwrap();
        request.headers_mut().insert("idempotency-key", "w-same".parse().unwrap());
        keeper.stack.http.execute(request).await.unwrap().text().await.unwrap()
    };
    let first = send().await;
    assert!(first.contains("\"nickname\":\"mine\""), "{first}");
    assert_eq!(send().await, first);
    assert_eq!(keeper.method(&card).await["version"], 3);
    // A card that another one has taken the place of is another version too.
    let secret = keeper.stack.session(&keeper.stack.invoice(&keeper.account, &[100]).await).await;
    let replaced =
        json!({"token": keeper.stack.token("5555555555554444").await, "billing_address": address()});
    let path = format!("/v1/checkout/methods/{card}/update");
    let request = keeper.stack.browser(Method::POST, &secret, &path).header("idempotency-key", fresh("u-"));
    keeper.stack.send(request.json(&replaced)).await.expect(200);
    keeper.stack.send(keeper.removal(&card, 3)).await.expect_problem(409, "method_changed");
}

async fn a_removed_method_is_gone_for_everybody(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, sister, .. } = &keeper;
    let reference = stack.stored_card(CARD).await;
    let card = stack.bring_in(&stack.key, account, &reference).await;
    assert_eq!(stack.bring_in(&sister.key, &sister.account, &reference).await, card, "both may charge it");
    let kept = stack.saved_card(account, "5555555555554444").await;
    let secret = stack.session(&stack.invoice(account, &[100]).await).await;

    let request = || keeper.removal(&card, 1);
    let removed = stack.send(request()).await.expect(200);
    assert_eq!(removed.at("/id"), card);
    // Before anything else is done, nobody finds it any more.
    assert_eq!(keeper.wallet().await["cards"]["count"], 1);
    assert_eq!(stack.view(&secret).await.json()["methods"].as_array().unwrap().len(), 1);
    stack.confirm(&secret, &stack.with_saved(&card, 100)).await.expect_problem(422, "method_unknown");
    stack.send(request()).await.expect_problem(404, "not_found");
    keeper.changed(&card, json!({"version": 2})).await.expect_problem(404, "not_found");

    // What organizations may do ends, and each is told what it knew of.
    stack.work().await;
    for key in [&stack.key, &sister.key] {
        let events = stack.read_as(key, "/v1/events?type=authorization.revoked").await.expect(200).json();
        let events = events["data"].as_array().unwrap().clone();
        assert_eq!(events.len(), 1);
        let data = &events[0]["data"];
        assert_eq!((&data["payment_method"], &data["last4"]), (&json!(card), &json!("4242")));
        assert_eq!(data["because"], "method_removed");
        let noted = stack.read_as(key, "/v1/audit_entries?action=authorization.revoked").await.expect(200);
        assert_eq!(
            (noted.at("/data/0/actor_kind"), noted.at("/data/0/actor")),
            ("client".into(), data["login"].as_str().unwrap().to_owned())
        );
    }
    // Let go some minutes later, also where the answer is lost.
    assert_ne!(stack.stored(&reference).await["customer"], Value::Null);
    stack.scenario(json!({"match": "every", "on": ["payment_methods.detach"], "action": {"type": "drop_answer", "when": "before"}, "times": 1})).await;
    stack.work_after(Duration::from_secs(301)).await;
    assert_ne!(stack.stored(&reference).await["customer"], Value::Null, "it was not heard");
    stack.work_after(Duration::from_secs(301)).await;
    assert_eq!(stack.stored(&reference).await["customer"], Value::Null, "let go");
    stack.work_after(Duration::from_secs(301)).await;

    // The row stays for the books, and what was done in the wallet is written down.
    let rows = stack.database.read_past_everybody("SELECT id FROM payment_methods").await.unwrap();
    assert!(rows.contains(&card));
    let done = stack
        .database
        .read_past_everybody("SELECT action FROM wallet_entries WHERE method_id IS NOT NULL ORDER BY id")
        .await
        .unwrap();
    assert_eq!(done, ["method.removed", "method.detached"]);
    assert_eq!(keeper.method(&kept).await["last4"], "4444");
}

/// Positive control (tried): with the planned payments left out of `remove_wallet_method`, the card is removed, and its payments fail on
/// their days.
async fn what_is_planned_keeps_a_method(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, sister, .. } = &keeper;
    let reference = stack.stored_card(CARD).await;
    let card = stack.bring_in(&stack.key, account, &reference).await;
    stack.installments_with(account, &card).await;
    let version = keeper.method(&card).await["version"].as_i64().unwrap();
    let key = fresh("w-");
    let path = format!("/v1/wallet/methods/{card}?version={version}");
    let request = || stack.browser(Method::DELETE, &keeper.secret, &path).header("idempotency-key", &key);
    let refused = stack.send(request()).await.expect_problem(409, "method_in_use");
    let planned = refused.json()["planned"].clone();
    assert_eq!(planned, keeper.method(&card).await["planned"]);
    assert_eq!(planned.as_array().unwrap().len(), 3);
    assert_eq!((&planned[0]["name"], &planned[0]["amount"]), (&json!("Riverside Recreation"), &json!(5_000)));
    stack.work_after(Duration::from_secs(700)).await;
    assert_ne!(stack.stored(&reference).await["customer"], Value::Null, "nothing was done");
    assert!(stack.read_as(&sister.key, "/v1/events").await.json()["data"].as_array().unwrap().is_empty());

    let plan = stack.plans_of(account).await[0]["id"].as_str().unwrap().to_owned();
    stack.write(&format!("/v1/plans/{plan}/end"), json!({})).await.expect(200);
    // The refusal gave the key back: the same request is done now, and answered so again.
    let secret = stack.wallet_session(account).await;
    let request = || stack.browser(Method::DELETE, &secret, &path).header("idempotency-key", &key);
    let removed = stack.send(request()).await.expect(200).json();
    assert_eq!(stack.send(request()).await.expect(200).json(), removed);
}

async fn a_charge_under_way_keeps_its_card(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let reference = stack.stored_card(CARD).await;
    let card = stack.bring_in(&stack.key, account, &reference).await;
    let secret = stack.session(&stack.invoice(account, &[100]).await).await;
    stack.scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": {"type": "drop_answer", "when": "before"}, "times": 1})).await;
    let lost = stack.with_saved(&card, 100);
    stack.confirm(&secret, &lost).await.expect(202);
    keeper.remove(&card).await.expect(200);
    stack.clock.advance(Duration::from_secs(301));
    let due = stack.app.store.due_method_tasks(stack.app.mint.now_ms(), 10).await.unwrap();
    assert_eq!(due.len(), 1);
    let tenant = stack.app.store.organization(stack.organization.clone());
    stack.app.take_up_method_task(&tenant, &due[0].id).await.unwrap();
    assert_ne!(stack.stored(&reference).await["customer"], Value::Null, "a charge in doubt rests on it");
    // Sent again as it was, and let go afterwards.
    stack.work_after(Duration::from_secs(3_600)).await;
    let intent = stack.intent_of(lost["attempt_id"].as_str().unwrap()).await;
    assert_eq!((&intent["status"], &intent["payment_method"]), (&json!("succeeded"), &json!(reference)));
    stack.work_after(Duration::from_secs(3_600)).await;
    assert_eq!(stack.stored(&reference).await["customer"], Value::Null);
}

async fn a_removed_account_takes_its_mandate_along(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let debit = stack.debit_of(account, "pad", "000123456789", &[100], true).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    let bank = keeper.wallet().await["accounts"]["methods"][0]["id"].as_str().unwrap().to_owned();
    keeper.remove(&bank).await.expect(200);
    stack.work().await;
    assert_eq!(keeper.wallet().await["accounts"]["count"], 0);
    let mandates = stack.read(&format!("/v1/mandates?account={account}")).await.expect(200);
    assert_eq!(mandates.at("/data/0/ended_because"), "method_removed");
    let told = stack.told().await;
    for topic in ["mandate.ended", "authorization.revoked"] {
        assert_eq!(told.iter().filter(|told| *told == topic).count(), 1, "{topic}");
    }
}

async fn the_entries_of_a_wallet_stay(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let card = keeper.stack.saved_card(&keeper.account, CARD).await;
    keeper.changed(&card, json!({"version": 1, "nickname": "x"})).await.expect(200);
    let database = &keeper.stack.database;
    let entries = async || database.read_past_everybody("SELECT action FROM wallet_entries").await.unwrap();
    for sql in
        ["UPDATE wallet_entries SET action = 'x' RETURNING id", "DELETE FROM wallet_entries RETURNING id"]
    {
        let refused = database.read_past_everybody(sql).await.unwrap_err().to_string();
        assert!(refused.contains("what is written stays"), "{refused}");
    }
    assert_eq!(entries().await, ["wallet.confirmed", "method.changed"]);
}
