//! Debits: on their way, settled, failed, taken back; what is told of each, in which order.

use serde_json::Value;

use crate::support::{ACH, CONSENT, DAY_S, PAD, Running};

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_debit_is_on_its_way_for_days_and_settles_once() {
    for (kind, days) in [(ACH, 4), (PAD, 5)] {
        let processor = Running::start().await;
        let (customer, method) = processor.customer_with_account(kind, "000123456789").await;
        let before = processor.last_event().await;
        let debit = processor.debit(&customer, &method, "first", &[]).await;
        let id = debit.id();
        assert_eq!((debit.text("/status"), &debit.body["amount_received"]), ("processing", &0.into()));
        let events = processor.events_after(&before).await;
        assert_eq!(kinds(&events), ["payment_intent.created", "charge.pending", "payment_intent.processing"]);
        let charge = processor.get(&format!("/v1/charges/{}", debit.text("/latest_charge"))).await;
        assert_eq!((charge.text("/status"), &charge.body["paid"]), ("pending", &false.into()));
        assert_eq!(charge.text("/payment_method_details/type"), kind);
        assert_eq!(charge.text(&format!("/payment_method_details/{kind}/last4")), "6789");
        let mandate = charge.text(&format!("/payment_method_details/{kind}/mandate")).to_owned();
        assert_eq!(processor.get(&format!("/v1/mandates/{mandate}")).await.text("/status"), "active");

        let before = processor.last_event().await;
        processor.advance_s(days * DAY_S - 1).await;
        assert_eq!(processor.ops().await, ["submit pending"], "{kind} settled early");
        assert_eq!(processor.advance_s(1).await.body["done"], 1);
        let events = processor.events_after(&before).await;
        assert_eq!(kinds(&events), ["charge.succeeded", "payment_intent.succeeded", "charge.updated"]);
        assert!(events.iter().all(|event| event["request"]["id"].is_null()), "nobody asked");
        let paid = processor.get(&format!("/v1/payment_intents/{id}?expand[]=latest_charge")).await;
        assert_eq!((paid.text("/status"), &paid.body["amount_received"]), ("succeeded", &4200.into()));
        assert_eq!(
            (paid.text("/latest_charge/status"), &paid.body["latest_charge"]["paid"]),
            ("succeeded", &true.into())
        );

        processor.advance_s(400 * DAY_S).await;
        assert_eq!(processor.ops().await, ["submit pending", "settle succeeded"]);
        for row in processor.journal().await {
            assert_eq!((&row["payment_intent"], &row["amount"]), (&id.as_str().into(), &4200.into()));
            assert_eq!(
                (&row["metadata"]["attempt"], &row["idempotency_key"]),
                (&"first".into(), &"first".into())
            );
        }
    }
}

/// Every test account: the code of its failure, the reason in the dialect's words, the bank's code.
#[tokio::test]
async fn test_accounts_fail_as_they_are_known_to() {
    for (kind, number, code, decline_code, network_code) in [
        (ACH, "000222222227", "insufficient_funds", "insufficient_funds", "R01"),
        (ACH, "000111111113", "account_closed", "bank_account_closed", "R02"),
        (ACH, "000111111116", "no_account", "bank_account_invalid_details", "R03"),
        (ACH, "000333333335", "debit_not_authorized", "debit_not_authorized", "R10"),
        (ACH, "000444444440", "payment_method_provider_decline", "invalid_currency", ""),
        (PAD, "000222222227", "insufficient_funds", "insufficient_funds", "901"),
        (PAD, "900222222227", "insufficient_funds", "insufficient_funds", "901"),
        (PAD, "000111111113", "account_closed", "bank_account_closed", "905"),
        (PAD, "000111111116", "no_account", "bank_account_invalid_details", "902"),
        (PAD, "000333333335", "debit_not_authorized", "debit_not_authorized", "915"),
        (PAD, "000444444440", "payment_method_provider_decline", "invalid_currency", "909"),
    ] {
        let processor = Running::start().await;
        let (customer, method) = processor.customer_with_account(kind, number).await;
        let debit = processor.debit(&customer, &method, "fails", &[]).await;
        assert_eq!(debit.text("/status"), "processing", "{kind} {number}");
        let before = processor.last_event().await;
        processor.advance_s(5 * DAY_S + 180).await;
        let failed = processor.get(&format!("/v1/payment_intents/{}", debit.text("/id"))).await;
        assert_eq!(failed.text("/status"), "requires_payment_method", "{kind} {number}");
        let error = |field: &str| failed.text(&format!("/last_payment_error/{field}")).to_owned();
        assert_eq!(
            [error("type"), error("code"), error("decline_code"), error("network_decline_code")],
            ["card_error", code, decline_code, network_code],
            "{kind} {number}"
        );
        assert_eq!(error("payment_method/id"), method);
        let charge = processor.get(&format!("/v1/charges/{}", error("charge"))).await;
        assert_eq!(
            [
                charge.text("/status"),
                charge.text("/failure_code"),
                charge.text("/outcome/network_decline_code")
            ],
            ["failed", code, network_code]
        );
        let events = processor.events_after(&before).await;
        let told = kinds(&events);
        assert!(told.ends_with(&["charge.failed", "payment_intent.payment_failed"]), "{told:?}");
        assert_eq!(told.contains(&"mandate.updated"), code == "debit_not_authorized", "{told:?}");
        let ops = processor.ops().await;
        assert_eq!(
            ops,
            ["submit pending".to_owned(), format!("fail failed {network_code}").trim().to_owned()]
        );
        // The consent that is over covers no further debit.
        let again = processor.debit(&customer, &method, "again", &[]).await;
        let expected = if code == "debit_not_authorized" { 400 } else { 200 };
        assert_eq!(again.status, expected, "{kind} {number}");
    }
}

