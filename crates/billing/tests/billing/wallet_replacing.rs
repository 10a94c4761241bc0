//! One method takes the place of another one, for every organization and all that is planned; and one plan moves to another method.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Engine, Keeper, Reply, Stack, fresh, on_both};

on_both! {
    everything_moves_to_another_method;
    all_of_it_moves_or_nothing;
    a_charge_in_flight_keeps_its_card;
    what_failed_meanwhile_is_tried_again_with_the_other_card;
    the_second_tab_finds_it_replaced;
    an_organization_that_may_charge_both;
    what_goes_on_alone_moves_and_still_goes_on_alone;
    a_bank_account_takes_a_cards_plan_under_its_mandate;
    one_plan_moves;
}

const CARD: &str = "4242424242424242";
const OTHER: &str = "5555555555554444";

impl Keeper {
    fn replacement(&self, id: &str, version: i64, by: &str) -> reqwest::RequestBuilder {
        let path = format!("/v1/wallet/methods/{id}/replacement");
        let request = self.stack.browser(Method::POST, &self.secret, &path);
        request.header("idempotency-key", fresh("w-")).json(&json!({"version": version, "by": by}))
    }

    async fn replace(&self, id: &str, by: &str) -> Reply {
        let version = self.method(id).await["version"].as_i64().unwrap();
        self.stack.send(self.replacement(id, version, by)).await
    }

    async fn move_plan(&self, plan: &str, method: &str, version: i64) -> Reply {
        let path = format!("/v1/wallet/plans/{plan}/method");
        let request = self.stack.browser(Method::POST, &self.secret, &path);
        let body = json!({"method": method, "version": version});
        self.stack.send(request.header("idempotency-key", fresh("w-")).json(&body)).await
    }

    /// A card that nobody may charge.
    async fn unshared_card(&self, number: &str) -> String {
        let token = self.stack.token(number).await;
        let body = json!({"token": token, "billing_address": crate::support::address()});
        let request = self.stack.browser(Method::POST, &self.secret, "/v1/wallet/methods");
        let saved = self.stack.send(request.header("idempotency-key", fresh("w-")).json(&body)).await;
        saved.expect(201).json()["method"]["id"].as_str().unwrap().to_owned()
    }

    async fn told_the_sister(&self) -> Vec<String> {
        let told = self.stack.read_as(&self.sister.key, "/v1/events?limit=100").await.expect(200).json();
        told["data"].as_array().unwrap().iter().map(|event| event["type"].to_string()).collect()
    }
}

impl Stack {
    /// Which cards were charged, by the processor's names for them.
    async fn cards_charged(&self, query: &str) -> Vec<Value> {
        let mut cards = Vec::new();
        for planned in self.planned(query).await {
            if let Some(charge) = planned["charge"].as_str() {
                cards.push(self.intent_of(charge).await["payment_method"].clone());
            }
        }
        cards
    }
}

/// Everything that a replacement can change.
async fn stored(stack: &Stack) -> Vec<String> {
    let mut all = Vec::new();
    for sql in [
        "SELECT id || ' ' || version || ' ' || COALESCE(removed_at_ms, 0) FROM payment_methods ORDER BY id",
        "SELECT id || ' ' || method_id || ' ' || COALESCE(revoked_at_ms, 0) FROM authorizations ORDER BY id",
        "SELECT id || ' ' || COALESCE(method_id, '') FROM plans ORDER BY id",
        "SELECT id || ' ' || COALESCE(method_id, '') FROM planned_payments ORDER BY id",
        "SELECT id FROM wallet_entries ORDER BY id",
        "SELECT id FROM method_tasks ORDER BY id",
        "SELECT id FROM outbox ORDER BY id",
        "SELECT id FROM audit_entries ORDER BY id",
        "SELECT id FROM mails ORDER BY id",
    ] {
        all.extend(stack.database.read_past_everybody(sql).await.unwrap());
    }
    all
}

