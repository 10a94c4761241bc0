//! Fields in a real browser: formatting, caret, paste, autofill, input methods, errors.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod web_support;

use serde_json::json;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_support::*;

wasm_bindgen_test_configure!(run_in_browser);

async fn form() -> Page {
    Page::with_form(json!([opens()])).await
}

#[wasm_bindgen_test]
async fn typing_groups_the_number_and_shows_the_scheme() {
    let _page = form().await;
    type_keys("number", "4242424242424242");
    assert_eq!((shown("number").as_str(), caret("number")), ("4242 4242 4242 4242", 19));
    settle().await;
    assert_eq!(shown("number"), "4242 4242 4242 4242", "drawing leaves the field alone");
    assert!(has("#number ~ [data-mark=visa]"));
    type_keys("number", "x");
    assert_eq!(shown("number"), "4242 4242 4242 4242", "a letter does not stay");
}

/// Positive control: formatting in the reducer instead of the handler puts the caret at the end.
#[wasm_bindgen_test]
async fn the_caret_stays_between_the_same_digits() {
    let _page = form().await;
    insert("number", "378282246310005", "insertFromPaste");
    assert_eq!(shown("number"), "3782 822463 10005");
    place("number", 7);
    remove("number", false);
    settle().await;
    assert_eq!((shown("number").as_str(), caret("number")), ("3782 824631 0005", 6));
    insert("number", "2", "insertText");
    settle().await;
    assert_eq!((shown("number").as_str(), caret("number")), ("3782 822463 10005", 7));
    place("number", 5);
    remove("number", false);
    settle().await;
    assert_eq!(
        (shown("number").as_str(), caret("number")),
        ("3788 224631 0005", 3),
        "a backspace over a gap takes the digit before it"
    );
    place("number", 4);
    remove("number", true);
    settle().await;
    assert_eq!(
        (shown("number").as_str(), caret("number")),
        ("3788 246310 005", 4),
        "a delete over a gap takes the digit after it"
    );
}

#[wasm_bindgen_test]
async fn any_paste_and_any_width_of_digits() {
    let _page = form().await;
    insert("number", "No. 5555-5555-5555-4444 ", "insertFromPaste");
    assert_eq!(shown("number"), "5555 5555 5555 4444");
    insert("expiry", "3/2030", "insertFromPaste");
    assert_eq!(shown("expiry"), "03 / 2030");
    insert("cvc", " 1２3", "insertFromPaste");
    assert_eq!(shown("cvc"), "123");
}

#[wasm_bindgen_test]
async fn autofill_without_keys_is_taken_in() {
    let page = form().await;
    for (id, text) in [
        ("number", "4242424242424242"),
        ("expiry", "03/30"),
        ("cvc", "123"),
        ("line1", "12 Main Street"),
        ("city", "Montréal"),
        ("region", "QC"),
    ] {
        fill(id, text, false);
    }
    // Some browsers send `change` only.
    fill("postal_code", "H2X 1Y4", true);
    settle().await;
    assert_eq!(shown("number"), "4242 4242 4242 4242");
    assert_eq!(shown("expiry"), "03 / 30");
    let complete = paydesk::state::HostEvent::Change { complete: true, method: Some("card") };
    assert_eq!(page.events().last(), Some(&complete));
}

#[wasm_bindgen_test]
async fn what_no_event_told_of_is_read_when_paying() {
    let _page = Page::with_form(json!([
        opens(),
        {"path": "/v1/tokens", "body": {"id": "tok_1"}},
        {"path": "/v1/checkout/confirm", "body": attempt(document!("attempt_succeeded"))}
    ]))
    .await;
    fill_form();
    settle().await;
    slip("number", "5555555555554444");
    slip("line1", "99 Silent Road");
    click("#pay");
    until("the payment", || has(".result.good")).await;
    let form = sent("/v1/tokens")[0]["body"].as_str().unwrap().to_owned();
    assert!(form.contains("card[number]=5555555555554444") && form.contains("99+Silent+Road"));
}

