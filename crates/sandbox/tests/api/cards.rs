//! Test cards: what is wrong with one, what a bank says of it, what its age does to it.

use crate::support::{PUBLISHABLE, Running};

#[tokio::test]
async fn bad_cards_are_refused_with_the_field_to_blame() {
    let processor = Running::start().await;
    for (number, month, year, cvc, code, param) in [
        ("4242424242424241", "3", "2030", "123", "incorrect_number", "number"),
        ("4242424242424242", "13", "2030", "123", "invalid_expiry_month", "exp_month"),
        ("4242424242424242", "3", "2020", "123", "invalid_expiry_year", "exp_year"),
        ("4242424242424242", "3", "2030", "12", "invalid_cvc", "cvc"),
    ] {
        let form = [
            ("card[number]", number),
            ("card[exp_month]", month),
            ("card[exp_year]", year),
            ("card[cvc]", cvc),
        ];
        let refused = processor.post_as(PUBLISHABLE, "/v1/tokens", &form).await;
        assert_eq!(refused.error(), (402, "card_error", code, ""), "{number}");
        assert_eq!(refused.text("/error/param"), param);
        assert!(!refused.body.to_string().contains(number), "an error repeats the number");
    }
}

#[tokio::test]
async fn every_brand_pays() {
    let processor = Running::start().await;
    for (number, brand) in [
        ("4242424242424242", "visa"),
        ("5555555555554444", "mastercard"),
        ("378282246310005", "amex"),
        ("6011111111111117", "discover"),
        ("3566002020360505", "jcb"),
        ("36227206271667", "diners"),
        ("6200000000000005", "unionpay"),
    ] {
        let (customer, method) = processor.customer_with(number).await;
        let view = processor.get(&format!("/v1/payment_methods/{method}")).await;
        assert_eq!(view.text("/card/brand"), brand);
        assert_eq!(processor.charge(&customer, &method, number).await.text("/status"), "succeeded");
    }
    assert_eq!(processor.journal().await.len(), 7);
}

#[tokio::test]
async fn refusals_carry_their_codes_and_move_nothing() {
    let processor = Running::start().await;
    let customer = processor.post("/v1/customers", &[]).await.id();
    for (number, code, decline_code) in [
        ("4000000000000002", "card_declined", "generic_decline"),
        ("4000000000009995", "card_declined", "insufficient_funds"),
        ("4000000000009987", "card_declined", "lost_card"),
        ("4000000000009979", "card_declined", "stolen_card"),
        ("4000000000000069", "expired_card", "expired_card"),
        ("4000000000000127", "incorrect_cvc", "incorrect_cvc"),
        ("4000000000000119", "processing_error", "processing_error"),
        ("4100000000000019", "card_declined", "fraudulent"),
    ] {
        let method = processor.method(number).await;
        let attach =
            processor.post(&format!("/v1/payment_methods/{method}/attach"), &[("customer", &customer)]).await;
        assert_eq!(attach.error(), (402, "card_error", code, decline_code), "{number}");
        let form = [("amount", "500"), ("currency", "usd"), ("payment_method", &method), ("confirm", "true")];
        let refused = processor.post("/v1/payment_intents", &form).await;
        assert_eq!(refused.error(), (402, "card_error", code, decline_code), "{number}");
        assert_eq!(refused.text("/error/payment_intent/status"), "requires_payment_method");
        let charge = processor.get(&format!("/v1/charges/{}", refused.text("/error/charge"))).await;
        assert_eq!((charge.text("/status"), charge.text("/failure_code")), ("failed", code));
    }
    let (customer, method) = processor.customer_with("4000000000000341").await;
    let refused = processor.charge(&customer, &method, "late").await;
    assert_eq!(refused.error(), (402, "card_error", "card_declined", "generic_decline"));
    assert!(processor.journal().await.is_empty());
}

