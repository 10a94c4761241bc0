//! What is heard of a refund after it was accepted: that it arrives, that it fails, or nothing at all.

use std::time::Duration;

use paydesk_billing::app::record_outcome::Applied;
use paydesk_domain::attempt::ProcessorReference;
use paydesk_domain::refund::RefundEvent;
use serde_json::{Value, json};

use crate::refunds::{CARD, books, covered, history, paid, read_refund, refund, sums, topics};
use crate::support::{Engine, PROCESSOR_SECRET, Reply, Stack, on_both};

on_both! {
    a_pending_refund_arrives;
    a_pending_refund_of_which_nothing_is_heard_is_asked_about;
    a_refund_that_is_pending_for_a_month_reaches_a_human;
    a_failed_refund_puts_exactly_its_lines_back;
    what_was_paid_again_meanwhile_becomes_a_credit;
    news_of_a_refund_may_be_repeated_and_contradict;
}

/// Refunds of these fail three days after they succeeded, or are on their way for three days.
const REFUND_FAILS: &str = "4000000000005126";
const REFUND_PENDS: &str = "4000000000007726";

async fn a_pending_refund_arrives(engine: Engine) {
    let stack = Stack::start(engine).await;
    let paid = paid(&stack, REFUND_PENDS, &[6_250]).await;
    let pending = refund(&stack, &paid.payment, json!({"amount": 1_250})).await.expect(201);
    assert_eq!(pending.at("/status"), "pending");
    assert_eq!(stack.three_figures(&paid.invoice).await, (1_250, 0, 1_250));
    stack.pass(4).await;
    assert_eq!(read_refund(&stack, &pending.at("/id")).await["status"], "succeeded");
    assert_eq!(topics(&stack, &pending.at("/id")).await, ["refund.pending", "refund.succeeded"]);
    assert_eq!(history(&stack, &paid.payment).await, ["succeeded 6250", "refunded 1250"], "once");
    assert_eq!(stack.three_figures(&paid.invoice).await, (1_250, 0, 1_250));
}

/// How much is due when some time has passed, and done.
async fn done_after(stack: &Stack, passed_s: u64) -> usize {
    stack.clock.advance(Duration::from_secs(passed_s));
    stack.app.sweep().await.unwrap()
}

/// No webhook comes and nobody reads the processor's list of events. Positive control: leaving `pending` out of
/// `DUE_REFUNDS`, as it was, and it stays on its way for ever (tried).
async fn a_pending_refund_of_which_nothing_is_heard_is_asked_about(engine: Engine) {
    let stack = Stack::start(engine).await;
    let paid = paid(&stack, REFUND_PENDS, &[6_250]).await;
    let pending = refund(&stack, &paid.payment, json!({"amount": 1_250})).await.expect(201);
    let id = pending.at("/id");
    assert_eq!(pending.at("/status"), "pending");
    assert_eq!(done_after(&stack, 3_599).await, 0, "first after an hour");
    assert_eq!(done_after(&stack, 1).await, 1);
    assert_eq!(read_refund(&stack, &id).await, pending.json(), "it is still on its way");
    // A question that gets no answer, or finds no trace of what the processor has accepted, changes nothing.
    for action in [json!({"type": "server_error"}), json!({"type": "drop_answer"})] {
        let fault = json!({"match": "every", "on": ["refunds.list"], "action": action, "times": 1});
        stack.scenario(fault).await;
        assert_eq!(done_after(&stack, 86_399).await, 0, "then every day");
        assert_eq!(done_after(&stack, 1).await, 1);
        assert_eq!(read_refund(&stack, &id).await, pending.json());
    }
    let url = format!("{}/sandbox/clock", stack.processor);
    let request = stack.http.post(url).bearer_auth(PROCESSOR_SECRET);
    stack.send(request.json(&json!({"advance_s": 4 * 86_400}))).await.expect(200);
    assert_eq!(done_after(&stack, 86_400).await, 1);
    assert_eq!(read_refund(&stack, &id).await["status"], "succeeded");
    assert_eq!(topics(&stack, &id).await, ["refund.pending", "refund.succeeded"]);
    assert_eq!(history(&stack, &paid.payment).await, ["succeeded 6250", "refunded 1250"], "once");
    assert!(stack.action_items().await.is_empty());
    assert_eq!(done_after(&stack, 30 * 86_400).await, 0, "what is decided is not asked about");
}