async fn everything_moves_to_another_method(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, sister, .. } = &keeper;
    let reference = stack.stored_card(CARD).await;
    let old = stack.bring_in(&stack.key, account, &reference).await;
    stack.installments_with(account, &old).await;
    keeper.permit(&old).await.expect(201);
    let new = keeper.unshared_card(OTHER).await;
    let before = keeper.method(&old).await;
    assert_eq!(before["planned"].as_array().unwrap().len(), 3);
    let consents = "SELECT org_id || consent_version || consent_hash || consent_locale || accepted_at_ms || actor || \
        COALESCE(address, '-') || COALESCE(user_agent, '-') FROM authorizations WHERE revoked_at_ms IS NULL ORDER BY 1";
    let agreed = stack.database.read_past_everybody(consents).await.unwrap();

    let replaced = keeper.replace(&old, &new).await.expect(200).json();
    assert_eq!((&replaced["removed"]["id"], &replaced["planned"]), (&json!(old), &before["planned"]));
    let names: Vec<_> =
        replaced["authorizations"].as_array().unwrap().iter().map(|given| &given["name"]).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert_eq!(replaced["method"], keeper.method(&new).await, "the answer is what the wallet shows");
    assert_eq!(replaced["method"]["planned"], before["planned"]);
    assert_eq!(keeper.wallet().await["cards"]["count"], 1);
    // As it was agreed, and once.
    assert_eq!(stack.database.read_past_everybody(consents).await.unwrap(), agreed);

    let told = stack.told().await;
    for topic in ["plan.updated", "authorization.given", "authorization.revoked"] {
        assert_eq!(told.iter().filter(|told| *told == topic).count(), 1, "{topic}");
    }
    let ended = &stack.events("authorization.revoked").await[0]["data"];
    assert_eq!((&ended["payment_method"], &ended["because"]), (&json!(old), &json!("replaced")));
    let plan = &stack.events("plan.updated").await[0]["data"];
    assert_eq!(plan["payment_method"], json!(new));
    let told = keeper.told_the_sister().await;
    assert!(told.iter().all(|topic| topic.contains("authorization.")) && told.len() == 3, "{told:?}");
    // Each organization's own log is whole, and names the client.
    for key in [&stack.key, &sister.key] {
        let noted = stack.read_as(key, "/v1/audit_entries?action=authorization.revoked").await.expect(200);
        assert_eq!(
            (noted.at("/data/0/actor_kind"), noted.json()["data"].as_array().unwrap().len()),
            ("client".into(), 1)
        );
    }
    stack.work().await;
    for name in ["Riverside Recreation", "Sister club"] {
        let letters = stack.mails_about(&format!("{name} may now charge another card")).await;
        assert_eq!(letters.len(), 1, "{name}");
        assert!(letters[0].body.contains("4242") && letters[0].body.contains("4444"), "{}", letters[0].body);
    }
    stack.work_after(Duration::from_secs(301)).await;
    let url = format!("{}/v1/payment_methods/{reference}", stack.processor);
    let kept =
        stack.send(stack.http.get(url).bearer_auth(crate::support::PROCESSOR_SECRET)).await.expect(200);
    assert_eq!(kept.json()["customer"], Value::Null, "the processor lets the old one go");
    stack.days_pass(45).await;
    let charged = stack.cards_charged("").await;
    assert!(charged.len() == 3 && charged.iter().all(|card| *card != json!(reference)), "{charged:?}");
    assert_eq!(stack.plans_of(account).await[0]["status"], "completed");
}

