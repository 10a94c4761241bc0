//! Cards of a wallet that their client brings up to date: in place, once, verified with the bank, and nothing is lost by it.

use std::time::Duration;

use paydesk_billing::app::Settings;
use paydesk_domain::card_testing::Limits;
use reqwest::Method;
use serde_json::{Value, json};

use crate::nothing_due_now::verifications;
use crate::support::{Engine, Keeper, Reply, Stack, StackOptions, address, fresh, on_both};

on_both! {
    an_expired_card_is_good_again;
    another_card_takes_its_place_and_what_is_under_way_keeps_the_old_one;
    two_tabs_are_told_of_each_other;
    a_refused_update_leaves_the_card_as_it_was;
    a_lost_answer_is_asked_for_again;
    what_nobody_waits_for_is_carried_on;
    what_cannot_be_asked_for_is_not;
    tries_that_come_to_nothing_are_counted;
}

const CARD: &str = "4242424242424242";
const OTHER: &str = "5555555555554444";
const REFUSED: &str = "4000000000000002";

impl Keeper {
    pub fn updating(&self, id: &str, body: &Value) -> reqwest::RequestBuilder {
        let path = format!("/v1/wallet/methods/{id}/update");
        let request = self.stack.browser(Method::POST, &self.secret, &path);
        request.header("idempotency-key", fresh("w-")).json(body)
    }

    pub async fn updated(&self, id: &str, body: Value) -> Reply {
        self.stack.send(self.updating(id, &body)).await
    }

    /// Another card for a method of the wallet, as it is now.
    pub async fn other_card(&self, id: &str, number: &str) -> Value {
        let version = self.method(id).await["version"].clone();
        json!({"version": version, "token": self.stack.token(number).await, "billing_address": address()})
    }

    /// What was noted in the wallet of this client, oldest first.
    pub async fn entries(&self) -> Vec<String> {
        let sql = "SELECT action FROM wallet_entries ORDER BY id";
        self.stack.database.read_past_everybody(sql).await.unwrap()
    }

    /// What the processor calls a method.
    pub async fn reference(&self, id: &str) -> String {
        let sql = "SELECT id || ' ' || reference FROM payment_methods";
        let all = self.stack.database.read_past_everybody(sql).await.unwrap();
        let found = all.iter().find_map(|row| row.strip_prefix(id)).expect("it is kept");
        found.trim().to_owned()
    }
}

fn expiry(version: i64, year: i64) -> Value {
    json!({"version": version, "exp_month": 4, "exp_year": year})
}

/// A processor that loses one answer to a request, before or after it has acted on it.
async fn lose(stack: &Stack, op: &str, when: &str) {
    let action = json!({"type": "drop_answer", "when": when});
    stack.scenario(json!({"match": "every", "on": [op], "action": action, "times": 1})).await;
}

async fn an_expired_card_is_good_again(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let card = stack.saved_until(account, CARD, Some(("1", "2024"))).await;
    keeper.changed(&card, json!({"version": 1, "nickname": "Blue"})).await.expect(200);
    let before = keeper.method(&card).await;
    assert_eq!((&before["expiry"], &before["version"]), (&json!("expired"), &json!(2)));

    let updated = keeper.updated(&card, expiry(2, 2031)).await.expect(200).json()["method"].clone();
    assert_eq!(updated, keeper.method(&card).await, "the answer is what the wallet shows");
    let wanted = json!({"expiry": "valid", "exp_month": 4, "exp_year": 2031, "version": 3});
    for (name, value) in wanted.as_object().unwrap() {
        assert_eq!(&updated[name], value, "{name}");
    }
    for same in ["id", "nickname", "authorizations", "planned", "billing_address", "last4"] {
        assert_eq!(updated[same], before[same], "{same} stays");
    }
    // Its bank was asked, by an amount of zero, and no charge was made.
    let asked = verifications(stack).await;
    assert_eq!((asked.len(), &asked[0]["status"]), (1, &json!("succeeded")));
    assert!(stack.charges().await.is_empty());
    assert_eq!(stack.stored(&keeper.reference(&card).await).await["card"]["exp_year"], json!(2031));
    let entries = keeper.entries().await;
    assert_eq!(entries.iter().filter(|action| *action == "method.updated").count(), 1, "{entries:?}");
    // It is charged, and what is planned with it is, also when it was brought up to date meanwhile.
    let plan = stack.installments_with(account, &card).await;
    let planned = keeper.method(&card).await["planned"].clone();
    let updated = keeper.updated(&card, expiry(3, 2032)).await.expect(200).json();
    assert_eq!((&updated["method"]["planned"], planned.as_array().unwrap().len()), (&planned, 3));
    for _ in 0..3 {
        stack.work_after(Duration::from_secs(15 * 86_400)).await;
    }
    assert_eq!(stack.charges().await.len(), 4);
    assert_eq!(stack.three_figures(&plan).await, (0, 0, 0));
}

