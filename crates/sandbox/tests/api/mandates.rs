//! The payer's consent: needed, kept, used up, withdrawn; and the verification of an account.

use crate::support::{ACH, ACH_FORM, CONSENT, DAY_S, PAD, PAD_FORM, PUBLISHABLE, Running};

async fn pay(
    processor: &Running,
    method: &str,
    kind: &str,
    more: &[(&str, &str)],
) -> crate::support::Answered {
    let form = [
        ("amount", "4200"),
        ("currency", "usd"),
        ("payment_method", method),
        ("payment_method_types[0]", kind),
        ("confirm", "true"),
    ];
    processor.post("/v1/payment_intents", &[&form[..], more].concat()).await
}

/// Seen to fail when a debit without a mandate takes any mandate that the book has.
#[tokio::test]
async fn nothing_is_debited_without_consent() {
    let processor = Running::start().await;
    for (kind, form) in [(ACH, &ACH_FORM), (PAD, &PAD_FORM)] {
        let others = processor.customer_with_account(kind, "000123456789").await;
        let method = processor.post("/v1/payment_methods", form).await.id();
        let refused = pay(&processor, &method, kind, &[]).await;
        assert_eq!(
            (refused.error().2, refused.text("/error/param")),
            ("payment_intent_mandate_invalid", "mandate_data")
        );
        let theirs = processor.debit(&others.0, &others.1, &format!("theirs-{kind}"), &[]).await;
        let charge = processor.get(&format!("/v1/charges/{}", theirs.text("/latest_charge"))).await;
        let mandate = charge.text(&format!("/payment_method_details/{kind}/mandate")).to_owned();
        let refused = pay(&processor, &method, kind, &[("mandate", &mandate)]).await;
        assert_eq!(refused.text("/error/param"), "mandate", "a mandate of another method covered a debit");
        let unknown = pay(&processor, &method, kind, &[("mandate", "mandate_nobody")]).await;
        assert_eq!(unknown.error().2, "resource_missing");
        for (name, value) in [
            ("mandate_data[customer_acceptance][online][ip_address]", ""),
            ("mandate_data[customer_acceptance][online][user_agent]", ""),
            ("mandate_data[customer_acceptance][type]", ""),
        ] {
            let incomplete = Running::with(&CONSENT, name, value);
            let refused = pay(&processor, &method, kind, &incomplete).await;
            assert_eq!((refused.error().2, refused.text("/error/param")), ("parameter_missing", name));
        }
        let both = [&CONSENT[..], &[("mandate", mandate.as_str())]].concat();
        assert_eq!(pay(&processor, &method, kind, &both).await.error().2, "parameters_exclusive");
    }
    assert_eq!(processor.ops().await, ["submit pending"; 2]);
}

#[tokio::test]
async fn a_consent_to_one_debit_is_used_up_by_it() {
    let processor = Running::start().await;
    let customer = processor.post("/v1/customers", &[]).await.id();
    let method = processor.post("/v1/payment_methods", &ACH_FORM).await.id();
    processor.post(&format!("/v1/payment_methods/{method}/attach"), &[("customer", &customer)]).await.id();
    let form = [&CONSENT[..], &[("customer", customer.as_str())]].concat();
    let first = pay(&processor, &method, ACH, &form).await;
    let charge = processor.get(&format!("/v1/charges/{}", first.text("/latest_charge"))).await;
    let mandate = charge.text("/payment_method_details/us_bank_account/mandate").to_owned();
    let view = processor.get(&format!("/v1/mandates/{mandate}")).await;
    assert_eq!((view.text("/type"), view.text("/status")), ("single_use", "inactive"));
    assert_eq!(
        (&view.body["single_use"]["amount"], view.text("/single_use/currency")),
        (&4200.into(), "usd")
    );
    assert_eq!(view.text("/customer_acceptance/online/ip_address"), "203.0.113.7");
    for more in [vec![], vec![("mandate", mandate.as_str())]] {
        let more = [&more[..], &[("customer", customer.as_str())]].concat();
        assert_eq!(pay(&processor, &method, ACH, &more).await.error().2, "payment_intent_mandate_invalid");
    }
    // A consent to later ones lasts.
    let form = Running::with(&form, "setup_future_usage", "off_session");
    assert_eq!(pay(&processor, &method, ACH, &form).await.text("/status"), "processing");
    for key in ["later", "later still"] {
        assert_eq!(processor.debit(&customer, &method, key, &[]).await.text("/status"), "processing");
    }
}