/// Positive control (tried): with an answer of `Ok(())` from `may_charge`, and without `is_good`, the plan moves to an expired card.
async fn all_of_it_moves_or_nothing(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let old = stack.saved_card(account, CARD).await;
    stack.installments_with(account, &old).await;
    keeper.permit(&old).await.expect(201);
    let expired = stack.saved_until(account, OTHER, Some(("1", "2020"))).await;
    let pad = stack.bank_token("pad", "000123456789").await;
    let body = json!({"token": pad, "method_kind": "pad", "billing_address": crate::support::address()});
    let request = stack.browser(Method::POST, &keeper.secret, "/v1/wallet/methods");
    let saved = stack.send(request.header("idempotency-key", fresh("w-")).json(&body)).await.expect(201);
    let bank = saved.json()["method"]["id"].as_str().unwrap().to_owned();
    let other = stack.signed_in().await;
    let others = stack.saved_card(&other, CARD).await;
    let before = stored(stack).await;
    let planned = keeper.method(&old).await["planned"].clone();
    for (by, why) in [(&expired, "an expired card"), (&bank, "a card's consent is for no account")] {
        let refused = keeper.replace(&old, by).await.expect_problem(409, "method_cannot_take");
        assert_eq!(refused.json()["planned"], planned, "{why}");
        assert!(
            refused.at("/detail").contains("Riverside Recreation, Sister club")
                || refused.at("/detail").contains("Sister club, Riverside Recreation"),
            "{}",
            refused.text
        );
    }
    for by in [old.as_str(), &others, "pm_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", ""] {
        let refused = keeper.replace(&old, by).await.expect_problem(400, "invalid_request");
        assert_eq!(refused.at("/param"), "by");
    }
    assert_eq!(stored(stack).await, before, "nothing was written, with any organization");
    // One organization can be charged by the account, the other one's consent is for the card: all or nothing still.
    let consent = json!({"organization": keeper.sister.organization.as_str(), "consent_version": "authorize-bank-1", "consent_locale": "en"});
    stack.send(keeper.permission(&bank, &consent)).await.expect(201);
    let before = stored(stack).await;
    let refused = keeper.replace(&old, &bank).await.expect_problem(409, "method_cannot_take");
    assert!(!refused.at("/detail").contains("Sister club"), "{}", refused.text);
    assert_eq!(stored(stack).await, before);
}

async fn a_charge_in_flight_keeps_its_card(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let reference = stack.stored_card(CARD).await;
    let old = stack.bring_in(&stack.key, account, &reference).await;
    let new = keeper.unshared_card(OTHER).await;
    stack.installments_with(account, &old).await;
    // The first installment is sent, and its answer is lost.
    stack.scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": {"type": "drop_answer", "when": "after"}, "times": 1})).await;
    let mut days = 0;
    while stack.planned("status=charging").await.is_empty() {
        stack.days_pass(1).await;
        days += 1;
        assert!(days < 60, "it falls due");
    }
    let keeper = Keeper { secret: stack.wallet_session(account).await, ..keeper };
    let Keeper { stack, account, .. } = &keeper;
    let replaced = keeper.replace(&old, &new).await.expect(200).json();
    assert_eq!(replaced["planned"].as_array().unwrap().len(), 2, "what is under way stays where it is");
    stack.work_after(Duration::from_secs(3_600)).await;
    stack.days_pass(60).await;
    let charged = stack.cards_charged("").await;
    assert_eq!(charged.len(), 3);
    assert_eq!(charged.iter().filter(|card| **card == json!(reference)).count(), 1, "{charged:?}");
    assert_eq!(charged[0], json!(reference));
    assert_eq!(stack.plans_of(account).await[0]["status"], "completed");
    assert_eq!(stack.charges().await.len(), 4, "none of them twice");
}