/// Positive control (tried): without the look at `is_in_use` in `let_old_go`, the processor lets the old card go while a charge in
/// doubt rests on it.
async fn another_card_takes_its_place_and_what_is_under_way_keeps_the_old_one(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let card = stack.saved_card(account, CARD).await;
    let old = keeper.reference(&card).await;
    let planned = stack.invoice(account, &[700]).await;
    let due = (stack.app.mint.now() + Duration::from_secs(3 * 86_400)).to_string();
    let body = json!({"invoice": planned, "payment_method": card, "reason": "installment", "due_at": due});
    let planned = stack.write("/v1/charges", body).await.expect(201).at("/id");
    lose(stack, "payment_intents.create", "before").await;
    let secret = stack.session(&stack.invoice(account, &[100]).await).await;
    let in_doubt = stack.with_saved(&card, 100);
    stack.confirm(&secret, &in_doubt).await.expect(202);

    let updated = keeper.updated(&card, keeper.other_card(&card, OTHER).await).await.expect(200).json();
    let method = &updated["method"];
    assert_eq!(
        (&method["id"], &method["brand"], &method["last4"]),
        (&json!(card), &json!("mastercard"), &json!("4444"))
    );
    assert_eq!(keeper.wallet().await["cards"]["count"], 1, "it has the old one's place");
    let new = keeper.reference(&card).await;
    assert_ne!(new, old);
    // It is recognised from now on.
    let known = keeper.save(OTHER, json!({})).await.expect(200).json();
    assert_eq!((&known["known"], &known["method"]["id"]), (&json!(true), &json!(card)));

    // The old card stays while a charge may rest on it, which is sent again as it was.
    stack.clock.advance(Duration::from_secs(301));
    let due = stack.app.store.due_verifications(stack.app.mint.now_ms(), 10).await.unwrap();
    assert_eq!(due.len(), 1, "what replaced it");
    let tenant = stack.app.store.organization(stack.organization.clone());
    stack.app.take_up_verification(&tenant, &due[0].id).await.unwrap();
    assert_ne!(stack.stored(&old).await["customer"], Value::Null, "a charge in doubt rests on it");
    stack.work_after(Duration::from_secs(3_600)).await;
    assert_eq!(stack.charged(in_doubt["attempt_id"].as_str().unwrap()).await, old);
    stack.work_after(Duration::from_secs(3_600)).await;
    assert_eq!(stack.stored(&old).await["customer"], Value::Null, "let go");
    assert_ne!(stack.stored(&new).await["customer"], Value::Null);
    stack.work_after(Duration::from_secs(3 * 86_400)).await;
    assert_eq!(stack.charged(&planned).await, new, "what was planned charges the card that has its place");
}