async fn a_refund_that_is_pending_for_a_month_reaches_a_human(engine: Engine) {
    let stack = Stack::start(engine).await;
    let paid = paid(&stack, REFUND_PENDS, &[6_250]).await;
    let id = refund(&stack, &paid.payment, json!({})).await.expect(201).at("/id");
    for _ in 0..29 {
        assert_eq!(done_after(&stack, 86_400).await, 1);
    }
    assert!(stack.action_items().await.is_empty());
    assert_eq!(done_after(&stack, 86_400).await, 1);
    let items = stack.action_items().await;
    assert_eq!(
        (items.len(), &items[0]["kind"], &items[0]["subject"]),
        (1, &json!("refund_undecided"), &json!(id))
    );
    // Nobody is asked twice, and it goes on being asked about.
    assert_eq!(done_after(&stack, 86_400).await, 1);
    assert_eq!(stack.action_items().await.len(), 1);
    let url = format!("{}/sandbox/clock", stack.processor);
    let request = stack.http.post(url).bearer_auth(PROCESSOR_SECRET);
    stack.send(request.json(&json!({"advance_s": 4 * 86_400}))).await.expect(200);
    assert_eq!(done_after(&stack, 86_400).await, 1);
    assert_eq!(read_refund(&stack, &id).await["status"], "succeeded");
    assert!(stack.action_items().await.is_empty(), "the question is answered");
}

/// Positive control: putting a failed refund back by covering open lines from the top, as a payment does, covers other
/// lines than it was taken from (tried).
async fn a_failed_refund_puts_exactly_its_lines_back(engine: Engine) {
    let stack = Stack::start(engine).await;
    let paid = paid(&stack, REFUND_FAILS, &[3_000, 2_000, 1_000]).await;
    let line = |index: usize, amount: i64| json!({"item": paid.items[index], "amount": amount});
    let first = refund(&stack, &paid.payment, json!({"amount": 1_200})).await.expect(201);
    assert_eq!(first.at("/status"), "succeeded");
    let id = |reply: &Reply| reply.at("/id");
    stack
        .scenario(json!({"match": "every", "on": ["refunds.create"], "times": 1,
        "action": {"type": "refund", "outcome": "settle", "after_s": 86_400}}))
        .await;
    let kept = refund(&stack, &paid.payment, json!({"lines": [line(0, 500)]})).await.expect(201);
    assert_eq!(kept.at("/status"), "pending");
    assert_eq!(covered(&stack, &paid.invoice).await, [2_500, 1_800, 0]);
    stack.pass(4).await;
    let failed = read_refund(&stack, &id(&first)).await;
    assert_eq!((&failed["status"], &failed["code"]), (&json!("failed"), &json!("expired_or_canceled_card")));
    assert_eq!(failed["lines"], json!([line(1, 200), line(2, 1_000)]));
    assert!(failed["processor_reference"].is_string(), "it keeps the processor's name for it");
    assert_eq!(read_refund(&stack, &id(&kept)).await["status"], "succeeded");
    assert_eq!(covered(&stack, &paid.invoice).await, [2_500, 2_000, 1_000]);
    assert_eq!(
        history(&stack, &paid.payment).await,
        ["succeeded 6000", "refunded 1200", "refunded 500", "refund_failed 1200"]
    );
    let items = stack.action_items().await;
    assert_eq!(
        (items.len(), &items[0]["kind"], &items[0]["subject"], &items[0]["code"]),
        (1, &json!("refund_failed"), &json!(id(&first)), &json!("expired_or_canceled_card"))
    );
    assert_eq!(topics(&stack, &id(&first)).await, ["refund.succeeded", "refund.failed"]);
    assert_eq!(books(&stack).await, sums(&[("income", -6_000), ("processor", 5_500), ("receivable", 500)]));
    let payment = stack.read(&format!("/v1/payments/{}", paid.payment)).await.expect(200);
    assert_eq!((payment.at("/refunded"), payment.at("/reconciliation")), ("500".into(), "full".into()));
    // It can be tried again, and all that is left is there for it.
    refund(&stack, &paid.payment, json!({"amount": 5_501})).await.expect_problem(422, "refund_too_large");
    assert_eq!(refund(&stack, &paid.payment, json!({})).await.expect(201).at("/amount"), "5500");
}

