//! The ways to pay in a real browser against scripted servers: what was shown is what is asked for, and what is typed stays.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod web_support;

use paydesk::state::HostEvent;
use serde_json::{Value, json};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_support::*;

wasm_bindgen_test_configure!(run_in_browser);

const CONFIRM: &str = "/v1/checkout/confirm";
const PARTS: &str = "input[name=plan][value$='/1']";
const LATER: &str = "input[name=plan][value$='/2']";
const FULL: &str = "input[name=plan][value=full]";

fn opens_with(document: &Value) -> Value {
    json!({"path": "/v1/checkout", "body": document, "again": true})
}

fn token() -> Value {
    json!({"path": "/v1/tokens", "body": {"id": "tok_1"}})
}

fn paid() -> Value {
    attempt(document!("attempt_plan"))
}

#[wasm_bindgen_test]
async fn what_was_shown_is_what_is_agreed_to() {
    let page =
        Page::open(json!([opens_with(&document!("checkout_plans")), {"path": CONFIRM, "body": paid()}]))
            .await;
    click(PARTS);
    until("the schedule", || has(".plan")).await;
    assert_eq!(find("#pay").unchecked_into::<web_sys::Element>().text_content().unwrap(), "Pay $50.00 now");
    click("#pay");
    until("the payment", || has(".result.good")).await;
    let request = body(&sent(CONFIRM)[0]);
    let mut expected = document!("confirm_plan");
    expected["attempt_id"] = request["attempt_id"].clone();
    assert_eq!(request, expected);
    assert!(text().contains("Next paymentJanuary 5, 2027 · $13.75"), "{}", text());
    drop(page);
}

#[wasm_bindgen_test]
async fn nothing_due_now_is_agreed_to_and_told_as_that() {
    let page = Page::with_form(json!([
        opens_with(&document!("checkout_subscription")),
        token(),
        {"path": CONFIRM, "body": attempt(document!("attempt_agreed"))}
    ]))
    .await;
    fill_form();
    click("#pay");
    until("the agreement", || has(".result.good")).await;
    let request = body(&sent(CONFIRM)[0]);
    assert_eq!((&request["amount"], &request["save"]), (&json!(0), &json!(true)), "{request}");
    assert_eq!(request["plan"]["option"], "full");
    settle().await;
    assert_eq!(focused(), "result");
    assert!(
        text().contains("Your payments are set up") && text().contains("December 1, 2026 · $20.30"),
        "{}",
        text()
    );
    let events = page.events();
    assert_eq!(events.last(), Some(&HostEvent::Agreed), "{events:?}");
    assert!(!events.iter().any(|event| matches!(event, HostEvent::Paid { .. })));
}

/// Positive control: without `prevent_default` in `Page::happened` the click takes back what the payer chose before.
#[wasm_bindgen_test]
async fn what_later_payments_need_stays_ticked() {
    let _page = Page::with_form(json!([
        opens_with(&document!("checkout_plans")),
        token(),
        {"path": CONFIRM, "body": paid()}
    ]))
    .await;
    assert!(!input("save").checked());
    click(PARTS);
    until("the tick", || input("save").checked()).await;
    click("#save");
    settle().await;
    assert!(input("save").checked() && text().contains("Needed for the payments to come."));
    click(FULL);
    until("the free choice", || !input("save").checked()).await;
    for selector in ["#save", PARTS, "#save", FULL] {
        click(selector);
        settle().await;
        assert!(input("save").checked(), "after {selector}");
    }
    click("#save");
    click(PARTS);
    fill_form();
    click("#pay");
    until("the payment", || has(".result.good")).await;
    let request = body(&sent(CONFIRM)[0]);
    assert!(
        request["save"] == json!(true) && request["consent_version"] == json!("save-card-1"),
        "{request}"
    );
}