/// Positive control (tried): without `version` in `shown`, the second tab's card takes the place of the first one's unasked.
async fn two_tabs_are_told_of_each_other(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let card = keeper.stack.saved_card(&keeper.account, CARD).await;
    let (first, second) =
        (keeper.other_card(&card, OTHER).await, keeper.other_card(&card, "378282246310005").await);
    keeper.updated(&card, first).await.expect(200);
    let told = keeper.updated(&card, second).await.expect_problem(409, "method_changed");
    assert_eq!(told.at("/param"), "version");
    assert_eq!(keeper.method(&card).await["last4"], "4444");
    // At once, one of them is done; a change that was begun meanwhile is told as well.
    let version = keeper.method(&card).await["version"].as_i64().unwrap();
    let requests: Vec<_> = (0..6).map(|year| keeper.updating(&card, &expiry(version, 2031 + year))).collect();
    let replies = keeper.stack.send_all(requests.into_iter()).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1, "{replies:?}");
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert!(
            matches!(reply.at("/code").as_str(), "method_changed" | "update_in_progress"),
            "{}",
            reply.text
        );
    }
    let version_now = keeper.method(&card).await["version"].as_i64().unwrap();
    assert_eq!(version_now, version + 1);
}

/// Positive control (tried): without `set_expiry_back`, the processor charges the card with the expiry that its bank refused.
async fn a_refused_update_leaves_the_card_as_it_was(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let stack = &keeper.stack;
    let card = stack.saved_card(&keeper.account, CARD).await;
    let before = keeper.method(&card).await;
    let refused = keeper.updated(&card, keeper.other_card(&card, REFUSED).await).await;
    let refused = refused.expect_problem(422, "card_refused").json();
    assert_eq!(refused["param"], Value::Null, "of a card that was typed, every refusal is told alike");
    let order = json!({"match": "every", "on": ["setup_intents.create"], "action": {"type": "decline", "code": "expired_card"}, "times": 1});
    stack.scenario(order).await;
    let refused = keeper.updated(&card, expiry(1, 2031)).await.expect_problem(422, "card_refused");
    assert_eq!(refused.at("/param"), "exp_year");
    assert_eq!(keeper.method(&card).await, before);
    stack.work().await;
    let stored = stack.stored(&keeper.reference(&card).await).await;
    assert_eq!(stored["card"]["exp_year"], before["exp_year"], "the processor has it as the wallet does");
    let sql = "SELECT COUNT(*) || '' FROM wallet_verifications WHERE due_at_ms IS NOT NULL";
    assert_eq!(stack.database.read_past_everybody(sql).await.unwrap(), ["0"], "nothing is left to do");
    // And it can be tried again.
    keeper.updated(&card, expiry(1, 2032)).await.expect(200);
}

async fn a_lost_answer_is_asked_for_again(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let card = keeper.stack.saved_card(&keeper.account, CARD).await;
    for (op, when) in [("setup_intents.create", "after"), ("setup_intents.create", "before")] {
        lose(&keeper.stack, op, when).await;
        let request = keeper.updating(&card, &keeper.other_card(&card, OTHER).await);
        let again = request.try_clone().unwrap();
        let made = verifications(&keeper.stack).await.len();
        keeper.stack.send(request).await.expect_problem(503, "unavailable");
        let version = keeper.method(&card).await["version"].clone();
        keeper
            .updated(&card, expiry(version.as_i64().unwrap(), 2031))
            .await
            .expect_problem(409, "update_in_progress");
        keeper.stack.send(again).await.expect(200);
        assert_eq!(verifications(&keeper.stack).await.len(), made + 1, "{op} {when}: asked once");
    }
}

/// The process dies after the bank has said yes, and before that is written; nobody asks again. Positive control (tried): without the
/// queue in `look_after`, the card is at the processor and never in the wallet.
async fn what_nobody_waits_for_is_carried_on(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let stack = &keeper.stack;
    lose(stack, "setup_intents.create", "after").await;
    keeper.save(CARD, json!({"nickname": "Blue"})).await.expect_problem(503, "unavailable");
    assert_eq!(keeper.counts().await, (json!(0), json!(0)));
    stack.work_after(Duration::from_secs(61)).await;
    let saved = keeper.wallet().await["cards"]["methods"][0].clone();
    assert_eq!((&saved["last4"], &saved["nickname"]), (&json!("4242"), &json!("Blue")));
    let card = saved["id"].as_str().unwrap();
    lose(stack, "setup_intents.create", "before").await;
    keeper.updated(card, keeper.other_card(card, OTHER).await).await.expect_problem(503, "unavailable");
    keeper.stack.send(keeper.removal(card, 1)).await.expect_problem(409, "update_in_progress");
    stack.work_after(Duration::from_secs(61)).await;
    assert_eq!(keeper.method(card).await["last4"], "4444");
    assert_eq!(keeper.counts().await, (json!(1), json!(0)));
    // What nobody ever answers ends.
    stack.scenario(json!({"match": "every", "on": ["setup_intents.create"], "action": {"type": "drop_answer", "when": "before"}, "times": 1000})).await;
    keeper.updated(card, expiry(2, 2031)).await.expect_problem(503, "unavailable");
    for _ in 0..24 {
        stack.work_after(Duration::from_secs(3_600)).await;
    }
    let secret = keeper.stack.wallet_session(&keeper.account).await;
    let keeper = Keeper { secret, ..keeper };
    assert_eq!(keeper.method(card).await["version"], 2);
    keeper.stack.send(keeper.removal(card, 2)).await.expect(200);
}

