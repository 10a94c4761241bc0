//! A charge that the processor will not undo any more is given back instead: once, whatever dies between the two.

use std::sync::Arc;
use std::time::Duration;

use paydesk_billing::app::App;
use paydesk_billing::app::create_refund::RefundOrder;
use paydesk_billing::app::record_outcome::Applied;
use paydesk_billing::ports::processor::{FoundRefund, ProcessorError, RefundOutcome};
use paydesk_billing::wire::{NewRefund, NewRefundLine, RefundView};
use paydesk_domain::attempt::ProcessorReference;
use paydesk_domain::refund::{RefundEvent, RefundKind};
use serde_json::json;

use crate::debit_refunds::Undoing;
use crate::refunds::{Paid, books, covered, history, paid, read_refund, refunds_at_processor, sums, topics};
use crate::support::{Engine, Stack, fresh, on_both};

on_both! {
    a_void_that_comes_too_late_goes_on_as_a_refund;
    that_it_came_too_late_may_be_learnt_by_a_look_up;
    what_dies_between_the_two_is_found_and_sent_once;
    a_void_that_is_refused_otherwise_does_not_go_on;
}

const CARD: &str = "4242424242424242";

fn too_late() -> RefundOutcome {
    RefundOutcome::TooLate("batch_closed".to_owned())
}

/// The same application at a processor that can undo charges, and answers so when it is asked to.
fn app_at(stack: &Stack, app: &App, undo: Result<RefundOutcome, ProcessorError>) -> (App, Arc<Undoing>) {
    let found = FoundRefund::Outcome(too_late());
    let undoing = Undoing { undo: Some(undo).into(), found, ..Undoing::before(stack.app.processor.clone()) };
    let undoing = Arc::new(undoing);
    (App { processor: undoing.clone(), ..app.clone() }, undoing)
}

/// Orders all of a payment back, of its lines as they are.
async fn order(app: &App, stack: &Stack, paid: &Paid, amounts: &[i64], key: &str) -> RefundView {
    let tenant = app.store.organization(stack.organization.clone());
    let line = |(item, amount): (&String, &i64)| NewRefundLine { item: item.clone(), amount: *amount };
    let lines = paid.items.iter().zip(amounts).map(line).collect();
    let new = NewRefund { amount: None, reason: Some("Ordered twice".to_owned()), lines };
    let order = RefundOrder {
        key: key.to_owned(),
        request_hash: "the same".to_owned(),
        payment: paid.payment.clone(),
        new,
    };
    app.create_refund(&tenant, order).await.unwrap()
}

/// Everything that must be true of a void and of the refund that went on with it.
async fn gone_back_once(stack: &Stack, paid: &Paid, void: &str) {
    let void = read_refund(stack, void).await;
    assert_eq!(
        (&void["kind"], &void["status"], &void["code"], &void["continues"]),
        (&json!("void"), &json!("refused"), &json!("batch_closed"), &json!(null))
    );
    let next = void["continued_by"].as_str().unwrap().to_owned();
    let refund = read_refund(stack, &next).await;
    assert_eq!(
        (&refund["kind"], &refund["status"], &refund["continues"], &refund["continued_by"]),
        (&json!("refund"), &json!("succeeded"), &void["id"], &json!(null))
    );
    for field in ["payment", "account", "invoice", "amount", "currency", "reason", "lines"] {
        assert_eq!(refund[field], void[field], "{field}");
    }
    let key = format!("{next}.refund");
    assert_eq!(refunds_at_processor(stack).await, [("refund".to_owned(), 6_250, next.clone(), key)]);
    assert_eq!(covered(stack, &paid.invoice).await, [0, 0]);
    assert_eq!(history(stack, &paid.payment).await, ["succeeded 6250", "refunded 6250"]);
    assert_eq!(books(stack).await, sums(&[("income", -6_250), ("receivable", 6_250)]));
    assert_eq!(topics(stack, void["id"].as_str().unwrap()).await, ["refund.failed"]);
    assert_eq!(topics(stack, &next).await, ["refund.succeeded"]);
    assert!(stack.action_items().await.is_empty(), "nothing is left to do for anybody");
}

/// Positive control: without `continuation` the money stays, and somebody must see to it (as it was; found so).
async fn a_void_that_comes_too_late_goes_on_as_a_refund(engine: Engine) {
    let stack = Stack::start(engine).await;
    let paid = paid(&stack, CARD, &[5_000, 1_250]).await;
    let (app, undoing) = app_at(&stack, &stack.app, Ok(too_late()));
    let key = fresh("k-");
    let done = order(&app, &stack, &paid, &[5_000, 1_250], &key).await;
    assert_eq!(read_refund(&stack, &done.id).await, json!(done));
    gone_back_once(&stack, &paid, &done.id).await;
    // The same key is the same order, and nothing more is sent.
    assert_eq!(json!(order(&app, &stack, &paid, &[5_000, 1_250], &key).await), json!(done));
    while app.sweep().await.unwrap() > 0 {}
    assert_eq!(*undoing.asked.lock().unwrap(), [RefundKind::Void, RefundKind::Refund]);
    gone_back_once(&stack, &paid, &done.id).await;
}

