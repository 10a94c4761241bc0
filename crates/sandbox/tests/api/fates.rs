//! Fates on order: what a test wants to become of a debit, for every code of both rails.

use serde_json::{Value, json};

use crate::support::{ACH, DAY_S, PAD, Running, SECRET};

async fn refused(processor: &Running, scenario: &Value) -> bool {
    let request = processor.request(reqwest::Method::POST, "/sandbox/scenarios").bearer_auth(SECRET);
    Running::read(request.json(scenario)).await.unwrap().status == 400
}

#[tokio::test]
async fn a_debit_fails_or_comes_back_with_every_code() {
    let processor = Running::start().await;
    let ach = processor.customer_with_account(ACH, "000123456789").await;
    let pad = processor.customer_with_account(PAD, "000123456789").await;
    let codes =
        (1..=85).map(|number| format!("R{number:02}")).chain((900..=990).map(|number| number.to_string()));
    for (position, code) in codes.enumerate() {
        let (customer, method) = if code.starts_with('R') { &ach } else { &pad };
        let outcome = if position % 2 == 0 { "fail" } else { "return" };
        let action =
            json!({"type": "debit", "outcome": outcome, "code": code, "settle_after_s": 1, "after_s": 1});
        processor.order(json!({"match": {"bank_account": method}, "action": action, "times": 1})).await;
        let consent: [(&str, &str); 1] = [("mandate_data[customer_acceptance][type]", "offline")];
        let debit = processor.debit(customer, method, &format!("with-{code}"), &consent).await;
        assert_eq!(debit.text("/status"), "processing", "{code}: {}", debit.body);
        processor.advance_s(2).await;
        let rows =
            processor.get(&format!("/sandbox/journal?after={}", processor_rows(&processor).await - 1)).await;
        let op = if outcome == "fail" { "fail" } else { "return" };
        assert_eq!((rows.text("/data/0/op"), rows.text("/data/0/code")), (op, code.as_str()));
        assert_eq!(rows.text("/data/0/metadata/attempt"), format!("with-{code}"));
    }
}

async fn processor_rows(processor: &Running) -> u64 {
    processor.get("/sandbox/journal?limit=1").await.body["last_seq"].as_u64().unwrap()
}

#[tokio::test]
async fn an_order_meets_the_next_debit_of_its_account_and_no_other() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with_account(ACH, "000123456789").await;
    let (other, other_method) = processor.customer_with_account(ACH, "000123450000").await;
    let view = processor.get(&format!("/v1/payment_methods/{method}")).await;
    for name in ["6789", method.as_str(), view.text("/us_bank_account/fingerprint")] {
        let action = json!({"type": "debit", "outcome": "fail", "code": "R01", "after_s": 10});
        processor.order(json!({"match": {"bank_account": name}, "action": action, "times": 1})).await;
        // Neither a call without a debit nor one that is refused uses it up.
        let unconfirmed =
            [("amount", "4200"), ("currency", "usd"), ("customer", &customer), ("payment_method", &method)];
        let unconfirmed = [&unconfirmed[..], &[("payment_method_types[0]", ACH)]].concat();
        processor.post("/v1/payment_intents", &unconfirmed).await.id();
        let wrong = Running::with(&unconfirmed, "amount", "1");
        assert_eq!(processor.post("/v1/payment_intents", &wrong).await.status, 400);
        let theirs = processor.debit(&other, &other_method, &format!("other-{name}"), &[]).await.id();
        let ours = processor.debit(&customer, &method, &format!("ours-{name}"), &[]).await.id();
        let next = processor.debit(&customer, &method, &format!("next-{name}"), &[]).await.id();
        processor.advance_s(10).await;
        for (id, status) in [(theirs, "processing"), (ours, "requires_payment_method"), (next, "processing")]
        {
            assert_eq!(
                processor.get(&format!("/v1/payment_intents/{id}")).await.text("/status"),
                status,
                "{name}"
            );
        }
    }
    // Two orders are for two debits, first come first served.
    for code in ["R02", "R03"] {
        let action = json!({"type": "debit", "outcome": "fail", "code": code, "after_s": 1});
        processor.order(json!({"match": {"bank_account": method}, "action": action, "times": 1})).await;
    }
    processor.debit(&customer, &method, "queue-1", &[]).await.id();
    processor.debit(&customer, &method, "queue-2", &[]).await.id();
    processor.advance_s(1).await;
    assert_eq!(
        processor.ops().await.iter().rev().take(2).collect::<Vec<_>>(),
        ["fail failed R03", "fail failed R02"]
    );
}