async fn what_cannot_be_asked_for_is_not(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let stack = &keeper.stack;
    let card = stack.saved_card(&keeper.account, CARD).await;
    let account = stack.bank_token("pad", "000100000007").await;
    let account = stack
        .send(keeper.saving(&account, &json!({"method_kind": "pad"})))
        .await
        .expect(201)
        .at("/method/id");
    let token = stack.token(OTHER).await;
    for (id, body, status, code, param) in [
        (
            &card,
            json!({"version": 1, "exp_month": 13, "exp_year": 2031}),
            400,
            "invalid_request",
            "exp_month",
        ),
        (&card, expiry(1, 2020), 400, "invalid_request", "exp_year"),
        (&card, json!({"version": 1}), 400, "invalid_request", "token"),
        (
            &card,
            json!({"version": 1, "token": token, "exp_month": 1, "exp_year": 2031}),
            400,
            "invalid_request",
            "token",
        ),
        // The code itself goes to the processor.
        (
            &card,
            json!({"version": 1, "exp_month": 4, "exp_year": 2031, "cvc_token": "123"}),
            400,
            "invalid_request",
            "cvc_token",
        ),
        (&card, json!({"version": 1, "token": token}), 422, "address_needed", "billing_address"),
        (&account, expiry(1, 2031), 400, "invalid_request", "id"),
    ] {
        let refused = keeper.updated(id, body).await.expect_problem(status, code);
        assert_eq!(refused.at("/param"), param);
    }
    keeper
        .updated(&card, json!({"version": 1, "token": "tok_nothing", "billing_address": address()}))
        .await
        .expect_problem(422, "token_unusable");
    assert_eq!(keeper.method(&card).await["version"], 1);
    assert!(verifications(stack).await.is_empty(), "no bank was asked");
    // What the client has is what counts.
    let known = keeper.stack.send(keeper.updating(&card, &expiry(1, 2031))).await.expect(200);
    assert_eq!(known.at("/method/exp_year"), "2031");
}

/// Positive control (tried): without `limit_wallet_tries` in `update_wallet_method`, the fourth card is tried.
async fn tries_that_come_to_nothing_are_counted(engine: Engine) {
    let options = StackOptions::default();
    let card_testing = Limits { login_max: 3, ..Limits::NONE };
    let settings = Settings { card_testing, ..options.settings };
    let keeper = Keeper::on(Stack::start_with(engine, StackOptions { settings, ..options }).await).await;
    let card = keeper.stack.saved_card(&keeper.account, CARD).await;
    // What comes to something is not counted.
    for year in 2031..2035 {
        let version = keeper.method(&card).await["version"].as_i64().unwrap();
        keeper.updated(&card, expiry(version, year)).await.expect(200);
    }
    keeper.save(REFUSED, json!({})).await.expect_problem(422, "card_refused");
    for _ in 0..2 {
        keeper
            .updated(&card, keeper.other_card(&card, REFUSED).await)
            .await
            .expect_problem(422, "card_refused");
    }
    let told = keeper
        .updated(&card, keeper.other_card(&card, OTHER).await)
        .await
        .expect_problem(429, "rate_limited");
    assert_eq!(told.headers["retry-after"], "3600");
    keeper.save(OTHER, json!({})).await.expect_problem(429, "rate_limited");
}
