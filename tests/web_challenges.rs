//! The payer's bank asks who they are: in a real browser against scripted servers.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod web_support;

use paydesk::state::HostEvent;
use paydesk::view::Command;
use serde_json::{Value, json};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_support::*;

wasm_bindgen_test_configure!(run_in_browser);

const CONFIRM: &str = "/v1/checkout/confirm";
const STATUS: &str = "/v1/checkout/status";
const CANCEL: &str = "/v1/checkout/attempt/cancel";

fn challenged() -> Value {
    attempt(document!("attempt_challenged"))
}

fn status(attempt: &Value) -> Value {
    let session = if attempt["status"] == "requires_action" { "processing" } else { "open" };
    json!({"session_status": session, "attempt": attempt})
}

fn abandoned() -> Value {
    let mut told = attempt(document!("attempt_declined"));
    told["decline"] = json!({
        "code": "authentication_abandoned", "category": "authentication_abandoned", "retryable": true
    });
    told
}

/// A new card is typed and paid with, and its bank asks.
async fn asked(more: Value) -> Page {
    let mut answers = json!([
        opens(),
        {"path": "/v1/tokens", "body": {"id": "tok_1"}, "again": true},
        {"path": CONFIRM, "body": challenged()}
    ]);
    answers.as_array_mut().unwrap().extend(more.as_array().unwrap().iter().cloned());
    let page = Page::with_form(answers).await;
    fill_form();
    click("#pay");
    until("the bank's page", || has("[role=dialog] iframe")).await;
    settle().await;
    page
}

#[wasm_bindgen_test]
async fn a_hint_asks_the_server_at_once_and_the_result_shows() {
    let mut page = asked(json!([
        {"path": STATUS, "body": status(&challenged())},
        {"path": STATUS, "body": status(&attempt(document!("attempt_succeeded")))}
    ]))
    .await;
    assert_eq!(focused(), "challenge");
    assert!(has("form[hidden]") && shown("number") == "4242 4242 4242 4242");
    let frame = find("iframe");
    page.command(Command::Look);
    until("the question", || sent(STATUS).len() == 1).await;
    settle().await;
    assert!(js_sys::Object::is(&frame, &find("iframe")), "not decided: the page stays as it is");
    assert!(!page.events().iter().any(|event| !matches!(event, HostEvent::Ready | HostEvent::Change { .. })));
    page.command(Command::Look);
    until("the payment", || has(".result.good") && focused() == "result").await;
    assert!(!has("iframe") && matches!(page.events().last(), Some(HostEvent::Paid { .. })));
    assert_eq!(sent(CONFIRM).len(), 1);
}

/// Positive control: without `take_turn` in `flow::submit`, the second try is sent once more while it is on its way.
#[wasm_bindgen_test]
async fn what_is_called_off_can_be_tried_again_and_nobody_disturbs_it() {
    let page = asked(json!([
        {"path": CANCEL, "body": abandoned(), "after_ms": 300},
        {"path": STATUS, "body": {"session_status": "open"}, "again": true},
        {"path": CONFIRM, "body": attempt(document!("attempt_succeeded")), "after_ms": 4_000}
    ]))
    .await;
    click("#call-off");
    until("the word for it", || text().contains("Cancelling your payment")).await;
    assert!(!has("iframe"));
    until("the refusal", || text().contains("You did not confirm it with your bank")).await;
    assert!(
        text().contains("Your payment was not made") && !text().contains("declined."),
        "nobody refused it"
    );
    let call = sent(CANCEL).remove(0);
    assert_eq!(body(&call)["attempt_id"], body(&sent(CONFIRM)[0])["attempt_id"]);
    assert_eq!(call["headers"]["Idempotency-Key"], body(&call)["attempt_id"]);
    settle().await;
    assert_eq!(
        (focused(), shown("number"), shown("cvc")),
        ("pay".into(), "4242 4242 4242 4242".into(), String::new())
    );
    type_keys("cvc", "123");
    click("#pay");
    until("the second try", || sent(CONFIRM).len() == 2).await;
    assert_ne!(body(&sent(CONFIRM)[1])["attempt_id"], body(&call)["attempt_id"]);
    until("nothing but its result", || !text().contains("Confirming your payment")).await;
    until("the payment", || has(".result.good")).await;
    assert!(!page.events().iter().any(|event| matches!(event, HostEvent::Error { .. })));
    assert_eq!(sent(CONFIRM).len(), 2);
}

/// The wish did not arrive, and then the answer did not; and it may not be decided at once. The same is asked until it is.
#[wasm_bindgen_test]
async fn a_cancellation_that_is_lost_is_asked_for_again() {
    let mut going = challenged();
    going["challenge"] = Value::Null;
    let page = asked(json!([
        {"path": CANCEL, "drop": true},
        {"path": CANCEL, "body": {"code": "internal"}, "status": 500},
        {"path": CANCEL, "body": going, "status": 202},
        {"path": CANCEL, "body": abandoned()},
        {"path": STATUS, "body": status(&challenged()), "again": true}
    ]))
    .await;
    click("#call-off");
    until("it to be gone", || !has("iframe")).await;
    until("the third time", || sent(CANCEL).len() == 3).await;
    assert!(!has("iframe") && text().contains("Cancelling your payment"));
    until("the refusal", || text().contains("You did not confirm it with your bank")).await;
    assert_eq!((sent(CANCEL).len(), sent(CONFIRM).len()), (4, 1));
    drop(page);
}

#[wasm_bindgen_test]
async fn a_reload_shows_the_banks_page_and_follows_it() {
    let mut document = document!("checkout_open");
    document["session"]["status"] = json!("processing");
    document["attempt"] = document!("attempt_challenged");
    let mut refused = document!("attempt_declined");
    refused["id"] = document["attempt"]["id"].clone();
    refused["decline"]["category"] = json!("authentication_failed");
    let page = Page::open(json!([
        {"path": "/v1/checkout", "body": document, "again": true},
        {"path": STATUS, "body": status(&refused), "again": true}
    ]))
    .await;
    until("the bank's page", || has("[role=dialog] iframe")).await;
    until("the refusal, by itself", || text().contains("Your bank did not confirm that it is you")).await;
    assert!(sent(CONFIRM).is_empty());
    drop(page);
}
