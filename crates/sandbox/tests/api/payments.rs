//! Cards, customers, charges and refunds over real HTTP.

use crate::support::{PUBLISHABLE, Running, SECRET};

const TOKEN_FORM: [(&str, &str); 5] = [
    ("card[number]", "4242 4242 4242 4242"),
    ("card[exp_month]", "03"),
    ("card[exp_year]", "30"),
    ("card[cvc]", "123"),
    ("card[address_zip]", "K1A 0B1"),
];

#[tokio::test]
async fn a_token_becomes_a_method_once_and_is_charged_while_the_payer_is_away() {
    let processor = Running::start().await;
    let token = processor.post_as(PUBLISHABLE, "/v1/tokens", &TOKEN_FORM).await;
    assert_eq!((token.text("/card/brand"), token.text("/card/last4")), ("Visa", "4242"));
    assert_eq!(
        (&token.body["card"]["exp_month"], &token.body["card"]["exp_year"]),
        (&3.into(), &2030.into())
    );
    let token = token.id();

    let method = processor.post("/v1/payment_methods", &[("type", "card"), ("card[token]", &token)]).await;
    assert_eq!(method.text("/billing_details/address/postal_code"), "K1A 0B1");
    let again = processor.post("/v1/payment_methods", &[("type", "card"), ("card[token]", &token)]).await;
    assert_eq!(again.error(), (400, "invalid_request_error", "token_already_used", ""));

    let customer = processor.post("/v1/customers", &[("email", "ann@example.org")]).await.id();
    let method = method.id();
    let path = format!("/v1/payment_methods/{method}/attach");
    let attached = processor.post(&path, &[("customer", &customer)]).await;
    assert_eq!(attached.text("/card/checks/cvc_check"), "pass");

    let paid = processor.charge(&customer, &method, "first").await;
    assert_eq!((paid.text("/status"), paid.text("/customer")), ("succeeded", customer.as_str()));
    let charge = processor.get(&format!("/v1/charges/{}", paid.text("/latest_charge"))).await;
    assert_eq!(charge.body["amount_captured"], 1250);
    assert_eq!(charge.text("/payment_method_details/card/network_transaction_id").len(), 15);

    let journal = processor.journal().await;
    assert_eq!(journal.len(), 1);
    assert_eq!(
        (&journal[0]["op"], &journal[0]["seq"], &journal[0]["amount"]),
        (&"charge".into(), &1.into(), &1250.into())
    );
    assert_eq!(
        (&journal[0]["idempotency_key"], &journal[0]["metadata"]["attempt"]),
        (&"first".into(), &"first".into())
    );
    assert_eq!(journal[0]["at"], "2026-11-23T12:00:00Z");
}

/// Seen to fail when the amount is not compared with what is left.
#[tokio::test]
async fn refunds_never_exceed_what_was_taken() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with("4242424242424242").await;
    let intent = processor.charge(&customer, &method, "pay").await.id();
    let refund = |amount: &'static str| {
        let form = [("payment_intent", intent.clone()), ("amount", amount.to_owned())];
        let processor = &processor;
        async move {
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            processor.post("/v1/refunds", &form).await
        }
    };
    assert_eq!(refund("1000").await.text("/status"), "succeeded");
    assert_eq!(refund("251").await.status, 400);
    assert_eq!(refund("250").await.text("/status"), "succeeded");
    assert_eq!(refund("1").await.error().2, "charge_already_refunded");
    let list = processor.get(&format!("/v1/refunds?payment_intent={intent}")).await;
    assert_eq!(list.body["data"].as_array().unwrap().len(), 2);
    let ops: Vec<_> =
        processor.journal().await.iter().map(|row| (row["op"].clone(), row["amount"].clone())).collect();
    assert_eq!(
        ops,
        [("charge".into(), 1250.into()), ("refund".into(), 1000.into()), ("refund".into(), 250.into())]
    );
}

#[tokio::test]
async fn money_can_be_held_taken_in_part_or_released() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with("4242424242424242").await;
    let hold = || async {
        let form = [
            ("amount", "900"),
            ("currency", "cad"),
            ("customer", customer.as_str()),
            ("payment_method", method.as_str()),
            ("confirm", "true"),
            ("capture_method", "manual"),
        ];
        let held = processor.post("/v1/payment_intents", &form).await;
        assert_eq!(
            (held.text("/status"), &held.body["amount_capturable"]),
            ("requires_capture", &900.into())
        );
        held.id()
    };
    let taken = processor
        .post(&format!("/v1/payment_intents/{}/capture", hold().await), &[("amount_to_capture", "400")])
        .await;
    assert_eq!((taken.text("/status"), &taken.body["amount_received"]), ("succeeded", &400.into()));
    let released = processor.post(&format!("/v1/payment_intents/{}/cancel", hold().await), &[]).await;
    assert_eq!(released.text("/status"), "canceled");
    let again = processor.post(&format!("/v1/payment_intents/{}/cancel", released.text("/id")), &[]).await;
    assert_eq!(again.error().2, "payment_intent_unexpected_state");
    let journal = processor.journal().await;
    let ops: Vec<_> = journal.iter().map(|row| row["op"].as_str().unwrap()).collect();
    assert_eq!(ops, ["authorize", "capture", "authorize", "cancel"]);
}