async fn that_it_came_too_late_may_be_learnt_by_a_look_up(engine: Engine) {
    let stack = Stack::start(engine).await;
    let paid = paid(&stack, CARD, &[5_000, 1_250]).await;
    let lost = ProcessorError::Unknown("lost".to_owned());
    let (app, undoing) = app_at(&stack, &stack.app, Err(lost));
    let doubted = order(&app, &stack, &paid, &[5_000, 1_250], &fresh("k-")).await;
    assert_eq!((doubted.status.as_str(), doubted.continued_by), ("in_doubt", None));
    assert!(refunds_at_processor(&stack).await.is_empty(), "it may have been undone");
    stack.clock.advance(Duration::from_secs(30));
    while app.sweep().await.unwrap() > 0 {}
    gone_back_once(&stack, &paid, &doubted.id).await;
    assert_eq!(*undoing.asked.lock().unwrap(), [RefundKind::Void, RefundKind::Refund]);
}

/// Whoever hears that it came too late dies before the refund is sent. Positive control: writing the refund in a
/// transaction after that of the refusal, which is not reached, leaves nothing to be found (tried).
async fn what_dies_between_the_two_is_found_and_sent_once(engine: Engine) {
    let stack = Stack::start(engine).await;
    let paid = paid(&stack, CARD, &[5_000, 1_250]).await;
    let lost = ProcessorError::Unknown("lost".to_owned());
    let (dies, _) = app_at(&stack, &stack.app, Err(lost.clone()));
    let id = order(&dies, &stack, &paid, &[5_000, 1_250], &fresh("k-")).await.id;
    let tenant = stack.app.store.organization(stack.organization.clone());
    let late = RefundEvent::RefuseAsTooLate("batch_closed".to_owned());
    assert_eq!(dies.apply_refund_report(&tenant, &id, late.clone()).await.unwrap(), Applied::Changed);
    let next = read_refund(&stack, &id).await["continued_by"].as_str().unwrap().to_owned();
    assert_eq!(read_refund(&stack, &next).await["status"], "created");
    assert!(refunds_at_processor(&stack).await.is_empty());
    // Its amount and its lines are taken all the same.
    let path = format!("/v1/payments/{}/refunds", paid.payment);
    stack.write(&path, json!({"amount": 1})).await.expect_problem(422, "refund_too_large");
    let (other, _) = stack.second_process().await;
    let (other, undoing) = app_at(&stack, &other, Err(lost));
    while other.sweep().await.unwrap() > 0 {}
    gone_back_once(&stack, &paid, &id).await;
    // The same news again makes no other refund, and that it was undone after all is for a human.
    assert_eq!(other.apply_refund_report(&tenant, &id, late).await.unwrap(), Applied::Known);
    while other.sweep().await.unwrap() > 0 {}
    gone_back_once(&stack, &paid, &id).await;
    let undone = RefundEvent::Succeed(ProcessorReference("pi_1".to_owned()));
    assert_eq!(other.apply_refund_report(&tenant, &id, undone).await.unwrap(), Applied::Contradiction);
    assert_eq!(stack.action_items().await[0]["kind"], "contradiction");
    assert_eq!(*undoing.asked.lock().unwrap(), [RefundKind::Refund]);
}

/// Positive control: going on after any refusal gives it back here (tried).
async fn a_void_that_is_refused_otherwise_does_not_go_on(engine: Engine) {
    let stack = Stack::start(engine).await;
    let paid = paid(&stack, CARD, &[5_000, 1_250]).await;
    let (app, undoing) = app_at(&stack, &stack.app, Ok(RefundOutcome::Refused("under_dispute".to_owned())));
    let refused = order(&app, &stack, &paid, &[5_000, 1_250], &fresh("k-")).await;
    while app.sweep().await.unwrap() > 0 {}
    assert_eq!(
        (refused.status.as_str(), refused.code.as_deref(), refused.continued_by),
        ("refused", Some("under_dispute"), None)
    );
    assert_eq!(*undoing.asked.lock().unwrap(), [RefundKind::Void]);
    assert_eq!(covered(&stack, &paid.invoice).await, [5_000, 1_250]);
    assert_eq!(stack.action_items().await[0]["kind"], "refund_failed");
}