#[tokio::test]
async fn a_fate_is_fixed_when_the_debit_is_accepted() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with_account(PAD, "000123456789").await;
    let action =
        json!({"type": "debit", "outcome": "return", "code": "901", "settle_after_s": 100, "after_s": 50});
    let order = processor.order(json!({"match": "every", "action": action})).await;
    processor.debit(&customer, &method, "fixed", &[]).await.id();
    processor.delete(&format!("/sandbox/scenarios/{}", order.text("/id"))).await;
    let processor = processor.restart().await;
    processor.advance_s(149).await;
    assert_eq!(processor.ops().await, ["submit pending", "settle succeeded"]);
    processor.advance_s(1).await;
    assert_eq!(processor.ops().await.last().unwrap(), "return returned 901");
}

#[tokio::test]
async fn faults_of_calls_meet_debits_too() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with_account(ACH, "000123456789").await;
    let by_account = |action: Value| json!({"match": {"bank_account": "6789"}, "action": action, "times": 1});
    processor.order(by_account(json!({"type": "decline", "code": "insufficient_funds"}))).await;
    let refused = processor.debit(&customer, &method, "declined", &[]).await;
    assert_eq!(refused.error(), (402, "card_error", "card_declined", "insufficient_funds"));
    processor.order(by_account(json!({"type": "rate_limit"}))).await;
    assert_eq!(processor.debit(&customer, &method, "limited", &[]).await.status, 429);
    processor.order(by_account(json!({"type": "server_error", "when": "after"}))).await;
    assert_eq!(processor.debit(&customer, &method, "hidden", &[]).await.status, 500);
    let told = processor.debit(&customer, &method, "hidden", &[]).await;
    assert_eq!((told.text("/status"), told.header("idempotent-replayed")), ("processing", "true"));
    assert_eq!(processor.ops().await, ["submit pending"], "one debit was made");
}

#[tokio::test]
async fn orders_that_cannot_be_carried_out_are_refused() {
    let processor = Running::start().await;
    for action in [
        json!({"type": "debit"}),
        json!({"type": "debit", "outcome": "explode"}),
        json!({"type": "debit", "outcome": "fail"}),
        json!({"type": "debit", "outcome": "return"}),
        json!({"type": "debit", "outcome": "settle", "code": "R01"}),
        json!({"type": "debit", "outcome": "fail", "code": "R86"}),
        json!({"type": "debit", "outcome": "fail", "code": "899"}),
        json!({"type": "debit", "outcome": "settle", "after_s": -1}),
        json!({"type": "debit", "outcome": "return", "code": "R10", "after_s": 60 * DAY_S + 1}),
        json!({"type": "debit", "outcome": "return", "code": "915", "after_s": 90 * DAY_S + 1}),
        json!({"type": "debit", "outcome": "settle", "notice_of_change": {"last4": "12345"}}),
        json!({"type": "debit", "outcome": "settle", "surprise": 1}),
        json!({"type": "refund", "outcome": "fail", "reason": "mood"}),
    ] {
        assert!(refused(&processor, &json!({"match": "every", "action": action})).await, "{action}");
    }
    let (customer, method) = processor.customer_with_account(PAD, "000123456789").await;
    let action = json!({"type": "debit", "outcome": "fail", "code": "R01"});
    processor.order(json!({"match": "every", "action": action, "times": 1})).await;
    let debit = processor.debit(&customer, &method, "other-rail", &[]).await;
    assert!(debit.status == 400 && debit.text("/error/message").contains("R01"), "{}", debit.body);
    assert!(processor.journal().await.is_empty());
}