#[tokio::test]
async fn some_accounts_take_longer_or_for_ever_or_never_begin() {
    let processor = Running::start().await;
    let (customer, late) = processor.customer_with_account(PAD, "900123456789").await;
    let (quiet_customer, quiet) = processor.customer_with_account(ACH, "000000000009").await;
    processor.debit(&customer, &late, "late", &[]).await.id();
    let stays = processor.debit(&quiet_customer, &quiet, "stays", &[]).await.id();
    processor.advance_s(5 * DAY_S + 179).await;
    assert_eq!(processor.ops().await, ["submit pending", "submit pending"]);
    processor.advance_s(1).await;
    assert_eq!(processor.ops().await, ["submit pending", "submit pending", "settle succeeded"]);
    processor.advance_s(400 * DAY_S).await;
    assert_eq!(processor.get(&format!("/v1/payment_intents/{stays}")).await.text("/status"), "processing");

    for (kind, number, code) in [
        (ACH, "000777777771", "charge_exceeds_source_limit"),
        (PAD, "000777777771", "charge_exceeds_source_limit"),
        (PAD, "000888888881", "charge_exceeds_transaction_limit"),
    ] {
        let (customer, method) = processor.customer_with_account(kind, number).await;
        let refused = processor.debit(&customer, &method, &format!("{kind}-{number}"), &[]).await;
        assert_eq!(refused.error(), (402, "card_error", code, ""), "{kind} {number}");
        assert_eq!(refused.text("/error/payment_intent/status"), "requires_payment_method");
    }
    assert_eq!(processor.ops().await.len(), 3, "a refusal at once moved money");
}

/// Seen to fail when the agenda keeps what was to become of a debit that was taken back, and `settle` does not
/// look at what has become of its charge.
#[tokio::test]
async fn a_debit_can_be_taken_back_for_a_day() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with_account(ACH, "000555555559").await;
    let debit = processor.debit(&customer, &method, "back", &[]).await.id();
    let path = format!("/v1/payment_intents/{debit}/cancel");
    processor.advance_s(DAY_S - 1).await;
    let before = processor.last_event().await;
    let canceled = processor.post(&path, &[("cancellation_reason", "requested_by_customer")]).await;
    assert_eq!(canceled.text("/status"), "canceled");
    assert_eq!(kinds(&processor.events_after(&before).await), ["charge.updated", "payment_intent.canceled"]);
    assert_eq!(processor.post(&path, &[]).await.error().2, "payment_intent_unexpected_state");
    processor.advance_s(100 * DAY_S).await;
    assert_eq!(processor.ops().await, ["submit pending", "cancel succeeded"], "a canceled debit settled");

    let debit = processor.debit(&customer, &method, "sent", &[]).await.id();
    processor.advance_s(DAY_S).await;
    let refused = processor.post(&format!("/v1/payment_intents/{debit}/cancel"), &[]).await;
    assert_eq!(refused.error().2, "payment_intent_unexpected_state");
    processor.advance_s(3 * DAY_S).await;
    assert_eq!(processor.ops().await.last().unwrap(), "settle succeeded");
    let refused = processor.post(&format!("/v1/payment_intents/{debit}/cancel"), &[]).await;
    assert_eq!(refused.error().2, "payment_intent_unexpected_state");
}

