//! eChecks in a real browser against scripted servers: the numbers go to the processor alone, and nothing is debited that
//! was not agreed to.
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
const METHODS: &str = "/v1/payment_methods";
const MANDATE: &str = "/v1/checkout/mandate";
const NUMBER: &str = "000123456789";

fn opens_with_bank(document: Value) -> Value {
    json!({"path": "/v1/checkout", "body": document, "again": true})
}

fn mandate() -> Value {
    json!({"path": MANDATE, "body": document!("mandate_pad"), "again": true})
}

/// A checkout in Canadian dollars, with the form for a new bank account open.
async fn canadian(more: Value) -> Page {
    let mut answers = json!([opens_with_bank(document!("checkout_bank")), mandate()]);
    answers.as_array_mut().unwrap().extend(more.as_array().unwrap().iter().cloned());
    let page = Page::open(answers).await;
    click("input[value=bank]");
    until("the form and the mandate", || has("#transit") && has("#line1") && has("#agree")).await;
    page
}

fn fill_numbers() {
    type_keys("institution", "000");
    type_keys("transit", "11000");
    type_keys("account", NUMBER);
}

/// The queries of the questions for a mandate, in order.
fn asked() -> Vec<String> {
    let all: Vec<Value> = serde_json::from_str(&requests()).unwrap();
    let paths = all.iter().map(|call| call["path"].as_str().unwrap().to_owned());
    paths
        .filter(|path| path.starts_with(MANDATE))
        .map(|path| path.split('?').nth(1).unwrap().to_owned())
        .collect()
}

#[wasm_bindgen_test]
async fn a_new_account_goes_to_the_processor_and_only_its_token_to_us() {
    let page = canadian(json!([
        {"path": METHODS, "body": {"id": "pm_1Qx2"}},
        {"path": CONFIRM, "body": attempt(document!("attempt_submitted"))}
    ]))
    .await;
    fill_numbers();
    fill_address();
    click("#save");
    until("the mandate for saving", || asked().len() == 2 && has("#agree")).await;
    click("#agree");
    settle().await;
    let fields = ["institution", "transit", "account"].map(input);
    click("#pay");
    until("the end", || has(".result")).await;
    let token = sent(METHODS).remove(0);
    assert_eq!(token["path"], "http://127.0.0.1:4200/v1/payment_methods");
    let form = token["body"].as_str().unwrap();
    for part in [
        "type=acss_debit&acss_debit[institution_number]=000&acss_debit[transit_number]=11000",
        "&acss_debit[account_number]=000123456789&",
        "&billing_details[email]=amelie%40example.org&",
        "&billing_details[address][postal_code]=H2X+1Y4&",
    ] {
        assert!(form.contains(part), "{part}: {form}");
    }
    let request = body(&sent(CONFIRM)[0]);
    let mut expected = document!("confirm_new_bank");
    expected["attempt_id"] = request["attempt_id"].clone();
    assert_eq!(request, expected);
    for call in sent("").iter().filter(|call| !call["path"].as_str().unwrap().ends_with(METHODS)) {
        assert!(!call.to_string().contains(NUMBER), "{call}");
    }
    settle().await;
    assert_eq!(fields.map(|field| field.value()), ["", "", ""], "emptied, although no longer in the page");
    assert!(
        text().contains("Your payment is on its way") && text().contains("Payable now$0.00"),
        "{}",
        text()
    );
    let told = page.events();
    assert!(matches!(told.last(), Some(HostEvent::Paid { outcome: "submitted", .. })), "{told:?}");
    assert!(!format!("{told:?}").contains(NUMBER));
}

/// Positive control: without `Field::Agree` among the form's fields, the first click pays.
#[wasm_bindgen_test]
async fn nothing_is_sent_before_the_mandate_is_agreed_to() {
    let _page = canadian(json!([])).await;
    fill_numbers();
    fill_address();
    click("#pay");
    until("the complaint", || focused() == "agree" && has("#agree[aria-invalid=true]")).await;
    click("#agree");
    settle().await;
    assert!(!has("#agree[aria-invalid]"));
    input("line1").focus().unwrap();
    // Another text: what was agreed to before does not count.
    fill("holder", "business", false);
    until("the other mandate", || asked().len() == 2 && has("#agree")).await;
    assert!(!input("agree").checked());
    click("#pay");
    until("the complaint", || focused() == "agree").await;
    assert_eq!(asked(), ["holder=personal&locale=en", "holder=business&locale=en"]);
    assert!(sent(METHODS).is_empty() && sent(CONFIRM).is_empty());
}

#[wasm_bindgen_test]
async fn a_mandate_that_cannot_be_loaded_can_be_asked_for_again() {
    let page = Page::open(json!([
        opens_with_bank(document!("checkout_bank")),
        {"path": MANDATE, "status": 503, "body": {}},
        mandate()
    ]))
    .await;
    click("input[value=bank]");
    until("the failure", || has("#retry-mandate")).await;
    settle().await;
    assert_eq!(asked().len(), 1, "not asked again by itself");
    click("#retry-mandate");
    until("the mandate", || has("#agree")).await;
    drop(page);
}