#[wasm_bindgen_test]
async fn an_input_method_is_left_alone_until_it_is_done() {
    let _page = form().await;
    let during = compose("number", "４|４２|４２４２４");
    assert_eq!(during, "４２４２４", "nothing is rewritten while composing");
    assert_eq!(shown("number"), "4242 4");
    let during = compose("city", "も|もん|モントリオール");
    assert_eq!(during, "モントリオール");
    settle().await;
    assert_eq!(shown("city"), "モントリオール", "no character twice, none lost");
}

#[wasm_bindgen_test]
async fn errors_come_when_they_are_certain_or_the_field_was_left() {
    let _page = form().await;
    type_keys("number", "4242");
    settle().await;
    assert!(!has("#number[aria-invalid]"), "unfinished is not wrong");
    leave("number");
    settle().await;
    assert!(has("#number[aria-invalid=true]"));
    assert!(text().contains("Card number: The card number is not complete."), "the live region says it");
    type_keys("number", "424242424241");
    settle().await;
    assert!(text().contains("Check the number: a digit is wrong."));
    remove("number", false);
    type_keys("number", "2");
    settle().await;
    assert!(!has("#number[aria-invalid]"));
}

#[wasm_bindgen_test]
async fn paying_too_early_leads_to_the_first_error_and_sends_nothing() {
    let _page = form().await;
    type_keys("number", "4242424242424242");
    click("#pay");
    settle().await;
    assert_eq!(focused(), "expiry");
    assert!(text().contains("6 fields need attention."));
    assert!(sent("/v1/tokens").is_empty() && sent("/confirm").is_empty());
}

#[wasm_bindgen_test]
async fn another_country_brings_its_own_fields_and_keeps_what_it_shares() {
    let france =
        serde_json::from_str::<serde_json::Value>(include_str!("../crates/domain/data/address/FR.json"))
            .unwrap();
    let _page = Page::with_form(json!([
        opens(),
        {"path": "/address/FR.json", "status": 503, "body": {}},
        {"path": "/address/FR.json", "body": france}
    ]))
    .await;
    type_keys("number", "4242");
    type_keys("line1", "1 rue de la Paix");
    type_keys("country", "FR");
    until("the failure", || has("#retry-address")).await;
    assert!(!has("#line1"), "no fields are guessed");
    click("#retry-address");
    until("the fields", || has("#postal_code")).await;
    assert!(!has("#region"));
    assert_eq!(shown("line1"), "1 rue de la Paix");
    assert_eq!(shown("number"), "4242", "the number's field was not touched");
    type_keys("postal_code", "7500");
    leave("postal_code");
    settle().await;
    assert!(text().contains("Check the code, for example 33380."));
    type_keys("postal_code", "1");
    settle().await;
    assert!(!has("#postal_code[aria-invalid]"));
}

#[wasm_bindgen_test]
async fn choosing_a_saved_card_and_coming_back_loses_nothing() {
    let _page = form().await;
    type_keys("number", "4242424242424242");
    type_keys("cvc", "123");
    click("input[value^=pm_]");
    settle().await;
    assert!(has(".card[hidden]"));
    click("input[value=new]");
    settle().await;
    assert!(!has(".card[hidden]"));
    assert_eq!((shown("number").as_str(), shown("cvc").as_str()), ("4242 4242 4242 4242", "123"));
}

/// Positive control: a `dom::focus` of the expiry in `CheckoutApp::rendered`, once the number is complete, fails here: what
/// moves the focus would do so when the page is drawn, so that the drawing is waited for.
#[wasm_bindgen_test]
async fn no_focus_moves_by_itself() {
    let _page = form().await;
    type_keys("number", "4242424242424242");
    until("the scheme to be drawn", || has("#number ~ [data-mark=visa]")).await;
    settle().await;
    assert_eq!(focused(), "number");
    type_keys("expiry", "0330");
    settle().await;
    assert_eq!(focused(), "expiry");
    type_keys("cvc", "123");
    settle().await;
    assert_eq!(focused(), "cvc");
    let names = ["number", "expiry", "cvc"].map(|id| input(id).get_attribute("name"));
    assert_eq!(names, [None, None, None]);
    if names.iter().any(Option::is_some) {
        panic!("a native submit would carry the number");
    }
}
