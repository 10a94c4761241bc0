//! Bank accounts: taken in, refused, kept, shown.

use crate::support::{ACH, ACH_FORM, Answered, PAD, PAD_FORM, PUBLISHABLE, Running};

#[tokio::test]
async fn a_browser_makes_methods_of_accounts_and_sees_no_number() {
    let processor = Running::start().await;
    let us = processor.post_as(PUBLISHABLE, "/v1/payment_methods", &ACH_FORM).await;
    assert_eq!((us.text("/type"), us.header("access-control-allow-origin")), ("us_bank_account", "*"));
    for (field, value) in [
        ("last4", "6789"),
        ("routing_number", "110000000"),
        ("bank_name", "STRIPE TEST BANK"),
        ("account_holder_type", "individual"),
        ("account_type", "checking"),
    ] {
        assert_eq!(us.text(&format!("/us_bank_account/{field}")), value);
    }
    let canadian = processor.post_as(PUBLISHABLE, "/v1/payment_methods", &PAD_FORM).await;
    for (field, value) in [
        ("last4", "6789"),
        ("institution_number", "000"),
        ("transit_number", "11000"),
        ("bank_name", "STRIPE TEST BANK"),
    ] {
        assert_eq!(canadian.text(&format!("/acss_debit/{field}")), value);
    }
    let fingerprint = |view: &Answered, kind: &str| view.text(&format!("/{kind}/fingerprint")).to_owned();
    let again = processor.post("/v1/payment_methods", &ACH_FORM).await;
    assert_eq!(fingerprint(&us, ACH), fingerprint(&again, ACH));
    assert_ne!(fingerprint(&us, ACH), fingerprint(&canadian, PAD), "one number at two banks is one account");
    for view in [us, canadian, again] {
        assert!(!view.body.to_string().contains("000123456789"), "{}", view.body);
    }
}

#[tokio::test]
async fn bad_accounts_are_refused_with_the_field_to_blame() {
    let processor = Running::start().await;
    let us = [
        ("us_bank_account[routing_number]", "110000001", "routing_number_invalid"),
        ("us_bank_account[routing_number]", "11000000", "routing_number_invalid"),
        ("us_bank_account[routing_number]", "", "parameter_missing"),
        ("us_bank_account[account_number]", "123", "account_number_invalid"),
        ("us_bank_account[account_number]", "00012345678x", "account_number_invalid"),
        ("us_bank_account[account_number]", "", "parameter_missing"),
        ("us_bank_account[account_holder_type]", "dog", ""),
        ("us_bank_account[iban]", "DE00", "parameter_unknown"),
        ("billing_details[name]", "", "parameter_missing"),
        ("acss_debit[account_number]", "000123456789", ""),
    ];
    let canadian = [
        ("acss_debit[institution_number]", "00", "routing_number_invalid"),
        ("acss_debit[transit_number]", "110000", "routing_number_invalid"),
        ("acss_debit[account_number]", "1234567890123", "account_number_invalid"),
        ("billing_details[email]", "", "parameter_missing"),
    ];
    let cases = us.iter().map(|case| (&ACH_FORM, case)).chain(canadian.iter().map(|case| (&PAD_FORM, case)));
    for (good, (field, value, code)) in cases {
        let form = Running::with(good, field, value);
        let refused = processor.post_as(PUBLISHABLE, "/v1/payment_methods", &form).await;
        assert_eq!(refused.error(), (400, "invalid_request_error", *code, ""), "{field}={value}");
        let param = refused.text("/error/param");
        assert!(!param.is_empty() && field.starts_with(param), "{field}={value}: {param}");
        assert!(!refused.body.to_string().contains("12345678"), "an error repeats the number");
    }
    let without_type = Running::with(&ACH_FORM, "us_bank_account[account_holder_type]", "");
    let without_type: Vec<_> = without_type.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let refused = processor.post("/v1/payment_methods", &without_type).await;
    assert_eq!(refused.text("/error/param"), "us_bank_account[account_holder_type]");
}