/// Positive control: without loading again after the refusal (`flow::submit::refuse`), the old day stays.
#[wasm_bindgen_test]
async fn a_schedule_that_has_changed_is_shown_anew_and_what_was_typed_stays() {
    let mut moved = document!("checkout_plans");
    moved["plans"]["options"][1]["payments"][0]["due_on"] = json!("2027-01-20");
    moved["plans"]["options"][1]["schedule_hash"] = json!("hshmovedmovedmovedmovedmoved");
    let page = Page::with_form(json!([
        {"path": "/v1/checkout", "body": document!("checkout_plans")},
        token(),
        {"path": CONFIRM, "status": 409, "body": {"code": "schedule_changed"}},
        opens_with(&moved),
        {"path": "/v1/tokens", "body": {"id": "tok_2"}},
        {"path": CONFIRM, "body": paid()}
    ]))
    .await;
    click(PARTS);
    fill_form();
    click("#pay");
    until("the new schedule", || text().contains("January 20, 2027")).await;
    assert!(
        text().contains("What is due when has changed.") && text().contains("not been charged"),
        "{}",
        text()
    );
    assert!(find(PARTS).unchecked_into::<web_sys::HtmlInputElement>().checked());
    assert_eq!(
        (shown("number").as_str(), shown("line1").as_str()),
        ("4242 4242 4242 4242", "12 Main Street")
    );
    click("#pay");
    until("the payment", || has(".result.good")).await;
    let hashes: Vec<Value> =
        sent(CONFIRM).iter().map(|call| body(call)["plan"]["schedule_hash"].clone()).collect();
    assert_eq!(hashes, [json!("hshpartspartspartspartsparts"), json!("hshmovedmovedmovedmovedmoved")]);
    let told = page.events();
    assert!(
        told.iter().any(|event| matches!(event, HostEvent::Error { code: "schedule_changed", .. })),
        "{told:?}"
    );
}

#[wasm_bindgen_test]
async fn a_new_card_that_expires_too_early_is_warned_about_before_paying() {
    let page = Page::with_form(json!([opens_with(&document!("checkout_plans"))])).await;
    click(LATER);
    type_keys("expiry", "1228");
    let warned = || text().contains("expires before your payment of January 5, 2029");
    until("the warning", warned).await;
    click(PARTS);
    until("no warning", || !warned()).await;
    click(LATER);
    until("the warning again", warned).await;
    fill("expiry", "0330", false);
    until("no warning for a card that lives long enough", || !warned()).await;
    // Told by the state's own words alone: the expiry is in no message.
    assert!(
        !format!("{:?}", page.events()).contains("12/28") && !format!("{:?}", page.events()).contains("1228")
    );
}

#[wasm_bindgen_test]
async fn what_cannot_be_saved_is_not_sent() {
    let mut document = document!("checkout_plans");
    document["session"]["may_save"] = json!(false);
    let _page = Page::with_form(json!([opens_with(&document)])).await;
    click(PARTS);
    fill_form();
    click("#pay");
    until("the word", || has(".notice.bad")).await;
    assert!(
        text().contains("nothing can be saved here") && text().contains("not been charged"),
        "{}",
        text()
    );
    assert!(sent("/v1/tokens").is_empty() && sent(CONFIRM).is_empty());
}

/// What is debited later needs a mandate that goes on. Positive control: with the payer's own tick in place of `Checkout::saves`
/// in `unasked_terms`, the mandate that is shown is one for today's debit alone.
#[wasm_bindgen_test]
async fn the_mandate_for_later_debits_is_one_that_goes_on() {
    const MANDATE: &str = "/v1/checkout/mandate";
    let mut document = document!("checkout_bank");
    document["plans"] = document!("checkout_plans")["plans"].clone();
    let mandate = json!({"path": MANDATE, "body": document!("mandate_pad"), "again": true});
    let _page = Page::open(json!([opens_with(&document), mandate])).await;
    click("input[value=bank]");
    until("the mandate", || has("#agree")).await;
    click("#agree");
    click(PARTS);
    let asked = || {
        let all: Vec<Value> = serde_json::from_str(&requests()).unwrap();
        let paths = all.iter().map(|call| call["path"].as_str().unwrap().to_owned());
        paths.filter(|path| path.starts_with(MANDATE)).collect::<Vec<_>>()
    };
    until("the other mandate", || asked().len() == 2 && has("#agree")).await;
    assert!(!asked()[0].contains("save=") && asked()[1].contains("&save=true"), "{:?}", asked());
    assert!(!input("agree").checked() && input("save").checked(), "agreed to anew");
}

