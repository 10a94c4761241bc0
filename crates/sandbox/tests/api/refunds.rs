//! Refunds that take their time: to bank accounts, and to the cards that are known for it.

use serde_json::{Value, json};

use crate::support::{ACH, DAY_S, PAD, Running};

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_debit_is_given_back_after_it_settled_and_the_money_takes_days() {
    for kind in [ACH, PAD] {
        let processor = Running::start().await;
        let (customer, method) = processor.customer_with_account(kind, "000123456789").await;
        let debit = processor.debit(&customer, &method, "pay", &[]).await.id();
        let form = [("payment_intent", debit.as_str()), ("amount", "1200"), ("metadata[refund]", "r1")];
        let early = processor.post("/v1/refunds", &form).await;
        assert_eq!(early.error().2, "charge_not_refundable", "a debit on its way was given back");
        processor.advance_s(5 * DAY_S).await;
        let before = processor.last_event().await;
        let refund = processor.post_with("/v1/refunds", &form, &[("idempotency-key", "refund-1")]).await;
        assert_eq!((refund.text("/status"), refund.text("/pending_reason")), ("pending", "processing"));
        assert_eq!(
            processor
                .post("/v1/refunds", &[("payment_intent", debit.as_str()), ("amount", "3001")])
                .await
                .status,
            400
        );
        processor.advance_s(3 * DAY_S - 1).await;
        assert_eq!(
            processor.get(&format!("/v1/refunds/{}", refund.text("/id"))).await.text("/status"),
            "pending"
        );
        processor.advance_s(1).await;
        assert_eq!(
            processor.get(&format!("/v1/refunds/{}", refund.text("/id"))).await.text("/status"),
            "succeeded"
        );
        assert_eq!(
            kinds(&processor.events_after(&before).await),
            ["refund.created", "charge.refunded", "refund.updated"]
        );
        let journal = processor.journal().await;
        assert_eq!(processor.ops().await[2..], ["refund pending", "refund_settle succeeded"]);
        for row in &journal[2..] {
            assert_eq!((&row["amount"], &row["metadata"]["refund"]), (&1200.into(), &"r1".into()));
            assert_eq!(
                (row["refund"].as_str().unwrap(), &row["idempotency_key"]),
                (refund.text("/id"), &"refund-1".into())
            );
        }
    }
}

#[tokio::test]
async fn a_failed_refund_can_be_made_again() {
    for kind in [ACH, PAD] {
        let processor = Running::start().await;
        let (customer, method) = processor.customer_with_account(kind, "000999999992").await;
        let debit = processor.debit(&customer, &method, "pay", &[]).await.id();
        processor.advance_s(5 * DAY_S).await;
        let refund = processor.post("/v1/refunds", &[("payment_intent", &debit)]).await.id();
        let whole = processor.post("/v1/refunds", &[("payment_intent", &debit)]).await;
        assert_eq!(whole.error().2, "charge_already_refunded");
        let before = processor.last_event().await;
        processor.advance_s(3 * DAY_S).await;
        let failed = processor.get(&format!("/v1/refunds/{refund}")).await;
        assert_eq!((failed.text("/status"), failed.text("/failure_reason")), ("failed", "declined"));
        assert_eq!(kinds(&processor.events_after(&before).await), ["refund.updated", "refund.failed"]);
        let paid = processor.get(&format!("/v1/payment_intents/{debit}?expand[]=latest_charge")).await;
        assert_eq!(
            (paid.text("/status"), &paid.body["latest_charge"]["amount_refunded"]),
            ("succeeded", &0.into())
        );
        assert_eq!(
            processor.post("/v1/refunds", &[("payment_intent", &debit)]).await.text("/status"),
            "pending"
        );
        assert_eq!(processor.ops().await[2..], ["refund pending", "refund_fail failed", "refund pending"]);
    }
}

#[tokio::test]
async fn cards_that_are_known_for_it_are_given_back_late_or_not_at_all() {
    let processor = Running::start().await;
    let (customer, late) = processor.customer_with("4000000000007726").await;
    let late = processor.charge(&customer, &late, "late").await.id();
    let (customer, fails) = processor.customer_with("4000000000005126").await;
    let fails = processor.charge(&customer, &fails, "fails").await.id();
    let late = processor.post("/v1/refunds", &[("payment_intent", &late)]).await;
    let fails = processor.post("/v1/refunds", &[("payment_intent", &fails)]).await;
    assert_eq!((late.text("/status"), fails.text("/status")), ("pending", "succeeded"));
    processor.advance_s(3 * DAY_S).await;
    let status = |id: String| {
        let processor = &processor;
        async move {
            let refund = processor.get(&format!("/v1/refunds/{id}")).await;
            (refund.text("/status").to_owned(), refund.text("/failure_reason").to_owned())
        }
    };
    assert_eq!(status(late.id()).await, ("succeeded".to_owned(), String::new()));
    assert_eq!(status(fails.id()).await, ("failed".to_owned(), "expired_or_canceled_card".to_owned()));
    let ops = ["charge succeeded", "charge succeeded", "refund pending", "refund succeeded"];
    assert_eq!(processor.ops().await[..4], ops);
    assert_eq!(processor.ops().await[4..], ["refund_settle succeeded", "refund_fail failed"]);
    for name in ["pm_card_pendingRefund", "pm_card_refundFail"] {
        let form = [("amount", "900"), ("currency", "cad"), ("payment_method", name), ("confirm", "true")];
        assert_eq!(processor.post("/v1/payment_intents", &form).await.text("/status"), "succeeded", "{name}");
    }
}

#[tokio::test]
async fn a_refund_fails_on_order() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with("4242424242424242").await;
    let paid = processor.charge(&customer, &method, "pay").await.id();
    let action = json!({"type": "refund", "outcome": "fail", "reason": "insufficient_funds", "after_s": 60});
    processor.order(json!({"match": {"card": "4242"}, "action": action, "times": 1})).await;
    let refund = processor.post("/v1/refunds", &[("payment_intent", &paid), ("amount", "100")]).await;
    assert_eq!(refund.text("/status"), "pending");
    let other = processor.post("/v1/refunds", &[("payment_intent", &paid), ("amount", "100")]).await;
    assert_eq!(other.text("/status"), "succeeded", "the order was for one refund");
    processor.advance_s(60).await;
    let failed = processor.get(&format!("/v1/refunds/{}", refund.text("/id"))).await;
    assert_eq!((failed.text("/status"), failed.text("/failure_reason")), ("failed", "insufficient_funds"));
}