#[tokio::test]
async fn tokens_of_accounts_are_made_and_become_no_card() {
    let processor = Running::start().await;
    let form = [
        ("bank_account[country]", "US"),
        ("bank_account[currency]", "usd"),
        ("bank_account[account_holder_name]", "Ann Example"),
        ("bank_account[account_holder_type]", "company"),
        ("bank_account[routing_number]", "110000000"),
        ("bank_account[account_number]", "000123456789"),
    ];
    let token = processor.post_as(PUBLISHABLE, "/v1/tokens", &form).await;
    assert!(token.id().starts_with("btok_") && token.text("/bank_account/id").starts_with("ba_"));
    assert_eq!((token.text("/type"), token.text("/bank_account/last4")), ("bank_account", "6789"));
    assert_eq!(token.text("/bank_account/account_holder_name"), "Ann Example");
    assert_eq!(processor.get(&format!("/v1/tokens/{}", token.id())).await.body, token.body);
    let canadian = Running::with(&form, "bank_account[country]", "CA");
    let canadian = Running::with(&canadian, "bank_account[routing_number]", "11000-000");
    let canadian = Running::with(&canadian, "bank_account[currency]", "cad");
    let canadian = processor.post_as(PUBLISHABLE, "/v1/tokens", &canadian).await;
    assert_eq!(canadian.text("/bank_account/routing_number"), "11000-000");
    let wrong = Running::with(&form, "bank_account[routing_number]", "110000001");
    assert_eq!(processor.post("/v1/tokens", &wrong).await.error().2, "routing_number_invalid");

    let card = [("type", "card"), ("card[token]", &token.id())];
    assert_eq!(processor.post("/v1/payment_methods", &card).await.status, 400);
    let customer = processor.post("/v1/customers", &[]).await.id();
    let path = format!("/v1/customers/{customer}/sources");
    assert_eq!(processor.post(&path, &[("source", &token.id())]).await.status, 400);
    let unused = processor.get(&format!("/v1/tokens/{}", token.id())).await;
    assert_eq!(unused.body["used"], false, "a refused token was used up");
}

#[tokio::test]
async fn an_account_is_kept_changed_listed_and_let_go() {
    let processor = Running::start().await;
    let (customer, card) = processor.customer_with("4242424242424242").await;
    let account = processor.post("/v1/payment_methods", &ACH_FORM).await.id();
    processor.post(&format!("/v1/payment_methods/{account}/attach"), &[("customer", &customer)]).await.id();
    for (kind, ids) in [("us_bank_account", vec![&account]), ("card", vec![&card]), ("acss_debit", vec![])] {
        let list = processor.get(&format!("/v1/customers/{customer}/payment_methods?type={kind}")).await;
        let listed: Vec<_> =
            list.body["data"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
        assert_eq!(listed, ids, "{kind}");
    }
    let sources = processor.get(&format!("/v1/customers/{customer}/sources")).await;
    assert_eq!(sources.body["data"].as_array().unwrap().len(), 1, "an account is no source");
    let form = [
        ("us_bank_account[account_holder_type]", "company"),
        ("billing_details[email]", "ann@example.org"),
        ("metadata[wallet]", "w1"),
    ];
    let path = format!("/v1/payment_methods/{account}");
    processor.post(&path, &form).await.id();
    let read = processor.get(&path).await;
    assert_eq!(
        (read.text("/us_bank_account/account_holder_type"), read.text("/metadata/wallet")),
        ("company", "w1")
    );
    assert_eq!(processor.post(&path, &[("card[exp_month]", "3")]).await.status, 400);
    assert_eq!(processor.post(&format!("/v1/payment_methods/{card}"), &form).await.status, 400);
    processor.post(&format!("{path}/detach"), &[]).await.id();
    let debit = processor.debit(&customer, &account, "gone", &[]).await;
    assert_eq!(debit.error().2, "payment_method_unactivated");
}
