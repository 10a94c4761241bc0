//! What a card's bank tells by itself: the wallet is brought up to date, in whatever order it is told, and only whom it concerns hears
//! of it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::challenges::answer;
use crate::support::{Engine, Keeper, PROCESSOR_SECRET, address, fresh, on_both};

on_both! {
    a_new_expiry_and_a_new_number_are_kept;
    neither_order_nor_repetition_changes_anything;
    news_of_a_card_that_was_replaced_changes_nothing;
    a_closed_card_is_charged_no_more;
    what_the_client_asks_for_is_no_news_of_the_bank;
}

const CARD: &str = "4242424242424242";
const OTHER: &str = "5555555555554444";

impl Keeper {
    /// The bank tells the processor something of the card that it calls so.
    async fn bank_tells(&self, reference: &str, form: &[(&str, &str)]) {
        let url = format!("{}/sandbox/payment_methods/{reference}/bank_news", self.stack.processor);
        self.stack.send(self.stack.http.post(url).bearer_auth(PROCESSOR_SECRET).form(form)).await.expect(200);
    }

    /// Everything that the processor has told is heard.
    async fn hear(&self) {
        self.stack.app.poll_events().await.unwrap();
        self.stack.work_after(Duration::from_secs(6)).await;
    }

    /// How often each organization was told of an event's type: the first one, and the sister.
    async fn told_of(&self, topic: &str) -> (usize, usize) {
        let path = format!("/v1/events?type={topic}");
        let sister = self.stack.read_as(&self.sister.key, &path).await.expect(200).json();
        (self.stack.events(topic).await.len(), sister["data"].as_array().unwrap().len())
    }

    async fn charge_by_hand(&self, card: &str) -> crate::support::Reply {
        let invoice = self.stack.invoice(&self.account, &[100]).await;
        let body = json!({"invoice": invoice, "payment_method": card, "reason": "unscheduled"});
        self.stack.write("/v1/charges", body).await
    }
}

async fn a_new_expiry_and_a_new_number_are_kept(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let stack = &keeper.stack;
    let card = stack.saved_card(&keeper.account, CARD).await;
    let reference = keeper.reference(&card).await;
    let before = keeper.method(&card).await;
    keeper.bank_tells(&reference, &[("exp_month", "9"), ("exp_year", "2039")]).await;
    keeper.hear().await;
    let now = keeper.method(&card).await;
    assert_eq!((&now["exp_month"], &now["exp_year"], &now["version"]), (&json!(9), &json!(2039), &json!(2)));
    let was = json!({"last4": "4242", "exp_month": before["exp_month"], "exp_year": before["exp_year"]});
    assert_eq!(now["updated_by_bank"]["was"], was);
    assert!(now["updated_by_bank"]["at"].as_str().is_some_and(|at| at.ends_with('Z')));
    for same in ["authorizations", "nickname", "billing_address", "last4"] {
        assert_eq!(now[same], before[same], "{same} stays");
    }
    // Another number: who saves it is told that it is there.
    let token = stack.token(OTHER).await;
    keeper.bank_tells(&reference, &[("card[token]", &token)]).await;
    keeper.hear().await;
    let now = keeper.method(&card).await;
    assert_eq!((&now["last4"], &now["brand"]), (&json!("4444"), &json!("mastercard")));
    assert_eq!(now["updated_by_bank"]["was"]["exp_year"], 2039);
    assert_eq!(keeper.reference(&card).await, reference, "it keeps its name");
    let known = keeper.save(OTHER, json!({})).await.expect(200).json();
    assert_eq!(known["method"]["id"], json!(card));
    assert_eq!(
        keeper.told_of("payment_method.updated_by_bank").await,
        (2, 0),
        "who may charge it, nobody else"
    );
    let told = &stack.events("payment_method.updated_by_bank").await[0]["data"];
    assert_eq!(
        (&told["id"], &told["last4"], &told["closed_at"]),
        (&json!(card), &json!("4444"), &Value::Null)
    );
    keeper.charge_by_hand(&card).await.expect(201);
    stack.work().await;
    assert_eq!(stack.charges().await.len(), 1);
    // What the client changes themselves takes its place.
    let version = now["version"].as_i64().unwrap();
    let body = json!({"version": version, "exp_month": 4, "exp_year": 2041});
    let updated = keeper.updated(&card, body).await.expect(200).json();
    assert_eq!(updated["method"].get("updated_by_bank"), None);
}

/// Positive control (tried): without the comparison in `changed_to`, what is told twice is written twice.
async fn neither_order_nor_repetition_changes_anything(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let card = keeper.stack.saved_card(&keeper.account, CARD).await;
    let reference = keeper.reference(&card).await;
    for year in ["2035", "2036", "2037"] {
        keeper.bank_tells(&reference, &[("exp_year", year)]).await;
    }
    keeper.hear().await;
    let now = keeper.method(&card).await;
    assert_eq!((&now["exp_year"], &now["version"]), (&json!(2037), &json!(2)), "whichever was heard first");
    // All of it once more, as the processor may.
    keeper.bank_tells(&reference, &[("exp_year", "2037")]).await;
    keeper.hear().await;
    assert_eq!(keeper.method(&card).await, now);
    assert_eq!(keeper.told_of("payment_method.updated_by_bank").await, (1, 0));
    // While the processor does not say what the card is, it is asked again.
    let order = json!({"match": "every", "on": ["payment_methods.retrieve"], "action": {"type": "drop_answer", "when": "before"}, "times": 2});
    keeper.stack.scenario(order).await;
    keeper.bank_tells(&reference, &[("exp_year", "2038")]).await;
    keeper.hear().await;
    for _ in 0..4 {
        keeper.stack.work_after(Duration::from_secs(60)).await;
    }
    assert_eq!(keeper.method(&card).await["exp_year"], 2038);
}

