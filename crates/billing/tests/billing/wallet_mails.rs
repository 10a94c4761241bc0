//! What clients are mailed about their wallets: each thing once, to their own address, with the organization's name.

use serde_json::json;

use crate::support::{Engine, Keeper, Letter, STORE, Stack, address, on_both};

on_both! {
    an_admins_doing_is_told;
    what_is_agreed_to_and_ended_is_told;
    a_planned_payment_that_fails_is_told;
    a_card_that_expires_with_something_planned_is_told_once;
}

const CARD: &str = "4242424242424242";

impl Stack {
    async fn told_of(&self, subject: &str, says: &str) -> Letter {
        let mut letters = self.mails_about(subject).await;
        assert_eq!(letters.len(), 1, "{subject}: {letters:?}");
        let letter = letters.remove(0);
        assert_eq!(letter.to, "kim@example.org");
        assert!(letter.body.contains(says), "{}", letter.body);
        letter
    }

    async fn by_admin(&self, account: &str) -> String {
        let invoice = self.invoice(account, &[100]).await;
        let acting = json!({"kind": "admin", "id": "staff:17", "name": "Lou Chan"});
        let body = json!({"invoice": invoice, "allowed_origin": STORE, "account": account, "acting": acting});
        self.write("/v1/checkout_sessions", body).await.expect(201).at("/secret")
    }
}

/// Positive control (tried): without the mail in `tell_client`, neither comes.
async fn an_admins_doing_is_told(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.signed_in().await;
    let secret = stack.by_admin(&account).await;
    let mut body = stack.with_card(CARD, 100).await;
    body["save"] = json!(true);
    body["consent_version"] = json!("save-card-for-client-1");
    body["consent_locale"] = json!("en");
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    let saved =
        stack.told_of("Riverside Recreation saved a card for you", "your Visa card ending in 4242").await;
    assert!(!saved.body.contains("Lou Chan") && !saved.body.contains("staff"), "{}", saved.body);
    assert_eq!(stack.mailbox().await.len(), 1, "one thing is one mail");

    let old = stack.saved_until(&account, "5555555555554444", Some(("1", "2024"))).await;
    let secret = stack.by_admin(&account).await;
    let token = stack.cvc_token("123").await;
    let update = json!({"exp_month": 3, "exp_year": 2034, "cvc_token": token, "billing_address": address()});
    let path = format!("/v1/checkout/methods/{old}/update");
    let request = stack.browser(reqwest::Method::POST, &secret, &path).header("idempotency-key", "u-1");
    stack.send(request.json(&update)).await.expect(200);
    stack
        .told_of("Riverside Recreation updated your saved card", "your Mastercard card ending in 4444")
        .await;
}

async fn what_is_agreed_to_and_ended_is_told(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    // At checkout, by the client.
    let secret = stack.session(&stack.invoice(account, &[100]).await).await;
    let mut body = stack.with_card(CARD, 100).await;
    body["save"] = json!(true);
    body["consent_version"] = json!("save-card-1");
    body["consent_locale"] = json!("en");
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    stack.told_of("Riverside Recreation may now charge your card", "end this at any time").await;
    // In the wallet, for another organization; the second time nothing new was agreed to.
    let wallet = keeper.wallet().await;
    let card = wallet["cards"]["methods"][0]["id"].as_str().unwrap().to_owned();
    let given = keeper.permit(&card).await.expect(201).at("/id");
    keeper.permit(&card).await.expect(201);
    stack.told_of("Sister club may now charge your card", "Visa card ending in 4242").await;
    for _ in 0..2 {
        keeper.revoke(&given, "").await.expect(200);
    }
    stack
        .told_of(
            "Sister club may no longer charge your card",
            "may no longer charge your Visa card ending in 4242.",
        )
        .await;
    // What ends with the card ends as well.
    assert!(stack.mails_about("Riverside Recreation may no longer").await.is_empty());
    keeper.remove(&card).await.expect(200);
    stack.work().await;
    stack.told_of("Riverside Recreation may no longer charge your card", "4242").await;
    // What was agreed to goes on, as the client chose.
    let kept = stack.saved_card(account, "5555555555554444").await;
    stack.installments_with(account, &kept).await;
    let given = keeper.method(&kept).await["authorizations"][0]["id"].as_str().unwrap().to_owned();
    keeper.revoke(&given, "?plans=continue").await.expect(200);
    let ended = stack.mails_about("Riverside Recreation may no longer").await;
    assert!(ended.iter().any(|mail| mail.body.contains("What you agreed to before goes on")), "{ended:?}");
}

/// Positive control (tried): without the mail in `move_planned`, nothing comes.
async fn a_planned_payment_that_fails_is_told(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.signed_in().await;
    let card = stack.saved_card(&account, CARD).await;
    stack.installments_with(&account, &card).await;
    stack.days_pass(13).await;
    assert!(stack.mails_about("A planned payment").await.is_empty());
    let decline = json!({"match": "every", "on": ["payment_intents.create"], "times": 1,
        "action": {"type": "decline", "code": "stolen_card"}});
    stack.scenario(decline).await;
    stack.days_pass(1).await;
    let subject = "A planned payment to Riverside Recreation did not go through";
    let told = stack.told_of(subject, "The payment of 50.00 CAD to Riverside Recreation").await;
    assert!(!told.body.contains("stolen"), "{}", told.body);
    stack.days_pass(28).await;
    stack.told_of(subject, "It is still owed.").await;
}

/// Positive control (tried): without `about`, it is told with every sweep.
async fn a_card_that_expires_with_something_planned_is_told_once(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.signed_in().await;
    let next = stack.today().first_of_month().checked_add(jiff::Span::new().months(1)).unwrap();
    let (month, year) = (next.month().to_string(), next.year().to_string());
    let planned = stack.saved_until(&account, CARD, Some((&month, &year))).await;
    // The same month, and nothing planned; something planned, and another month.
    stack.saved_until(&account, "5555555555554444", Some((&month, &year))).await;
    let valid = stack.saved_card(&account, "4000056655665556").await;
    assert_eq!(stack.app.remind_of_expiry().await.unwrap(), 0);
    stack.installments_with(&account, &planned).await;
    stack.installments_with(&account, &valid).await;
    assert_eq!(stack.app.remind_of_expiry().await.unwrap(), 1);
    let told = stack
        .told_of("Your saved card expires next month", "Your Visa card ending in 4242 expires at the end of")
        .await;
    let day = stack.in_days(14);
    let year: &str = day.split('-').next().unwrap();
    assert!(
        told.body.contains("Riverside Recreation has a payment planned on it for")
            && told.body.contains(year),
        "{}",
        told.body
    );
    for _ in 0..3 {
        stack.clock.advance(std::time::Duration::from_secs(3_600));
        assert_eq!(stack.app.remind_of_expiry().await.unwrap(), 0);
    }
    assert_eq!(stack.mails_about("Your saved card expires").await.len(), 1);
}
