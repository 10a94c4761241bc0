//! Keys and their powers, and pages of other origins.

use reqwest::Method;

use crate::support::{PUBLISHABLE, Running, SECRET};

#[tokio::test]
async fn without_a_good_key_nothing_is_answered() {
    let processor = Running::start().await;
    let none = Running::read(processor.request(Method::GET, "/v1/customers")).await.unwrap();
    assert_eq!((none.status, none.text("/error/type")), (401, "invalid_request_error"));
    for key in ["sk_live_rusttests01234567", "sk_test_short", "nonsense", ""] {
        let refused = processor.request(Method::GET, "/v1/customers").bearer_auth(key);
        assert_eq!(Running::read(refused).await.unwrap().status, 401, "{key}");
    }
    for path in ["/sandbox/journal", "/sandbox/scenarios"] {
        assert_eq!(Running::read(processor.request(Method::GET, path)).await.unwrap().status, 401, "{path}");
        let browser = processor.request(Method::GET, path).bearer_auth(PUBLISHABLE);
        assert_eq!(Running::read(browser).await.unwrap().status, 403, "{path}");
    }
    assert_eq!(Running::read(processor.request(Method::GET, "/healthz")).await.unwrap().status, 200);
}

/// Seen to fail when the client secret is not compared.
#[tokio::test]
async fn a_publishable_key_makes_tokens_and_confirms_what_it_has_the_secret_of() {
    let processor = Running::start().await;
    let card = [
        ("type", "card"),
        ("card[number]", "4242424242424242"),
        ("card[exp_month]", "3"),
        ("card[exp_year]", "2030"),
    ];
    let method = processor.post_as(PUBLISHABLE, "/v1/payment_methods", &card).await.id();
    for (path, form) in [
        ("/v1/customers", vec![]),
        ("/v1/payment_intents", vec![("amount", "100"), ("currency", "cad")]),
        ("/v1/refunds", vec![("charge", "ch_x")]),
        ("/v1/webhook_endpoints", vec![]),
    ] {
        let refused = processor.post_as(PUBLISHABLE, path, &form).await;
        assert_eq!(refused.error(), (403, "invalid_request_error", "secret_key_required", ""), "{path}");
    }
    let get =
        processor.request(Method::GET, &format!("/v1/payment_methods/{method}")).bearer_auth(PUBLISHABLE);
    assert_eq!(Running::read(get).await.unwrap().status, 403);

    let form = [("amount", "800"), ("currency", "cad"), ("metadata[secret]", "note")];
    let intent = processor.post("/v1/payment_intents", &form).await;
    let (id, secret) = (intent.text("/id"), intent.text("/client_secret"));
    let path = format!("/v1/payment_intents/{id}/confirm");
    let without = processor.post_as(PUBLISHABLE, &path, &[("payment_method", &method)]).await;
    assert_eq!((without.status, without.text("/error/param")), (400, "client_secret"));
    let wrong = [("payment_method", method.as_str()), ("client_secret", "pi_x_secret_y")];
    assert_eq!(
        processor.post_as(PUBLISHABLE, &path, &wrong).await.error().2,
        "payment_intent_invalid_parameter"
    );
    assert!(processor.journal().await.is_empty());
    let right = [("payment_method", method.as_str()), ("client_secret", secret)];
    let paid = processor.post_as(PUBLISHABLE, &path, &right).await;
    assert_eq!(paid.text("/status"), "succeeded");
    assert!(
        paid.body.get("metadata").is_none() && paid.body.get("latest_charge").is_none(),
        "a browser sees too much"
    );
    assert_eq!(processor.journal().await.len(), 1);
}

#[tokio::test]
async fn any_page_may_call() {
    let processor = Running::start().await;
    let preflight = processor
        .request(Method::OPTIONS, "/v1/payment_methods")
        .header("origin", "http://127.0.0.1:4100")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,idempotency-key,stripe-version");
    let answer = Running::read(preflight).await.unwrap();
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, "*"));
    assert_eq!(answer.header("access-control-allow-headers"), "authorization,idempotency-key,stripe-version");
    assert!(answer.header("access-control-allow-methods").contains("POST"));
    let card = [("card[number]", "4242424242424241"), ("card[exp_month]", "3"), ("card[exp_year]", "2030")];
    let refused = processor.post_as(PUBLISHABLE, "/v1/tokens", &card).await;
    assert_eq!(
        (refused.status, refused.header("access-control-allow-origin")),
        (402, "*"),
        "an error is hidden from its page"
    );
    assert!(refused.header("request-id").starts_with("req_"));
}

#[tokio::test]
async fn too_large_and_malformed_requests_are_refused() {
    let processor = Running::start().await;
    let large = "x".repeat(300 * 1024);
    assert_eq!(processor.post("/v1/customers", &[("description", &large)]).await.status, 413);
    for body in ["name=%ff%fe", "a[b=1", "a=1&a[b]=2", "a[b][c][d][e][f][g][h]=1"] {
        let request = processor.request(Method::POST, "/v1/customers").bearer_auth(SECRET);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        assert_eq!(Running::read(request).await.unwrap().status, 400, "{body}");
    }
}