/// Also the refund of what a payment left over.
async fn what_was_paid_again_meanwhile_becomes_a_credit(engine: Engine) {
    let stack = Stack::start(engine).await;
    let paid = paid(&stack, REFUND_FAILS, &[5_000, 1_250]).await;
    let first = refund(&stack, &paid.payment, json!({})).await.expect(201);
    let secret = stack.session(&paid.invoice).await;
    let body = stack.with_card(CARD, 6_250).await;
    stack.confirm(&secret, &body).await.expect(200);
    stack.pass(4).await;
    assert_eq!(read_refund(&stack, &first.at("/id")).await["status"], "failed");
    // Nothing is covered twice: the first payment is the payer's, and not matched.
    assert_eq!(covered(&stack, &paid.invoice).await, [5_000, 1_250]);
    let payment = stack.read(&format!("/v1/payments/{}", paid.payment)).await.expect(200);
    assert_eq!((payment.at("/refunded"), payment.at("/reconciliation")), ("0".into(), "none".into()));
    let paid_twice = sums(&[("credit", -6_250), ("income", -6_250), ("processor", 12_500)]);
    assert_eq!(books(&stack).await, paid_twice);
    // There is no line of it to choose, and what goes back comes from the credit.
    let chosen = json!({"lines": [{"item": paid.items[0], "amount": 1}]});
    refund(&stack, &paid.payment, chosen).await.expect_problem(400, "invalid_request");
    let back = refund(&stack, &paid.payment, json!({"amount": 6_000})).await.expect(201);
    assert_eq!((back.at("/status"), back.at("/lines")), ("succeeded".into(), "[]".into()));
    assert_eq!(stack.three_figures(&paid.invoice).await, (0, 0, 0));
    assert_eq!(books(&stack).await, sums(&[("credit", -250), ("income", -6_250), ("processor", 6_500)]));
    // And when that fails in turn, it is a credit again.
    stack.pass(4).await;
    assert_eq!(books(&stack).await, paid_twice);
    assert_eq!(covered(&stack, &paid.invoice).await, [5_000, 1_250]);
}

/// Positive control: following news whether it is known or not applies the first repetition, and fails here (tried).
async fn news_of_a_refund_may_be_repeated_and_contradict(engine: Engine) {
    let stack = Stack::start(engine).await;
    let paid = paid(&stack, CARD, &[5_000, 1_250]).await;
    let done = refund(&stack, &paid.payment, json!({"amount": 2_000})).await.expect(201);
    let (id, reference) = (done.at("/id"), done.at("/processor_reference"));
    let tenant = stack.app.store.organization(stack.organization.clone());
    let hear = async |event: RefundEvent| stack.app.apply_refund_report(&tenant, &id, event).await.unwrap();
    let named = |name: &str| ProcessorReference(name.to_owned());
    let accepted = RefundEvent::Accept(named(&reference));
    let succeeded = RefundEvent::Succeed(named(&reference));
    let failed = RefundEvent::Fail("lost_or_stolen_card".to_owned());
    for event in [&accepted, &succeeded] {
        assert_eq!(hear(event.clone()).await, Applied::Known);
    }
    assert_eq!(covered(&stack, &paid.invoice).await, [4_250, 0]);
    assert_eq!(hear(RefundEvent::Succeed(named("re_other"))).await, Applied::Contradiction);
    assert_eq!(covered(&stack, &paid.invoice).await, [4_250, 0]);
    assert_eq!(hear(failed.clone()).await, Applied::Changed);
    for event in [&failed, &succeeded, &accepted] {
        assert_eq!(hear(event.clone()).await, Applied::Known);
    }
    assert_eq!(covered(&stack, &paid.invoice).await, [5_000, 1_250]);
    assert_eq!(
        history(&stack, &paid.payment).await,
        ["succeeded 6250", "refunded 2000", "refund_failed 2000"]
    );
    let mut kinds: Vec<Value> = stack.action_items().await.iter().map(|item| item["kind"].clone()).collect();
    kinds.sort_by_key(Value::to_string);
    assert_eq!(kinds, ["contradiction", "refund_failed"]);
    assert_eq!(books(&stack).await, sums(&[("income", -6_250), ("processor", 6_250)]));
}
