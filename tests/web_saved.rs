//! Saved methods that need something before they pay, in a real browser against scripted servers.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod web_support;

use serde_json::{Value, json};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_support::*;

wasm_bindgen_test_configure!(run_in_browser);

const CONFIRM: &str = "/v1/checkout/confirm";
const OLD: &str = "pm_bbwfmsxymfnpnwwtyfzjxdntwtccpw";
const UPDATE: &str = "/v1/checkout/methods/pm_bbwfmsxymfnpnwwtyfzjxdntwtccpw/update";

fn paid() -> Value {
    attempt(document!("attempt_succeeded"))
}

/// The golden session with `change`s by JSON pointer.
fn session(changes: &[(&str, Value)]) -> Value {
    let mut view = document!("checkout_admin");
    for (pointer, value) in changes {
        *view.pointer_mut(pointer).unwrap() = value.clone();
    }
    json!({"path": "/v1/checkout", "body": view, "again": true})
}

/// The old card as it is once it was updated.
fn updated() -> Value {
    let mut card = document!("checkout_admin")["methods"][2].clone();
    card["exp_year"] = json!(2031);
    card["expired"] = json!(false);
    card.as_object_mut().unwrap().remove("billing_address");
    json!({"path": UPDATE, "body": card})
}

fn token() -> Value {
    json!({"path": "/v1/tokens", "body": {"id": "cvctok_1"}})
}

/// Chooses the card that has expired and says when it expires now.
async fn renew() {
    click(&format!("input[value={OLD}]"));
    until("the form", || has("#renewal") && has("#line1")).await;
    type_keys("renewal", "0831");
    type_keys("code", "1234");
}

/// Positive control: with the code in the update's body instead of its token, this fails, and so does a confirm that goes out
/// before the card is up to date.
#[wasm_bindgen_test]
async fn an_expired_card_is_updated_in_its_place_and_pays() {
    let answers = json!([session(&[]), token(), updated(), {"path": CONFIRM, "body": paid()}]);
    let _page = Page::open(answers).await;
    renew().await;
    assert_eq!(shown("line1"), "1 Old Road", "prefilled, and to be corrected");
    fill("city", "Montréal", false);
    until("the button", || text().contains("Update card and pay $132.50")).await;
    let fields = ["renewal", "code"].map(input);
    click("#pay");
    until("the payment", || has(".result.good")).await;
    let tokens = sent("/v1/tokens");
    assert_eq!(tokens[0]["body"], "cvc_update[cvc]=1234&key=pk_test_demo0123456789ab");
    let update = sent(UPDATE).remove(0);
    let confirm = body(&sent(CONFIRM)[0]);
    assert_eq!(update["headers"]["Idempotency-Key"], confirm["attempt_id"]);
    assert_eq!(
        body(&update),
        json!({"exp_month": 8, "exp_year": 2031, "cvc_token": "cvctok_1", "billing_address": {
            "line1": "1 Old Road", "line2": "Unit 5", "city": "Montréal", "region": "QC", "postal_code": "H7A 1A1", "country": "CA",
        }})
    );
    assert_eq!(confirm["saved_method"], OLD);
    assert!(confirm.get("cvc_token").is_none(), "the update brought it");
    for call in sent("").iter().filter(|call| !call["path"].as_str().unwrap().ends_with("/tokens")) {
        assert!(!call.to_string().contains("\"1234"), "{call}");
    }
    settle().await;
    assert_eq!(fields.map(|field| field.value()), ["", ""], "emptied, although no longer in the page");
}

#[wasm_bindgen_test]
async fn a_refused_update_charges_nothing_and_names_its_field() {
    let refused = json!({"code": "card_refused", "status": 422, "param": "exp_year"});
    let answers = json!([
        session(&[]), token(), {"path": UPDATE, "status": 422, "body": refused}
    ]);
    let _page = Page::open(answers).await;
    renew().await;
    click("#pay");
    until("the word", || text().contains("could not be updated")).await;
    assert!(text().contains("You have not been charged"));
    assert!(text().contains("This is not the card’s expiry date."));
    assert!(sent(CONFIRM).is_empty());
    assert_eq!(shown("renewal"), "08 / 31", "what was typed stays");
}

#[wasm_bindgen_test]
async fn an_update_whose_answer_was_lost_is_asked_about_under_its_key() {
    let answers = json!([
        session(&[]), token(), {"path": UPDATE, "drop": true}, updated(), {"path": CONFIRM, "body": paid()}
    ]);
    let _page = Page::open(answers).await;
    renew().await;
    click("#pay");
    until("the payment", || has(".result.good")).await;
    let keys: Vec<Value> =
        sent(UPDATE).iter().map(|call| call["headers"]["Idempotency-Key"].clone()).collect();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);
}

#[wasm_bindgen_test]
async fn where_an_expiry_cannot_be_changed_another_card_takes_the_place() {
    let answers = json!([
        session(&[("/processor/update_expiry", json!(false))]),
        {"path": "/v1/tokens", "body": {"id": "tok_1"}}, updated(), {"path": CONFIRM, "body": paid()}
    ]);
    let _page = Page::open(answers).await;
    click(&format!("input[value={OLD}]"));
    until("the form", || has("#number") && has("#line1")).await;
    type_keys("number", "4242424242424242");
    type_keys("expiry", "0831");
    type_keys("cvc", "123");
    click("#pay");
    until("the payment", || has(".result.good")).await;
    let update = body(&sent(UPDATE)[0]);
    assert_eq!((&update["token"], update.get("cvc_token")), (&json!("tok_1"), None));
    let confirm = body(&sent(CONFIRM)[0]);
    assert_eq!((&confirm["saved_method"], confirm.get("token")), (&json!(OLD), None));
    assert_eq!(confirm["save"], false);
}

/// Positive control: a form that leaves the code out of the confirm fails here.
#[wasm_bindgen_test]
async fn a_saved_card_brings_its_code_and_its_address() {
    let declined = attempt(document!("attempt_declined"));
    let answers = json!([
        session(&[]), token(), {"path": CONFIRM, "body": declined}, token(), {"path": CONFIRM, "body": paid()}
    ]);
    let _page = Page::open(answers).await;
    until("the form", || has("#code") && has("#line1")).await;
    assert!(text().contains("Confirm this card with its security code."));
    click("#same_address");
    until("the address", || shown("line1") == "12 Main Street").await;
    type_keys("code", "123");
    click("#pay");
    until("the refusal", || has(".notice.bad")).await;
    // Emptied once the refusal is drawn: not kept for another try.
    until("the code to be gone", || shown("code").is_empty()).await;
    let confirm = body(&sent(CONFIRM)[0]);
    assert_eq!(confirm["cvc_token"], "cvctok_1");
    assert_eq!(confirm["billing_address"]["city"], "Montréal");
    type_keys("code", "456");
    click("#pay");
    until("the payment", || has(".result.good")).await;
    assert_ne!(body(&sent(CONFIRM)[1])["attempt_id"], confirm["attempt_id"]);
}

#[wasm_bindgen_test]
async fn who_acts_for_whom_is_said_and_why_nothing_is_saved() {
    let _page = Page::with_form(json!([session(&[])])).await;
    assert!(text().contains("Lou Chan pays for Amélie Tremblay"));
    assert!(text().contains("Amélie Tremblay has never signed in"));
    assert!(!has("#save"));
}