#[tokio::test]
async fn a_stored_card_expires_and_is_renewed() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with("4242424242424242").await;
    let aged = processor
        .post(
            &format!("/sandbox/payment_methods/{method}/expiry"),
            &[("exp_month", "1"), ("exp_year", "2024")],
        )
        .await;
    assert_eq!(aged.body["card"]["exp_year"], 2024);
    let refused = processor.charge(&customer, &method, "expired").await;
    assert_eq!(refused.error(), (402, "card_error", "expired_card", "expired_card"));
    let renewed = [
        ("card[exp_month]", "4"),
        ("card[exp_year]", "2031"),
        ("billing_details[address][line1]", "1 Elm St"),
    ];
    let renewed = processor.post(&format!("/v1/payment_methods/{method}"), &renewed).await;
    assert_eq!(
        (&renewed.body["card"]["exp_month"], renewed.text("/billing_details/address/line1")),
        (&4.into(), "1 Elm St")
    );
    assert_eq!(processor.charge(&customer, &method, "renewed").await.text("/status"), "succeeded");
}

#[tokio::test]
async fn authentication_is_asked_for_and_remembered() {
    let processor = Running::start().await;
    let customer = processor.post("/v1/customers", &[]).await.id();
    let method = processor.method("4000002500003155").await;
    let setup = [("customer", customer.as_str()), ("payment_method", method.as_str()), ("confirm", "true")];
    let setup = processor.post("/v1/setup_intents", &setup).await;
    assert_eq!(
        (setup.text("/status"), setup.text("/next_action/type")),
        ("requires_action", "use_stripe_sdk")
    );
    let path = format!("/sandbox/intents/{}/authenticate", setup.text("/id"));
    assert_eq!(processor.post(&path, &[("outcome", "succeed")]).await.text("/status"), "succeeded");
    assert_eq!(processor.charge(&customer, &method, "set-up").await.text("/status"), "succeeded");

    let (customer, method) = processor.customer_with("4000002760003184").await;
    let refused = processor.charge(&customer, &method, "away").await;
    assert_eq!(refused.error(), (402, "card_error", "authentication_required", "authentication_required"));
    let form = [
        ("amount", "700"),
        ("currency", "cad"),
        ("customer", customer.as_str()),
        ("payment_method", method.as_str()),
        ("confirm", "true"),
    ];
    let asked = processor.post("/v1/payment_intents", &form).await;
    assert_eq!(asked.text("/status"), "requires_action");
    assert_eq!(processor.journal().await.len(), 1);
    let path = format!("/sandbox/intents/{}/authenticate", asked.text("/id"));
    assert_eq!(
        processor.post(&path, &[("outcome", "fail")]).await.text("/status"),
        "requires_payment_method"
    );
    let asked = processor.post("/v1/payment_intents", &form).await;
    let path = format!("/sandbox/intents/{}/authenticate", asked.text("/id"));
    assert_eq!(processor.post(&path, &[]).await.text("/status"), "succeeded");
}

/// A saved card's security code, typed again: its token is good once, fits the card's scheme, and is asked of the bank.
#[tokio::test]
async fn a_security_code_is_typed_again() {
    let processor = Running::start().await;
    let token = async |code: &str| {
        let form = [("key", PUBLISHABLE), ("cvc_update[cvc]", code)];
        processor.post_as(PUBLISHABLE, "/v1/tokens", &form).await
    };
    let (customer, method) = processor.customer_with("4242424242424242").await;
    let charge = async |method: &str, token: &str| {
        let form = [
            ("amount", "1250"),
            ("currency", "cad"),
            ("customer", customer.as_str()),
            ("payment_method", method),
            ("confirm", "true"),
            ("expand[0]", "latest_charge"),
            ("payment_method_options[card][cvc_token]", token),
        ];
        processor.post("/v1/payment_intents", &form).await
    };
    let good = token("314").await;
    assert_eq!((good.text("/type"), good.body.to_string().contains("314")), ("cvc_update", false));
    let paid = charge(&method, &good.id()).await;
    assert_eq!(paid.text("/status"), "succeeded");
    let check = "/latest_charge/payment_method_details/card/checks/cvc_check";
    assert_eq!(paid.text(check), "pass");
    assert_eq!(charge(&method, &good.id()).await.error().2, "token_already_used");
    assert_eq!(charge(&method, "cvctok_nosuch").await.error().2, "resource_missing");
    let (wrong, long) = (token("000").await.id(), token("1234").await.id());
    assert_eq!(charge(&method, &wrong).await.error(), (402, "card_error", "incorrect_cvc", "incorrect_cvc"));
    assert_eq!(charge(&method, &long).await.error(), (402, "card_error", "invalid_cvc", ""));
    assert_eq!(token("12").await.error(), (402, "card_error", "invalid_cvc", ""));
    assert_eq!(processor.journal().await.len(), 1);
}