#[tokio::test]
async fn a_setup_keeps_the_consent_and_names_it() {
    let processor = Running::start().await;
    let customer = processor.post("/v1/customers", &[]).await.id();
    let method = processor.post_as(PUBLISHABLE, "/v1/payment_methods", &PAD_FORM).await.id();
    let form = [
        ("customer", customer.as_str()),
        ("payment_method_types[0]", PAD),
        ("payment_method_options[acss_debit][currency]", "cad"),
        ("payment_method_options[acss_debit][mandate_options][payment_schedule]", "interval"),
        ("payment_method_options[acss_debit][mandate_options][interval_description]", "Each month"),
        ("payment_method_options[acss_debit][mandate_options][transaction_type]", "business"),
    ];
    let setup = processor.post("/v1/setup_intents", &form).await;
    let path = format!("/v1/setup_intents/{}/confirm", setup.text("/id"));
    let method_only = [("payment_method", method.as_str())];
    assert_eq!(processor.post(&path, &method_only).await.error().2, "setup_intent_mandate_invalid");
    // As a browser confirms it, with the client secret; the processor sees where the browser is.
    let browser = [
        ("client_secret", setup.text("/client_secret")),
        ("payment_method", method.as_str()),
        ("mandate_data[customer_acceptance][type]", "online"),
        ("mandate_data[customer_acceptance][online][infer_from_client]", "true"),
    ];
    let before = processor.last_event().await;
    let kept = processor.post_as(PUBLISHABLE, &path, &browser).await;
    assert_eq!(kept.text("/status"), "succeeded", "{}", kept.body);
    let events = processor.events_after(&before).await;
    let told: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(told, ["mandate.updated", "payment_method.attached", "setup_intent.succeeded"]);
    let read = processor.get(&format!("/v1/setup_intents/{}?expand[]=mandate", setup.text("/id"))).await;
    assert_eq!((read.text("/mandate/type"), read.text("/mandate/status")), ("multi_use", "active"));
    let details =
        |name: &str| read.text(&format!("/mandate/payment_method_details/acss_debit/{name}")).to_owned();
    assert_eq!(
        [details("payment_schedule"), details("interval_description"), details("transaction_type")],
        ["interval", "Each month", "business"]
    );
    let named = [("mandate", read.text("/mandate/id"))];
    assert_eq!(processor.debit(&customer, &method, "named", &named).await.text("/status"), "processing");
}

