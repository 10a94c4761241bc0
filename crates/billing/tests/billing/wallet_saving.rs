//! New cards and bank accounts in a client's wallet: saved once, charged by nobody, never more than there is room for.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Engine, Keeper, Reply, address, fresh, on_both};

on_both! {
    a_saved_card_is_nobodys_to_charge;
    the_same_card_is_recognised;
    a_bank_account_is_saved_without_a_mandate;
    what_cannot_be_saved_is_not;
    fifty_at_once_find_one_place;
    the_same_card_at_once_is_one;
    whoever_tries_cards_is_told_to_wait;
}

const CARD: &str = "4242424242424242";

impl Keeper {
    pub fn saving(&self, token: &str, more: &Value) -> reqwest::RequestBuilder {
        let mut body = json!({"token": token, "billing_address": address()});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let request = self.stack.browser(Method::POST, &self.secret, "/v1/wallet/methods");
        request.header("idempotency-key", fresh("w-")).json(&body)
    }

    pub async fn save(&self, number: &str, more: Value) -> Reply {
        let token = self.stack.token(number).await;
        self.stack.send(self.saving(&token, &more)).await
    }

    async fn account(&self, number: usize) -> reqwest::RequestBuilder {
        let token = self.stack.bank_token("pad", &format!("0001{number:08}")).await;
        self.saving(&token, &json!({"method_kind": "pad"}))
    }

    pub async fn counts(&self) -> (Value, Value) {
        let wallet = self.wallet().await;
        (wallet["cards"]["count"].clone(), wallet["accounts"]["count"].clone())
    }
}

/// Positive control: the checkout of the organization that is let charge it shows it.
async fn a_saved_card_is_nobodys_to_charge(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, sister, .. } = &keeper;
    let saved = keeper.save(CARD, json!({"nickname": "Blue one"})).await.expect(201).json();
    let method = &saved["method"];
    assert_eq!(
        (&method["brand"], &method["last4"], &method["nickname"]),
        (&json!("visa"), &json!("4242"), &json!("Blue one"))
    );
    assert_eq!((&method["authorizations"], saved.get("known")), (&json!([]), None));
    assert_eq!(method["can_be_authorized"].as_array().unwrap().len(), 2);
    assert_eq!(keeper.method(method["id"].as_str().unwrap()).await, *method);
    let offered = async || {
        let secret = stack.session(&stack.invoice(account, &[100]).await).await;
        stack.view(&secret).await.expect(200).json()["methods"].as_array().unwrap().len()
    };
    assert_eq!(offered().await, 0, "saving authorizes nobody");
    for key in [&stack.key, &sister.key] {
        let told = stack.read_as(key, "/v1/audit_entries?limit=100").await.expect(200);
        assert!(!told.text.contains(method["id"].as_str().unwrap()), "and tells nobody");
    }
    let body = json!({"organization": stack.organization.as_str(), "consent_version": "authorize-card-1", "consent_locale": "en"});
    stack.send(keeper.permission(method["id"].as_str().unwrap(), &body)).await.expect(201);
    assert_eq!(offered().await, 1);
    // It is a good one: the processor keeps it, and charges it.
    let secret = stack.session(&stack.invoice(account, &[100]).await).await;
    let paid =
        stack.confirm(&secret, &stack.with_saved(method["id"].as_str().unwrap(), 100)).await.expect(200);
    assert_eq!(paid.at("/status"), "succeeded");
}

/// Positive control (tried): without `fingerprints_known`, the card that was saved at checkout is there twice.
async fn the_same_card_is_recognised(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let at_checkout = keeper.stack.saved_card(&keeper.account, CARD).await;
    let other = keeper.save("5555555555554444", json!({})).await.expect(201).at("/method/id");
    for (number, id) in [(CARD, &at_checkout), ("5555555555554444", &other)] {
        let known = keeper.save(number, json!({"nickname": "Again"})).await.expect(200).json();
        assert_eq!((&known["known"], &known["method"]["id"]), (&json!(true), &json!(id)));
        assert_eq!(known["method"]["nickname"], Value::Null, "it stays as it is");
    }
    assert_eq!(keeper.counts().await, (json!(2), json!(0)));
    // So is one that was renewed, whose number stays.
    let american = "378282246310005";
    keeper.stack.saved_until(&keeper.account, american, Some(("1", "2031"))).await;
    let renewed = keeper.save(american, json!({})).await.expect(201).at("/method/id");
    keeper.remove(&renewed).await.expect(200);
    // And one that was removed.
    keeper.remove(&other).await.expect(200);
    let again = keeper.save("5555555555554444", json!({})).await.expect(201).at("/method/id");
    assert_ne!(again, other);
}