/// Positive control: a row without its place for the schedule (`Out::nothing`) is made anew when it gets one, and loses the focus.
#[wasm_bindgen_test]
async fn choosing_a_way_to_pay_leaves_the_focus_and_the_fields_where_they_are() {
    let page = Page::with_form(json!([opens_with(&document!("checkout_plans"))])).await;
    type_keys("number", "424242");
    for selector in [PARTS, LATER, FULL] {
        find(selector).unchecked_into::<web_sys::HtmlElement>().focus().unwrap();
        click(selector);
        settle().await;
        assert!(has(&format!("{selector}:focus")), "{selector}");
        assert_eq!(shown("number"), "4242 42");
    }
    drop(page);
}

/// Positive control: a confirm that leaves its `credit` out, or asks for all that is payable, is another document.
#[wasm_bindgen_test]
async fn credit_and_a_part_are_asked_for_as_they_were_shown() {
    let page = Page::open(json!([
        opens_with(&document!("checkout_credit")),
        {"path": CONFIRM, "body": attempt(document!("attempt_credit"))}
    ]))
    .await;
    let button = || find("#pay").unchecked_into::<web_sys::Element>().text_content().unwrap();
    assert_eq!(button(), "Pay $132.50");
    click("#part");
    until("the amount's field", || has(".grid:not([hidden]) #amount")).await;
    type_keys("amount", "12");
    click("#pay");
    until("the complaint", || text().contains("Enter an amount from $25.00 to $132.50.")).await;
    assert!(sent(CONFIRM).is_empty());
    assert_eq!(focused(), "amount");
    fill("amount", "50,00", false);
    click("#credit");
    until("the rest", || button() == "Pay $10.00").await;
    click("#pay");
    until("the payment", || has(".result.good")).await;
    let request = body(&sent(CONFIRM)[0]);
    let mut expected = document!("confirm_credit");
    expected["attempt_id"] = request["attempt_id"].clone();
    assert_eq!(request, expected);
    for told in ["Account credit$40.00", "Left to pay$82.50"] {
        assert!(text().contains(told), "{told}: {}", text());
    }
    drop(page);
}

/// Positive control: without the method's own removal in `request_for` the saved card is sent along.
#[wasm_bindgen_test]
async fn credit_alone_asks_for_no_method_and_keeps_what_was_typed() {
    let mut document = document!("checkout_credit");
    document["credit_available"] = json!(20_000);
    let covered = attempt(document!("attempt_credit_alone"));
    let page = Page::with_form(json!([opens_with(&document), {"path": CONFIRM, "body": covered}])).await;
    type_keys("number", "424242");
    click("#credit");
    until("no method", || has("fieldset[hidden] #number")).await;
    click("#credit");
    until("the methods again", || !has("fieldset[hidden]")).await;
    assert_eq!(shown("number"), "4242 42");
    click("#credit");
    until("no method", || has("fieldset[hidden] #number")).await;
    click("#pay");
    until("the payment", || has(".result.good")).await;
    let request = body(&sent(CONFIRM)[0]);
    let mut expected = document!("confirm_credit_alone");
    expected["attempt_id"] = request["attempt_id"].clone();
    assert_eq!(request, expected);
    assert!(sent("/v1/tokens").is_empty());
    assert!(text().contains("$132.50"), "{}", text());
    drop(page);
}

/// What is agreed to names what is debited. Positive control: without its amount the question is for all that is payable.
#[wasm_bindgen_test]
async fn the_mandate_names_what_is_debited_beside_credit() {
    const MANDATE: &str = "/v1/checkout/mandate";
    let mut document = document!("checkout_bank");
    document["credit_available"] = json!(1_000);
    let payable = document["invoice"]["payable_now"].as_i64().unwrap();
    let mandate = json!({"path": MANDATE, "body": document!("mandate_pad"), "again": true});
    let _page = Page::open(json!([opens_with(&document), mandate])).await;
    click("input[value=bank]");
    until("the mandate", || has("#agree")).await;
    click("#agree");
    click("#credit");
    let asked =
        || sent(MANDATE).iter().map(|call| call["path"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    until("the other mandate", || asked().len() == 2 && has("#agree")).await;
    assert!(!asked()[0].contains("amount="), "{:?}", asked());
    assert!(asked()[1].contains(&format!("&amount={}", payable - 1_000)), "{:?}", asked());
    assert!(!input("agree").checked(), "agreed to anew");
}
