//! Faults on order: each does what it says to the calls that are meant, and to no other.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{Running, until};

#[tokio::test]
async fn a_dropped_answer_leaves_a_charge_that_can_be_found() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with("4242424242424242").await;
    processor
        .order(json!({"match": {"idempotency_key": "lost"}, "action": {"type": "drop_answer"}, "times": 2}))
        .await;
    for _ in 0..2 {
        let lost = processor.try_charge(&customer, &method, "lost").await.unwrap_err();
        assert!(lost.is_request() && !lost.is_timeout(), "{lost:?}");
    }
    assert_eq!(processor.journal().await.len(), 1, "both tries were one charge");
    let found = processor.get("/v1/payment_intents/search?query=metadata%5B'attempt'%5D:'lost'").await;
    assert_eq!(found.text("/data/0/status"), "succeeded");
    let told = processor.charge(&customer, &method, "lost").await;
    assert_eq!((told.text("/status"), told.header("idempotent-replayed")), ("succeeded", "true"));
    assert_eq!(processor.charge(&customer, &method, "other").await.status, 200);
}

#[tokio::test]
async fn faults_before_the_work_leave_nothing_behind() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with("4242424242424242").await;
    for (number, action, status) in [
        (1, json!({"type": "server_error", "status": 503, "when": "before"}), Some(503)),
        (2, json!({"type": "rate_limit"}), Some(429)),
        (3, json!({"type": "drop_answer", "when": "before"}), None),
    ] {
        let key = format!("before-{number}");
        processor.order(json!({"match": {"idempotency_key": key}, "action": action, "times": 1})).await;
        let faulty = processor.try_charge(&customer, &method, &key).await;
        assert_eq!(faulty.ok().map(|answer| answer.status), status);
        assert_eq!(processor.journal().await.len(), number - 1, "a fault before the work moved money");
        let retried = processor.charge(&customer, &method, &key).await;
        assert_eq!((retried.text("/status"), retried.header("idempotent-replayed")), ("succeeded", ""));
    }
}

#[tokio::test]
async fn a_fault_after_the_work_hides_a_charge() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with("4242424242424242").await;
    for (key, remembered, then) in [("told", false, 200), ("kept", true, 500)] {
        let action = json!({"type": "server_error", "when": "after", "remembered": remembered});
        processor.order(json!({"match": {"idempotency_key": key}, "action": action, "times": 1})).await;
        let before = processor.journal().await.len();
        assert_eq!(processor.charge(&customer, &method, key).await.error().1, "api_error");
        assert_eq!(processor.journal().await.len(), before + 1);
        assert_eq!(processor.charge(&customer, &method, key).await.status, then, "{key}");
        assert_eq!(processor.journal().await.len(), before + 1);
    }
}

#[tokio::test]
async fn one_card_is_refused_by_any_of_its_names() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with("4242424242424242").await;
    let (other, other_method) = processor.customer_with("5555555555554444").await;
    let fingerprint =
        processor.get(&format!("/v1/payment_methods/{method}")).await.text("/card/fingerprint").to_owned();
    for name in ["4242", method.as_str(), fingerprint.as_str()] {
        let action = json!({"type": "decline", "code": "insufficient_funds"});
        processor.order(json!({"match": {"card": name}, "action": action, "times": 1})).await;
        let key = format!("card-{name}");
        assert_eq!(
            processor.charge(&other, &other_method, &format!("other-{name}")).await.status,
            200,
            "{name}"
        );
        let refused = processor.charge(&customer, &method, &key).await;
        assert_eq!(refused.error(), (402, "card_error", "card_declined", "insufficient_funds"), "{name}");
        assert_eq!(processor.charge(&customer, &method, &format!("{key}-again")).await.status, 200);
    }
}

#[tokio::test]
async fn a_share_of_calls_fails_the_same_way_each_time() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let processor = Running::start().await;
        let target = json!({"share": {"probability": 0.3, "seed": 7}});
        processor.order(json!({"match": target, "action": {"type": "rate_limit"}})).await;
        let (customer, method) = processor.customer_with("4242424242424242").await;
        let mut statuses = Vec::new();
        for number in 0..40 {
            statuses.push(processor.charge(&customer, &method, &format!("n-{number}")).await.status);
        }
        runs.push(statuses);
    }
    assert_eq!(runs[0], runs[1]);
    let failed = runs[0].iter().filter(|status| **status == 429).count();
    assert!((4..=20).contains(&failed), "{failed} of 40 failed at a share of 0.3");
}

/// Seen to fail when the work runs in the connection's own task and dies with it.
#[tokio::test]
async fn a_delay_takes_its_time_and_a_caller_who_leaves_undoes_nothing() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with("4242424242424242").await;
    let action = json!({"type": "delay", "ms": 300});
    processor.order(json!({"match": {"idempotency_key": "slow"}, "action": action, "times": 2})).await;
    #[expect(clippy::disallowed_methods, reason = "measures how long an answer takes")]
    let began = Instant::now();
    let answered = processor.charge(&customer, &method, "slow").await;
    assert!(answered.status == 200 && began.elapsed() >= Duration::from_millis(300));

    processor.order(json!({"match": {"idempotency_key": "left"}, "action": action, "times": 1})).await;
    let leaving =
        tokio::time::timeout(Duration::from_millis(100), processor.charge(&customer, &method, "left"));
    assert!(leaving.await.is_err(), "the answer came too early");
    let charged = async { while processor.journal().await.len() < 2 {} };
    until("the charge that nobody waited for", charged).await;
}

#[tokio::test]
async fn orders_are_listed_counted_cancelled_and_checked() {
    let processor = Running::start().await;
    let order =
        json!({"match": "every", "action": {"type": "rate_limit"}, "on": ["customers.create"], "times": 1});
    let id = processor.order(order).await.text("/id").to_owned();
    assert_eq!(processor.get("/sandbox/scenarios").await.body["data"][0]["times_left"], 1);
    assert_eq!(
        processor.post("/v1/payment_intents", &[("amount", "100"), ("currency", "cad")]).await.status,
        200
    );
    assert_eq!(processor.post("/v1/customers", &[]).await.status, 429);
    assert_eq!(processor.post("/v1/customers", &[]).await.status, 200, "the fault was due once");
    assert_eq!(processor.get("/sandbox/scenarios").await.body["data"][0]["times_left"], 0);
    assert_eq!(processor.delete(&format!("/sandbox/scenarios/{id}")).await.body["removed"], 1);
    assert_eq!(processor.delete(&format!("/sandbox/scenarios/{id}")).await.status, 404);
    for wrong in [
        json!({}),
        json!({"match": "every"}),
        json!({"match": "every", "action": {"type": "explode"}}),
        json!({"match": "every", "action": {"type": "server_error", "status": 200}}),
        json!({"match": {"share": {"probability": 2.0, "seed": 1}}, "action": {"type": "rate_limit"}}),
        json!({"match": "every", "action": {"type": "rate_limit"}, "surprise": 1}),
    ] {
        let url = format!("{}/sandbox/scenarios", processor.url);
        let request = processor
            .request(reqwest::Method::POST, "/sandbox/scenarios")
            .bearer_auth(crate::support::SECRET);
        assert_eq!(Running::read(request.json(&wrong)).await.unwrap().status, 400, "{url} {wrong}");
    }
}