/// Positive control (tried): without the plan's method in `MOVE_PLANNED`, what failed stays on a card that is in the wallet no more.
async fn what_failed_meanwhile_is_tried_again_with_the_other_card(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let old = stack.saved_card(account, CARD).await;
    let new = stack.saved_card(account, OTHER).await;
    stack.installments_with(account, &old).await;
    let lost = json!({"type": "drop_answer", "when": "before"});
    stack
        .scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": lost, "times": 1}))
        .await;
    stack.asleep_for(14).await;
    let secret = stack.wallet_session(account).await;
    let keeper = Keeper { secret, ..keeper };
    let stack = &keeper.stack;
    let of_status = async |status: &str| {
        let all = stack.planned("").await;
        all.into_iter().find(|planned| planned["status"] == status).expect("there is one")
    };
    assert_eq!(of_status("charging").await["payment_method"], json!(old));
    keeper.replace(&old, &new).await.expect(200);
    // It is sent again as it was, and refused for good.
    let refused = json!({"type": "decline", "code": "stolen_card"});
    stack
        .scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": refused, "times": 1}))
        .await;
    for _ in 0..6 {
        stack.work_after(Duration::from_secs(3_600)).await;
    }
    let failed = of_status("failed").await;
    assert_eq!(failed["payment_method"], json!(new));
    let path = format!("/v1/planned_payments/{}", failed["id"].as_str().unwrap());
    stack.patch(&path, json!({"due_on": stack.in_days(1)})).await.expect(200);
    stack.days_pass(2).await;
    let paid = of_status("paid").await;
    assert_eq!((&paid["id"], &paid["payment_method"]), (&failed["id"], &json!(new)));
}

async fn the_second_tab_finds_it_replaced(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let old = stack.saved_card(account, CARD).await;
    let (one, two) = (keeper.unshared_card(OTHER).await, keeper.unshared_card("378282246310005").await);
    keeper.changed(&old, json!({"version": 1, "nickname": "x", "is_default": true})).await.expect(200);
    stack.send(keeper.replacement(&old, 1, &one)).await.expect_problem(409, "method_changed");
    let both = [keeper.replacement(&old, 2, &one), keeper.replacement(&old, 2, &two)];
    let mut replies = stack.send_all(both.into_iter()).await;
    replies.sort_by_key(|reply| reply.status);
    assert_eq!((replies[0].status, replies[1].status), (200, 404), "{} {}", replies[0].text, replies[1].text);
    let wallet = keeper.wallet().await;
    let given = wallet["cards"]["methods"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|card| card["authorizations"] != json!([]));
    let given: Vec<_> = given.collect();
    assert_eq!(given.len(), 1, "{wallet}");
    assert_eq!(given[0]["is_default"], true, "the default mark moves too");
    // The same request again is answered as it was.
    let version = keeper.method(&one).await["version"].as_i64().unwrap();
    let request = || {
        keeper
            .stack
            .browser(Method::POST, &keeper.secret, &format!("/v1/wallet/methods/{one}/replacement"))
            .header("idempotency-key", "w-same")
            .json(&json!({"version": version, "by": two}))
    };
    let first = stack.send(request()).await.expect(200).json();
    assert_eq!(stack.send(request()).await.expect(200).json(), first);
}

async fn an_organization_that_may_charge_both(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let old = stack.saved_card(account, CARD).await;
    stack.installments_with(account, &old).await;
    let new = stack.saved_card(account, OTHER).await;
    let standing = keeper.method(&new).await["authorizations"].clone();
    let replaced = keeper.replace(&old, &new).await.expect(200).json();
    assert_eq!((&replaced["authorizations"], replaced["planned"].as_array().unwrap().len()), (&json!([]), 3));
    assert_eq!(keeper.method(&new).await["authorizations"], standing, "it stands as it did");
    assert!(stack.events("authorization.given").await.is_empty());
    assert_eq!(stack.events("authorization.revoked").await.len(), 1);
    stack.days_pass(45).await;
    assert_eq!(stack.plans_of(account).await[0]["status"], "completed");
}