/// Positive control (tried): where `METHOD_CALLED` finds a method by an old name of it as well, on SQLite the wallet shows what the old
/// card is (on PostgreSQL no worker sees those names).
async fn news_of_a_card_that_was_replaced_changes_nothing(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let card = keeper.stack.saved_card(&keeper.account, CARD).await;
    let old = keeper.reference(&card).await;
    keeper.updated(&card, keeper.other_card(&card, OTHER).await).await.expect(200);
    let now = keeper.method(&card).await;
    keeper.bank_tells(&old, &[("exp_year", "2039"), ("closed", "true")]).await;
    keeper.hear().await;
    assert_eq!(keeper.method(&card).await, now);
    // Nor does that of a card that is in no wallet any more.
    let gone = keeper.reference(&card).await;
    keeper.remove(&card).await.expect(200);
    keeper.bank_tells(&gone, &[("closed", "true")]).await;
    keeper.hear().await;
    assert_eq!(keeper.told_of("payment_method.closed").await, (0, 0));
    assert_eq!(keeper.told_of("payment_method.updated_by_bank").await, (0, 0));
}

/// Positive control (tried): without `Closed` in `judge`, the charge by hand is made.
async fn a_closed_card_is_charged_no_more(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let stack = &keeper.stack;
    let card = stack.saved_card(&keeper.account, CARD).await;
    let invoice = stack.installments_with(&keeper.account, &card).await;
    let plan = keeper.method(&card).await["planned"][0]["plan"].as_str().unwrap().to_owned();
    let reference = keeper.reference(&card).await;
    for _ in 0..2 {
        keeper.bank_tells(&reference, &[("closed", "true")]).await;
        keeper.hear().await;
    }
    assert!(keeper.method(&card).await["closed_at"].as_str().is_some_and(|at| at.ends_with('Z')));
    assert_eq!(keeper.told_of("payment_method.closed").await, (1, 0));
    let items = stack.action_items().await;
    assert_eq!((items.len(), &items[0]["kind"]), (1, &json!("card_closed")), "{items:?}");
    assert_eq!((&items[0]["subject"], &items[0]["amount"]), (&json!(plan), &json!(15_000)));
    let letters = stack.mailbox().await;
    assert_eq!(letters.iter().filter(|letter| letter.subject.contains("was closed")).count(), 1);
    // Nobody charges it, offers it, or moves anything to it.
    keeper.charge_by_hand(&card).await.expect_problem(422, "method_blocked");
    let secret = stack.session(&stack.invoice(&keeper.account, &[100]).await).await;
    assert_eq!(stack.view(&secret).await.json()["methods"], json!([]));
    stack.confirm(&secret, &stack.with_saved(&card, 100)).await.expect_problem(422, "method_blocked");
    let other = stack.saved_card(&keeper.account, OTHER).await;
    let body = json!({"version": keeper.method(&other).await["version"], "by": card});
    let path = format!("/v1/wallet/methods/{other}/replacement");
    let request = stack.browser(reqwest::Method::POST, &keeper.secret, &path);
    let refused = stack.send(request.header("idempotency-key", fresh("w-")).json(&body)).await;
    refused.expect_problem(409, "method_cannot_take");
    // The client replaces it, and what is planned goes on.
    let body = json!({"version": keeper.method(&card).await["version"], "by": other});
    let path = format!("/v1/wallet/methods/{card}/replacement");
    let request = stack.browser(reqwest::Method::POST, &keeper.secret, &path);
    stack.send(request.header("idempotency-key", fresh("w-")).json(&body)).await.expect(200);
    assert!(stack.action_items().await.is_empty(), "there is nothing to look at any more");
    for _ in 0..3 {
        stack.work_after(Duration::from_secs(15 * 86_400)).await;
    }
    assert_eq!(stack.three_figures(&invoice).await, (0, 0, 0));
}

/// Positive control (tried): without the look at `is_unsettled`, the wallet has the expiry that its bank refuses in the end.
async fn what_the_client_asks_for_is_no_news_of_the_bank(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let stack = &keeper.stack;
    // Its bank always asks.
    let card = stack.saved_card(&keeper.account, "4000002760003184").await;
    let before = keeper.method(&card).await;
    let expiry = json!({"version": 1, "exp_month": 4, "exp_year": 2041});
    let asked = keeper.updated(&card, expiry.clone()).await.expect(202);
    keeper.hear().await;
    assert_eq!(keeper.method(&card).await, before, "the processor has another expiry, for now");
    answer(&asked.at("/verification/challenge/url"), "fail").await;
    stack.work_after(Duration::from_secs(60)).await;
    keeper.hear().await;
    stack.work_after(Duration::from_secs(600)).await;
    assert_eq!(keeper.method(&card).await, before);
    let asked = keeper.updated(&card, expiry).await.expect(202);
    answer(&asked.at("/verification/challenge/url"), "complete").await;
    stack.work_after(Duration::from_secs(60)).await;
    keeper.hear().await;
    let now = keeper.method(&card).await;
    assert_eq!(
        (&now["exp_year"], now.get("updated_by_bank"), &now["version"]),
        (&json!(2041), None, &json!(2))
    );
    keeper.changed(&card, json!({"version": 2, "billing_address": address()})).await.expect(200);
    keeper.hear().await;
    assert_eq!(keeper.told_of("payment_method.updated_by_bank").await, (0, 0));
}