#[tokio::test]
async fn a_debit_needs_its_type_and_its_currency() {
    let processor = Running::start().await;
    let (customer, us) = processor.customer_with_account(ACH, "000123456789").await;
    let base = [
        ("amount", "4200"),
        ("currency", "usd"),
        ("customer", customer.as_str()),
        ("payment_method", us.as_str()),
        ("confirm", "true"),
    ];
    let cards = processor.post("/v1/payment_intents", &base).await;
    assert_eq!(cards.error().2, "payment_intent_incompatible_payment_method");
    let typed = Running::with(&base, "payment_method_types[0]", ACH);
    let canadian = Running::with(&typed, "currency", "cad");
    assert_eq!(
        processor.post("/v1/payment_intents", &canadian).await.error().2,
        "payment_intent_invalid_parameter"
    );
    let manual = Running::with(&typed, "capture_method", "manual");
    assert_eq!(processor.post("/v1/payment_intents", &manual).await.text("/error/param"), "capture_method");
    let unknown = Running::with(&base, "payment_method_types[0]", "sepa_debit");
    assert_eq!(
        processor.post("/v1/payment_intents", &unknown).await.text("/error/param"),
        "payment_method_types"
    );
    assert!(processor.journal().await.is_empty());
    let automatic = Running::with(&base, "automatic_payment_methods[enabled]", "true");
    let automatic = processor.post("/v1/payment_intents", &automatic).await;
    assert_eq!(automatic.text("/status"), "processing", "{}", automatic.body);
    let (customer, pad) = processor.customer_with_account(PAD, "000123456789").await;
    let in_dollars =
        [("currency", "usd"), ("customer", &customer), ("payment_method", &pad), ("amount", "900")];
    let in_dollars = [&in_dollars[..], &[("payment_method_types[]", PAD), ("confirm", "true")]].concat();
    assert_eq!(processor.post("/v1/payment_intents", &in_dollars).await.text("/status"), "processing");
}

#[tokio::test]
async fn short_names_are_debited_without_being_made() {
    let processor = Running::start().await;
    for (name, kind, currency, end) in [
        ("pm_usBankAccount_success", ACH, "usd", "settle succeeded"),
        ("pm_usBankAccount_accountClosed", ACH, "usd", "fail failed R02"),
        ("pm_acssDebit_insufficientFunds", PAD, "cad", "fail failed 901"),
    ] {
        let form = [
            ("amount", "4200"),
            ("currency", currency),
            ("payment_method", name),
            ("payment_method_types[0]", kind),
            ("confirm", "true"),
        ];
        let debit = processor.post("/v1/payment_intents", &[&form[..], &CONSENT].concat()).await;
        assert_eq!(debit.text("/status"), "processing", "{name} {}", debit.body);
        processor.advance_s(5 * DAY_S).await;
        assert_eq!(processor.ops().await.last().unwrap(), end, "{name}");
    }
}

#[tokio::test]
async fn what_was_missed_is_read_from_the_events() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with_account(ACH, "000555555559").await;
    let debit = processor.debit(&customer, &method, "poll", &[]).await.id();
    let began = processor.get("/sandbox/clock").await.body["now_s"].as_i64().unwrap();
    processor.advance_s(30 * DAY_S).await;
    // What was due is dated to when it was due: the poller finds it after what it had seen.
    let settled = began + 4 * DAY_S;
    let from = format!(
        "/v1/events?created[gte]={settled}&types[]=payment_intent.succeeded&types[]=charge.dispute.created"
    );
    let found = processor.get(&from).await;
    let created: Vec<_> = found.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["created"].as_i64().unwrap())
        .collect();
    assert_eq!(created, [settled + DAY_S, settled]);
    let later = processor.get(&format!("/v1/events?created[gt]={}", settled + DAY_S)).await;
    assert_eq!(later.body["data"], serde_json::json!([]));
    let listed = processor.get(&format!("/v1/payment_intents?customer={customer}")).await;
    assert_eq!(listed.text("/data/0/id"), debit);
    let query = "/v1/payment_intents/search?query=metadata%5B'attempt'%5D:'poll'%20AND%20status:'succeeded'";
    assert_eq!(processor.get(query).await.text("/data/0/id"), debit);
}