/// Seen to fail when the owner of a method is not compared with the intent's customer.
#[tokio::test]
async fn a_method_without_an_owner_is_charged_once() {
    let processor = Running::start().await;
    let method = processor.method("4242424242424242").await;
    let form =
        [("amount", "500"), ("currency", "usd"), ("payment_method", method.as_str()), ("confirm", "true")];
    assert_eq!(processor.post("/v1/payment_intents", &form).await.text("/status"), "succeeded");
    assert_eq!(processor.post("/v1/payment_intents", &form).await.error().2, "payment_method_unactivated");

    let (customer, method) = processor.customer_with("4242424242424242").await;
    let other = processor.post("/v1/customers", &[]).await.id();
    assert_eq!(
        processor.charge(&other, &method, "theirs").await.status,
        400,
        "another customer's card was charged"
    );
    processor.post(&format!("/v1/payment_methods/{method}/detach"), &[]).await.id();
    assert_eq!(processor.charge(&customer, &method, "gone").await.error().2, "payment_method_unactivated");
    assert_eq!(processor.journal().await.len(), 1);
}

#[tokio::test]
async fn nonsense_is_refused_by_name() {
    let processor = Running::start().await;
    for (form, code, param) in [
        (vec![("currency", "cad")], "parameter_missing", "amount"),
        (vec![("amount", "100")], "parameter_missing", "currency"),
        (vec![("amount", "12.50"), ("currency", "cad")], "parameter_invalid_integer", "amount"),
        (vec![("amount", "-5"), ("currency", "cad")], "parameter_invalid_integer", "amount"),
        (vec![("amount", "49"), ("currency", "cad")], "amount_too_small", "amount"),
        (vec![("amount", "100000000"), ("currency", "cad")], "amount_too_large", "amount"),
        (vec![("amount", "100"), ("currency", "zzz")], "", "currency"),
        (vec![("amount", "100"), ("currency", "cad"), ("surprise", "1")], "parameter_unknown", "surprise"),
        (
            vec![("amount", "100"), ("currency", "cad"), ("customer", "cus_nobody")],
            "resource_missing",
            "customer",
        ),
        (vec![("amount", "100"), ("currency", "cad"), ("off_session", "true")], "", "off_session"),
    ] {
        let refused = processor.post("/v1/payment_intents", &form).await;
        assert_eq!(
            (refused.status, refused.error().2, refused.text("/error/param")),
            (400, code, param),
            "{form:?}"
        );
    }
    let secret_text = [("amount", "4242424242424242"), ("currency", "cad")];
    let refused = processor.post("/v1/payment_intents", &secret_text).await;
    assert!(!refused.body.to_string().contains("424242"), "a number in the wrong field is repeated");
    assert_eq!(processor.get("/v1/customers/cus_nobody").await.error().2, "resource_missing");
    assert_eq!(processor.get("/v1/nothing").await.status, 404);
    let json = processor
        .request(reqwest::Method::POST, "/v1/customers")
        .bearer_auth(SECRET)
        .json(&serde_json::json!({}));
    assert_eq!(Running::read(json).await.unwrap().status, 400);
}

#[tokio::test]
async fn a_charge_while_the_payer_is_away_may_name_the_first_one() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with("4242424242424242").await;
    let first = processor.charge(&customer, &method, "first").await;
    let charge = processor.get(&format!("/v1/charges/{}", first.text("/latest_charge"))).await;
    let reference = charge.text("/payment_method_details/card/network_transaction_id").to_owned();
    let name = "payment_method_options[card][mit_exemption][network_transaction_id]";
    let form = [
        ("amount", "1250"),
        ("currency", "cad"),
        ("customer", customer.as_str()),
        ("payment_method", method.as_str()),
        ("confirm", "true"),
        ("off_session", "true"),
        ("payment_method_options[card][stored_credential_usage]", "recurring"),
        (name, reference.as_str()),
    ];
    let later = processor.post("/v1/payment_intents", &form).await;
    assert_eq!(later.text("/status"), "succeeded", "{}", later.body);
    let on_session = Running::with(&form, "off_session", "false");
    assert_eq!(processor.post("/v1/payment_intents", &on_session).await.status, 400);
    let wrong = Running::with(&form, name, "not one");
    assert_eq!(processor.post("/v1/payment_intents", &wrong).await.text("/error/param"), name);
    assert_eq!(processor.journal().await.len(), 2);
}

#[tokio::test]
async fn the_older_sources_work_too() {
    let processor = Running::start().await;
    let customer = processor.post("/v1/customers", &[]).await.id();
    let token = processor.post_as(PUBLISHABLE, "/v1/tokens", &TOKEN_FORM).await.id();
    let source = processor.post(&format!("/v1/customers/{customer}/sources"), &[("source", &token)]).await;
    assert_eq!((source.text("/object"), source.text("/brand")), ("card", "Visa"));
    let source = source.id();
    assert_eq!(processor.charge(&customer, &source, "by-source").await.text("/status"), "succeeded");
    let list = processor.get(&format!("/v1/customers/{customer}/sources")).await;
    assert_eq!(list.body["data"][0]["id"], source);
    assert_eq!(
        processor.delete(&format!("/v1/customers/{customer}/sources/{source}")).await.body["deleted"],
        true
    );
    let declined = processor
        .post(&format!("/v1/customers/{customer}/sources"), &[("source", "tok_chargeDeclined")])
        .await;
    assert_eq!(declined.error(), (402, "card_error", "card_declined", "generic_decline"));
}