#[wasm_bindgen_test]
async fn the_page_changes_its_language_and_the_mandate_follows() {
    let mut page = canadian(json!([])).await;
    click("#agree");
    settle().await;
    page.speak("fr");
    until("the question in French", || asked().len() == 2 && has("#agree")).await;
    assert_eq!(asked()[1], "holder=personal&locale=fr");
    assert!(!input("agree").checked(), "another text is agreed to anew");
    until("the words in French", || text().contains("Numéro de transit")).await;
}

/// Positive control: with the text and the box beside the list, in place of one element below it, the list is made anew
/// and the focus is lost; so it is with a form whose place is not always there.
#[wasm_bindgen_test]
async fn what_comes_and_goes_leaves_the_focus_where_it_is() {
    let page = Page::open(json!([opens_with_bank(document!("checkout_bank")), mandate()])).await;
    let focused = |selector: &str| has(&format!("{selector}:focus"));
    for selector in ["input[value=new]", "input[value=bank]"] {
        find(selector).unchecked_into::<web_sys::HtmlElement>().focus().unwrap();
        click(selector);
        until("the form", || has("#line1")).await;
        settle().await;
        assert!(focused(selector), "{selector}");
    }
    until("the mandate", || has("#agree")).await;
    input("holder").focus().unwrap();
    fill("holder", "business", false);
    until("the other mandate", || asked().len() == 2 && has("#agree")).await;
    settle().await;
    assert!(focused("#holder"));
    drop(page);
}

/// Positive control: telling only the field that changed leaves the second number right beside another first one.
#[wasm_bindgen_test]
async fn a_us_account_number_is_compared_with_its_repetition() {
    let page = Page::open(json!([opens_with_bank(document!("checkout_bank_us")), mandate()])).await;
    click("input[value=bank]");
    until("the form", || has("#routing") && has("#line1")).await;
    type_keys("routing", "110000001");
    until("the wrong digit", || has("#routing[aria-invalid=true]")).await;
    remove("routing", false);
    type_keys("routing", "0");
    until("the right one", || !has("#routing[aria-invalid]")).await;
    type_keys("account", NUMBER);
    type_keys("again", NUMBER);
    leave("again");
    settle().await;
    assert!(!has("#again[aria-invalid]"));
    type_keys("account", "1");
    until("the difference", || has("#again[aria-invalid=true]")).await;
    // Eighteen digits are told, not cut.
    insert("account", "99999", "insertFromPaste");
    until("too many", || has("#account[aria-invalid=true]")).await;
    assert_eq!(shown("account").len(), 18);
    drop(page);
}

#[wasm_bindgen_test]
async fn a_saved_account_pays_and_asks_for_a_mandate_where_it_needs_one() {
    let end = |end: &str| format!("input[value=pm_bbwfmsxymfnpnwwtyfzjxdntwtcc{end}]");
    let page = Page::open(json!([
        opens_with_bank(document!("checkout_bank")),
        mandate(),
        {"path": CONFIRM, "body": attempt(document!("attempt_submitted"))}
    ]))
    .await;
    click(&end("pb"));
    settle().await;
    assert!(asked().is_empty() && !has("#agree"), "a mandate stands for this one");
    click(&end("pf"));
    until("the mandate", || has("#agree")).await;
    assert_eq!(asked(), ["holder=personal&save=true&locale=en"]);
    click("#agree");
    settle().await;
    click("#pay");
    until("the end", || has(".result")).await;
    let request = body(&sent(CONFIRM)[0]);
    assert_eq!(request["saved_method"], "pm_bbwfmsxymfnpnwwtyfzjxdntwtccpf");
    assert_eq!(request["mandate"], json!({"version": "debit-pad-1", "locale": "en", "holder": "personal"}));
    assert_eq!((&request["token"], &request["billing_address"]), (&Value::Null, &Value::Null));
    drop(page);
}

#[wasm_bindgen_test]
async fn a_number_that_the_processor_refuses_is_told_beside_its_field() {
    let refusal = json!({"error": {"type": "invalid_request_error", "code": "account_number_invalid", "param": "acss_debit[account_number]"}});
    let _page = canadian(json!([{"path": METHODS, "status": 400, "body": refusal}])).await;
    fill_numbers();
    fill_address();
    click("#agree");
    settle().await;
    click("#pay");
    until("the refusal", || has("#account[aria-invalid=true]")).await;
    assert!(
        text().contains("Your bank account was not accepted")
            && text().contains("You have not been charged.")
    );
    assert!(sent(CONFIRM).is_empty());
    assert_eq!(shown("account"), NUMBER, "it can be mended where it stands");
}