#[tokio::test]
async fn microdeposits_verify_an_account_or_do_not() {
    let processor = Running::start().await;
    let customer = processor.post("/v1/customers", &[]).await.id();
    for (answers, status, code) in [
        (vec![vec![("amounts[]", "32"), ("amounts[]", "45")]], "succeeded", ""),
        (vec![vec![("descriptor_code", "SM11AA")]], "succeeded", ""),
        (
            vec![
                vec![("amounts[]", "1"), ("amounts[]", "2")],
                vec![("amounts[]", "45"), ("amounts[]", "32")],
            ],
            "succeeded",
            "",
        ),
        (
            vec![vec![("amounts[]", "10"), ("amounts[]", "11")]],
            "requires_payment_method",
            "attempts_exceeded",
        ),
        (vec![vec![("descriptor_code", "SM33CC")]], "requires_payment_method", "attempts_exceeded"),
        (vec![vec![("descriptor_code", "SM44DD")]], "requires_payment_method", "timeout"),
        (vec![vec![("descriptor_code", "SMXXXX")]; 2], "requires_action", "descriptor_code_mismatch"),
        (
            vec![vec![("amounts[]", "7"), ("amounts[]", "8")]; 3],
            "requires_payment_method",
            "attempts_exceeded",
        ),
    ] {
        let method = processor.post("/v1/payment_methods", &ACH_FORM).await.id();
        let form = [
            ("customer", customer.as_str()),
            ("payment_method", method.as_str()),
            ("payment_method_types[0]", ACH),
            ("payment_method_options[us_bank_account][verification_method]", "microdeposits"),
            ("confirm", "true"),
        ];
        let setup = processor.post("/v1/setup_intents", &[&form[..], &CONSENT].concat()).await;
        assert_eq!(
            (setup.text("/status"), setup.text("/next_action/type")),
            ("requires_action", "verify_with_microdeposits")
        );
        let path = format!("/v1/setup_intents/{}", setup.text("/id"));
        let mandate = format!("/v1/mandates/{}", setup.text("/mandate"));
        assert_eq!(processor.get(&mandate).await.text("/status"), "pending");
        let mut said = String::new();
        for answer in &answers {
            let secret = [&[("client_secret", setup.text("/client_secret"))], &answer[..]].concat();
            let verified =
                processor.post_as(PUBLISHABLE, &format!("{path}/verify_microdeposits"), &secret).await;
            said = verified.error().2.to_owned();
        }
        assert!(said.ends_with(code) && said.is_empty() == code.is_empty(), "{said} {code}");
        assert_eq!(processor.get(&path).await.text("/status"), status, "{answers:?}");
        let expected = match status {
            "succeeded" => "active",
            "requires_action" => "pending",
            _ => "inactive",
        };
        assert_eq!(processor.get(&mandate).await.text("/status"), expected, "{answers:?}");
        let owner = processor.get(&format!("/v1/payment_methods/{method}")).await;
        assert_eq!(owner.text("/customer").is_empty(), status != "succeeded");
    }
}

#[tokio::test]
async fn a_debit_waits_for_its_verification_and_not_for_ever() {
    let processor = Running::start().await;
    let by = [("payment_method_options[acss_debit][verification_method]", "microdeposits")];
    let form = [&CONSENT[..], &by].concat();
    let method = processor.post("/v1/payment_methods", &PAD_FORM).await.id();
    let waits = pay(&processor, &method, PAD, &form).await;
    assert_eq!(waits.text("/next_action/type"), "verify_with_microdeposits", "{}", waits.body);
    assert!(processor.journal().await.is_empty(), "an account was debited before it was verified");
    let path = format!("/v1/payment_intents/{}/verify_microdeposits", waits.text("/id"));
    let wrong = processor.post(&path, &[("amounts[0]", "1"), ("amounts[1]", "2")]).await;
    assert!(wrong.error().2.ends_with("amounts_mismatch"));
    let right = processor.post(&path, &[("amounts[0]", "32"), ("amounts[1]", "45")]).await;
    assert_eq!(right.text("/status"), "processing");
    assert_eq!(processor.post(&path, &[("descriptor_code", "SM11AA")]).await.status, 400);

    let late = processor.post("/v1/payment_methods", &PAD_FORM).await.id();
    let late = pay(&processor, &late, PAD, &form).await.id();
    let gone = processor.post("/v1/payment_methods", &PAD_FORM).await.id();
    let gone = pay(&processor, &gone, PAD, &form).await.id();
    processor.post(&format!("/v1/payment_intents/{gone}/cancel"), &[]).await.id();
    processor.advance_s(10 * DAY_S - 1).await;
    assert_eq!(
        processor.get(&format!("/v1/payment_intents/{late}")).await.text("/status"),
        "requires_action"
    );
    processor.advance_s(1).await;
    let late = processor.get(&format!("/v1/payment_intents/{late}")).await;
    assert_eq!(late.text("/status"), "requires_payment_method");
    assert!(late.text("/last_payment_error/code").ends_with("verification_timeout"));
    assert_eq!(processor.get(&format!("/v1/payment_intents/{gone}")).await.text("/status"), "canceled");

    let unreachable = Running::with(&PAD_FORM, "acss_debit[account_number]", "000666666661");
    let unreachable = processor.post("/v1/payment_methods", &unreachable).await.id();
    let refused = pay(&processor, &unreachable, PAD, &form).await;
    assert_eq!(refused.error(), (402, "card_error", "payment_method_microdeposit_failed", ""));
    assert_eq!(processor.ops().await, ["submit pending", "settle succeeded"]);
}