async fn a_bank_account_is_saved_without_a_mandate(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let saved = keeper.stack.send(keeper.account(7).await).await.expect(201).json();
    assert_eq!((&saved["method"]["kind"], &saved["method"]["last4"]), (&json!("pad"), &json!("0007")));
    let known = keeper.stack.send(keeper.account(7).await).await.expect(200).json();
    assert_eq!(known["method"]["id"], saved["method"]["id"]);
    assert!(
        keeper.stack.read("/v1/mandates").await.expect(200).json()["data"].as_array().unwrap().is_empty()
    );
    assert_eq!(keeper.counts().await, (json!(0), json!(1)));
}

async fn what_cannot_be_saved_is_not(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    keeper.save("4000000000000002", json!({})).await.expect_problem(422, "card_refused");
    keeper.save(CARD, json!({"method_kind": "pad"})).await.expect_problem(422, "token_unusable");
    keeper.stack.send(keeper.saving("tok_nothing", &json!({}))).await.expect_problem(422, "token_unusable");
    let refused =
        keeper.save(CARD, json!({"billing_address": {"country": "CA", "line1": "1 Rue Neuve"}})).await;
    refused.expect_problem(422, "address_invalid");
    keeper.save(CARD, json!({"billing_address": null})).await.expect_problem(422, "address_needed");
    assert_eq!(keeper.counts().await, (json!(0), json!(0)));
    // The same request is the same card.
    let token = keeper.stack.token(CARD).await;
    let request = keeper.saving(&token, &json!({}));
    let again = request.try_clone().unwrap();
    let first = keeper.stack.send(request).await.expect(201).json();
    assert_eq!(keeper.stack.send(again).await.expect(201).json(), first);
}

/// Positive control (tried): without the count under the lock in `save_wallet_method`, more than ten are there.
async fn fifty_at_once_find_one_place(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    for number in 0..9 {
        keeper.stack.send(keeper.account(number).await).await.expect(201);
    }
    let mut requests = Vec::new();
    for number in 100..150 {
        requests.push(keeper.account(number).await);
    }
    let replies = keeper.stack.send_all(requests.into_iter()).await;
    let told = |status: u16, code: &str| {
        replies.iter().filter(|reply| reply.status == status && reply.at("/code") == code).count()
    };
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
    assert_eq!(
        told(422, "wallet_full") + told(503, "unavailable"),
        49,
        "{:?}",
        replies.iter().map(|r| r.status).collect::<Vec<_>>()
    );
    assert_eq!(keeper.counts().await, (json!(0), json!(10)));
    // What is there already is known, also in a full wallet.
    keeper.stack.send(keeper.account(3).await).await.expect(200);
}

async fn the_same_card_at_once_is_one(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let mut requests = Vec::new();
    for _ in 0..8 {
        requests.push(keeper.saving(&keeper.stack.token(CARD).await, &json!({})));
    }
    let replies = keeper.stack.send_all(requests.into_iter()).await;
    let status = |status: u16| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!(
        (status(201), status(200)),
        (1, 7),
        "{:?}",
        replies.iter().map(|r| &r.text).collect::<Vec<_>>()
    );
    assert_eq!(keeper.counts().await, (json!(1), json!(0)));
}

async fn whoever_tries_cards_is_told_to_wait(engine: Engine) {
    use crate::support::{Stack, StackOptions};
    use paydesk_billing::app::Settings;
    use paydesk_domain::card_testing::Limits;
    let options = StackOptions::default();
    let card_testing = Limits { login_max: 3, ..Limits::NONE };
    let settings = Settings { card_testing, ..options.settings };
    let keeper = Keeper::on(Stack::start_with(engine, StackOptions { settings, ..options }).await).await;
    for _ in 0..3 {
        keeper.save("4000000000000002", json!({})).await.expect_problem(422, "card_refused");
    }
    let told = keeper.save(CARD, json!({})).await.expect_problem(429, "rate_limited");
    assert_eq!(told.headers["retry-after"], "3600");
    // In another session, too.
    let secret = keeper.stack.wallet_session(&keeper.account).await;
    let keeper = Keeper { secret, ..keeper };
    keeper.save(CARD, json!({})).await.expect_problem(429, "rate_limited");
    keeper.stack.clock.advance(std::time::Duration::from_secs(3_601));
    let keeper = Keeper { secret: keeper.stack.wallet_session(&keeper.account).await, ..keeper };
    keeper.save(CARD, json!({})).await.expect(201);
}
