//! Idempotency keys: replay, refusal, in flight, a day, a restart.

use std::time::Duration;

use jiff::SignedDuration;

use crate::support::Running;

const FORM: [(&str, &str); 3] = [("amount", "900"), ("currency", "cad"), ("payment_method", "pm_card_visa")];

#[tokio::test]
async fn the_same_request_is_answered_again_and_another_is_refused() {
    let processor = Running::start().await;
    let form = [&FORM[..], &[("confirm", "true")]].concat();
    let key = [("idempotency-key", "k-1")];
    let first = processor.post_with("/v1/payment_intents", &form, &key).await;
    let again = processor.post_with("/v1/payment_intents", &form, &key).await;
    assert_eq!((first.status, again.status), (200, 200));
    assert_eq!(first.body, again.body);
    assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), ("", "true"));
    assert_eq!(again.header("original-request"), first.header("request-id"));
    assert_ne!(again.header("request-id"), first.header("request-id"));
    let other = [&FORM[1..], &[("amount", "901"), ("confirm", "true")]].concat();
    let refused = processor.post_with("/v1/payment_intents", &other, &key).await;
    assert_eq!(refused.error(), (400, "idempotency_error", "", ""));
    let elsewhere = processor.post_with("/v1/customers", &[], &key).await;
    assert_eq!(elsewhere.error(), (400, "idempotency_error", "", ""));
    assert_eq!(processor.journal().await.len(), 1);
}

#[tokio::test]
async fn a_refusal_by_the_bank_is_remembered_and_a_mistake_is_not() {
    let processor = Running::start().await;
    let key = [("idempotency-key", "k-1")];
    let wrong = processor.post_with("/v1/payment_intents", &[("currency", "cad")], &key).await;
    assert_eq!(wrong.error().2, "parameter_missing");
    let form = [
        ("amount", "900"),
        ("currency", "cad"),
        ("payment_method", "pm_card_chargeDeclined"),
        ("confirm", "true"),
    ];
    let refused = processor.post_with("/v1/payment_intents", &form, &key).await;
    let again = processor.post_with("/v1/payment_intents", &form, &key).await;
    assert_eq!((refused.status, again.status, again.header("idempotent-replayed")), (402, 402, "true"));
    assert_eq!(refused.body, again.body);
    let intents = processor.get("/v1/payment_intents").await;
    assert_eq!(intents.body["data"].as_array().unwrap().len(), 1);
}

/// Seen to fail when only the digest without secrets is compared.
#[tokio::test]
async fn another_card_under_the_same_key_is_another_request() {
    let processor = Running::start().await;
    let card = |number: &'static str, cvc: &'static str| {
        [
            ("type", "card"),
            ("card[number]", number),
            ("card[exp_month]", "3"),
            ("card[exp_year]", "2030"),
            ("card[cvc]", cvc),
        ]
    };
    let key = [("idempotency-key", "k-1")];
    let first = processor.post_with("/v1/payment_methods", &card("4242424242424242", "123"), &key).await.id();
    let again = processor.post_with("/v1/payment_methods", &card("4242424242424242", "123"), &key).await.id();
    assert_eq!(first, again);
    // The same last four digits, and the same number with another code: only a digest with secrets can tell.
    for (number, cvc) in [("4000000000004242", "123"), ("4242424242424242", "124")] {
        let other = processor.post_with("/v1/payment_methods", &card(number, cvc), &key).await;
        assert_eq!(other.error().1, "idempotency_error", "{number} {cvc}");
    }
    // After a restart the vault's key is new and the digest with secrets says nothing: the rest still counts.
    let processor = processor.restart().await;
    let again = processor.post_with("/v1/payment_methods", &card("4242424242424242", "123"), &key).await.id();
    assert_eq!(first, again);
}

/// Seen to fail when keys under way are not noted.
#[tokio::test]
async fn a_key_under_way_is_a_conflict() {
    let processor = Running::start_with(|config| config.latency = Duration::from_millis(400)).await;
    let form = [&FORM[..], &[("confirm", "true")]].concat();
    let key = [("idempotency-key", "k-1")];
    let (one, two) = tokio::join!(
        processor.post_with("/v1/payment_intents", &form, &key),
        processor.post_with("/v1/payment_intents", &form, &key)
    );
    let (done, refused) = if one.status == 200 { (one, two) } else { (two, one) };
    assert_eq!(done.text("/status"), "succeeded");
    assert_eq!(refused.error(), (409, "idempotency_error", "idempotency_key_in_use", ""));
    let after = processor.post_with("/v1/payment_intents", &form, &key).await;
    assert_eq!((after.body, after.status), (done.body, 200));
    assert_eq!(processor.journal().await.len(), 1);
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day_and_not_before() {
    let processor = Running::start().await;
    let form = [&FORM[..], &[("confirm", "true")]].concat();
    let key = [("idempotency-key", "k-1")];
    let first = processor.post_with("/v1/payment_intents", &form, &key).await.id();
    processor.clock.advance(SignedDuration::from_secs(24 * 3600 - 1));
    let processor = processor.restart_with(|config| config.clock = clock_at("2026-11-24T11:59:59Z")).await;
    assert_eq!(processor.post_with("/v1/payment_intents", &form, &key).await.id(), first);
    let processor = processor.restart_with(|config| config.clock = clock_at("2026-11-24T12:00:00Z")).await;
    assert_ne!(processor.post_with("/v1/payment_intents", &form, &key).await.id(), first);
    assert_eq!(processor.journal().await.len(), 2);
}

fn clock_at(time: &str) -> std::sync::Arc<dyn paydesk_sandbox::clock::Clock> {
    std::sync::Arc::new(paydesk_sandbox::clock::ManualClock::new(time.parse().unwrap()))
}

#[tokio::test]
async fn two_accounts_do_not_share_keys_or_objects() {
    let processor = Running::start().await;
    let theirs = |path: &str, form: &[(&str, &str)]| {
        let request = processor
            .request(reqwest::Method::POST, path)
            .bearer_auth("sk_test_anotheraccount0001")
            .form(form);
        Running::read(request.header("idempotency-key", "k-1"))
    };
    let ours =
        processor.post_with("/v1/customers", &[("name", "A")], &[("idempotency-key", "k-1")]).await.id();
    let other = theirs("/v1/customers", &[("name", "B")]).await.unwrap().id();
    assert_ne!(ours, other);
    assert_eq!(processor.get(&format!("/v1/customers/{other}")).await.status, 404);
}
