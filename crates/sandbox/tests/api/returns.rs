//! Settled debits that come back, days or months later, and accounts that a bank corrects.

use serde_json::json;

use crate::support::{ACH, DAY_S, PAD, Running};

#[tokio::test]
async fn a_settled_debit_comes_back_on_its_day_and_not_before() {
    for (kind, code, days, reason) in [
        (ACH, "R01", 1, "insufficient_funds"),
        (ACH, "R02", 2, "incorrect_account_details"),
        (ACH, "R16", 2, "bank_cannot_process"),
        (ACH, "R10", 59, "debit_not_authorized"),
        (ACH, "R11", 60, "debit_not_authorized"),
        (PAD, "901", 1, "insufficient_funds"),
        (PAD, "915", 90, "debit_not_authorized"),
    ] {
        let processor = Running::start().await;
        let (customer, method) = processor.customer_with_account(kind, "000123456789").await;
        let action = json!({"type": "debit", "outcome": "return", "code": code, "after_s": days * DAY_S});
        let order = json!({"match": {"bank_account": method}, "action": action, "times": 1});
        processor.order(order).await;
        let debit = processor.debit(&customer, &method, "comes-back", &[]).await;
        let settle_days = if kind == ACH { 4 } else { 5 };
        processor.advance_s((settle_days + days) * DAY_S - 1).await;
        assert_eq!(processor.ops().await, ["submit pending", "settle succeeded"], "{kind} {code} came early");
        let before = processor.last_event().await;
        processor.advance_s(1).await;
        assert_eq!(processor.ops().await.last().unwrap(), &format!("return returned {code}"));

        let charge = processor.get(&format!("/v1/charges/{}", debit.text("/latest_charge"))).await;
        assert_eq!((&charge.body["disputed"], charge.text("/status")), (&true.into(), "succeeded"));
        let list = processor.get(&format!("/v1/disputes?payment_intent={}", debit.text("/id"))).await;
        let dispute = processor.get(&format!("/v1/disputes/{}", list.text("/data/0/id"))).await;
        assert_eq!(
            [dispute.text("/reason"), dispute.text("/network_reason_code"), dispute.text("/status")],
            [reason, code, "lost"]
        );
        assert_eq!((dispute.text("/charge"), &dispute.body["amount"]), (charge.text("/id"), &4200.into()));
        let events = processor.events_after(&before).await;
        let told: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
        let expected = ["charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.closed"];
        assert!(told.ends_with(&expected), "{told:?}");
        assert_eq!(told.contains(&"mandate.updated"), ["R10", "915"].contains(&code), "{told:?}");
        let refund = processor.post("/v1/refunds", &[("charge", charge.text("/id"))]).await;
        assert_eq!(refund.error().2, "charge_disputed");
        processor.advance_s(400 * DAY_S).await;
        assert_eq!(processor.ops().await.len(), 3, "{kind} {code} came back twice");
    }
}

#[tokio::test]
async fn the_account_that_disputes_does_so_a_day_after_it_settled() {
    for (kind, code) in [(ACH, "R10"), (PAD, "915")] {
        let processor = Running::start().await;
        let (customer, method) = processor.customer_with_account(kind, "000555555559").await;
        processor.debit(&customer, &method, "disputed", &[]).await.id();
        processor.advance_s(30 * DAY_S).await;
        let expected =
            ["submit pending".to_owned(), "settle succeeded".to_owned(), format!("return returned {code}")];
        assert_eq!(processor.ops().await, expected);
    }
}

#[tokio::test]
async fn a_refund_on_its_way_does_not_leave_when_the_debit_comes_back() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with_account(ACH, "000123456789").await;
    let action =
        json!({"type": "debit", "outcome": "return", "code": "R10", "settle_after_s": 0, "after_s": 100});
    processor.order(json!({"match": "every", "action": action, "times": 1})).await;
    let debit = processor.debit(&customer, &method, "both", &[]).await.id();
    let refund = processor.post("/v1/refunds", &[("payment_intent", &debit), ("amount", "1000")]).await;
    assert_eq!(refund.text("/status"), "pending", "{}", refund.body);
    processor.advance_s(30 * DAY_S).await;
    let ops =
        ["submit pending", "settle succeeded", "refund pending", "refund_fail failed", "return returned R10"];
    assert_eq!(processor.ops().await, ops);
    let refund = processor.get(&format!("/v1/refunds/{}", refund.text("/id"))).await;
    assert_eq!(refund.text("/failure_reason"), "charge_for_pending_refund_disputed");
}

#[tokio::test]
async fn a_bank_corrects_an_account_when_a_debit_settles() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with_account(ACH, "000999999993").await;
    let path = format!("/v1/payment_methods/{method}");
    let before = processor.get(&path).await;
    assert_eq!(before.text("/us_bank_account/last4"), "9993");
    processor.debit(&customer, &method, "corrected", &[]).await.id();
    processor.advance_s(4 * DAY_S).await;
    let after = processor.get(&path).await;
    assert_eq!(after.text("/us_bank_account/last4"), "6789");
    assert_ne!(after.text("/us_bank_account/fingerprint"), before.text("/us_bank_account/fingerprint"));
    let events = processor.get("/v1/events?type=payment_method.automatically_updated").await;
    assert_eq!(events.body["data"][0]["data"]["object"], after.body);

    let change = json!({"routing_number": "021000021"});
    let action = json!({"type": "debit", "outcome": "settle", "after_s": 5, "notice_of_change": change});
    processor.order(json!({"match": {"bank_account": "6789"}, "action": action, "times": 1})).await;
    processor.debit(&customer, &method, "moved", &[]).await.id();
    processor.advance_s(5).await;
    let moved = processor.get(&path).await;
    assert_eq!(
        (moved.text("/us_bank_account/routing_number"), moved.text("/us_bank_account/last4")),
        ("021000021", "6789")
    );
    // The number in the vault goes with it: the account can be debited still.
    let debit = processor.debit(&customer, &method, "still", &[]).await;
    assert_eq!(debit.text("/status"), "processing", "{}", debit.body);
}