async fn what_goes_on_alone_moves_and_still_goes_on_alone(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let old = stack.saved_card(account, CARD).await;
    stack.installments_with(account, &old).await;
    let given = keeper.method(&old).await["authorizations"][0]["id"].as_str().unwrap().to_owned();
    keeper.revoke(&given, "?plans=continue").await.expect(200);
    let new = keeper.unshared_card(OTHER).await;
    let replaced = keeper.replace(&old, &new).await.expect(200).json();
    assert_eq!((&replaced["authorizations"], replaced["planned"].as_array().unwrap().len()), (&json!([]), 3));
    let body = json!({"invoice": stack.invoice(account, &[100]).await, "payment_method": new, "reason": "unscheduled"});
    stack.write("/v1/charges", body).await.expect_problem(422, "method_unknown");
    stack.days_pass(45).await;
    assert_eq!(stack.charges().await.len(), 4);
    assert_eq!(stack.plans_of(account).await[0]["status"], "completed");
}

async fn a_bank_account_takes_a_cards_plan_under_its_mandate(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let card = stack.saved_card(account, CARD).await;
    stack.installments_with(account, &card).await;
    let debit = stack.debit_of(account, "pad", "000123456789", &[100], true).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    let bank = keeper.wallet().await["accounts"]["methods"][0]["id"].as_str().unwrap().to_owned();
    let replaced = keeper.replace(&card, &bank).await.expect(200).json();
    assert_eq!(replaced["planned"].as_array().unwrap().len(), 3);
    // Back to a card, which the mandate says nothing about: it ends with the account's permission.
    let other = stack.saved_card(account, OTHER).await;
    assert_eq!(
        keeper.replace(&bank, &other).await.expect(200).json()["planned"].as_array().unwrap().len(),
        3
    );
    let mandates = stack.read(&format!("/v1/mandates?account={account}")).await.expect(200);
    assert_eq!(mandates.at("/data/0/ended_because"), "replaced");
    assert_eq!(keeper.wallet().await["accounts"]["count"], 0);
}

/// Positive control (tried): without the question for the permission in `move_wallet_plan`, the client is not told to authorize first.
async fn one_plan_moves(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let old = stack.saved_card(account, CARD).await;
    stack.installments_with(account, &old).await;
    stack.installments_with(account, &old).await;
    let new = keeper.unshared_card(OTHER).await;
    let planned = keeper.method(&old).await["planned"].clone();
    assert_eq!(planned.as_array().unwrap().len(), 6);
    let plan = planned[0]["plan"].as_str().unwrap().to_owned();
    let refused = keeper.move_plan(&plan, &new, 1).await.expect_problem(422, "not_authorized");
    assert_eq!(refused.at("/param"), "method");
    let consent = json!({"organization": stack.organization.as_str(), "consent_version": "authorize-card-1", "consent_locale": "en"});
    stack.send(keeper.permission(&new, &consent)).await.expect(201);
    keeper.move_plan(&plan, &new, 2).await.expect_problem(409, "method_changed");
    keeper.move_plan("pln_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", &new, 1).await.expect_problem(404, "not_found");
    let moved = keeper.move_plan(&plan, &new, 1).await.expect(200).json();
    let of_it: Vec<_> =
        planned.as_array().unwrap().iter().filter(|planned| planned["plan"] == json!(plan)).collect();
    assert_eq!((&moved["planned"], of_it.len()), (&json!(of_it), 3));
    assert_eq!(keeper.method(&old).await["planned"].as_array().unwrap().len(), 3, "the other plan stays");
    assert_eq!(stack.events("plan.updated").await.len(), 1);
    // It is there already: nothing is told twice.
    keeper.move_plan(&plan, &new, 1).await.expect(200);
    assert_eq!(stack.events("plan.updated").await.len(), 1);
    // Somebody else's plan is nobody's.
    let other = stack.signed_in().await;
    stack.clock.advance(Duration::from_secs(1));
    let others = Keeper { secret: stack.wallet_session(&other).await, ..keeper };
    let theirs = others.unshared_card(OTHER).await;
    others.move_plan(&plan, &theirs, 1).await.expect_problem(404, "not_found");
    // A plan that has ended is not moved.
    let stack = &others.stack;
    stack.write(&format!("/v1/plans/{plan}/end"), json!({})).await.expect(200);
}
