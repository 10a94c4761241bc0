//! Paying in a real browser against scripted servers: one charge, and the true result, whatever happens between.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod web_support;

use paydesk::state::HostEvent;
use paydesk::view::Command;
use serde_json::json;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_support::*;

wasm_bindgen_test_configure!(run_in_browser);

const CONFIRM: &str = "/v1/checkout/confirm";
const STATUS: &str = "/v1/checkout/status";

fn paid() -> serde_json::Value {
    attempt(document!("attempt_succeeded"))
}

fn error(code: &'static str, message: &str) -> HostEvent {
    HostEvent::Error { code, message: message.to_owned() }
}

#[wasm_bindgen_test]
async fn a_saved_card_pays_and_the_page_is_told() {
    let page = Page::open(json!([opens(), {"path": CONFIRM, "body": paid()}])).await;
    assert_eq!(page.events()[0], HostEvent::Ready);
    click("#pay");
    until("the payment", || has(".result.good")).await;
    let call = sent(CONFIRM).remove(0);
    let request = body(&call);
    let mut expected = document!("confirm_saved");
    expected["attempt_id"] = request["attempt_id"].clone();
    assert_eq!(request, expected);
    assert_eq!(call["headers"]["Idempotency-Key"], request["attempt_id"]);
    assert_eq!(call["headers"]["Authorization"], "Bearer cs_test");
    assert_eq!(call["headers"]["Paydesk-Parent-Origin"], "http://localhost:4000");
    settle().await;
    assert_eq!(focused(), "result");
    assert!(matches!(page.events().last(), Some(HostEvent::Paid { amount: 13_250, .. })));
}

#[wasm_bindgen_test]
async fn a_new_card_goes_to_the_processor_and_only_its_token_to_us() {
    let page = Page::with_form(json!([
        opens(),
        {"path": "/v1/tokens", "body": {"id": "tok_1"}},
        {"path": CONFIRM, "body": paid()}
    ]))
    .await;
    fill_form();
    click("#save");
    settle().await;
    let fields = ["number", "expiry", "cvc"].map(input);
    click("#pay");
    until("the payment", || has(".result.good")).await;
    let token = sent("/v1/tokens").remove(0);
    assert_eq!(token["path"], "http://127.0.0.1:4200/v1/tokens");
    assert!(token["body"].as_str().unwrap().contains("card[number]=4242424242424242&card[cvc]=123"));
    let request = body(&sent(CONFIRM)[0]);
    let mut expected = document!("confirm_new_card");
    expected["attempt_id"] = request["attempt_id"].clone();
    assert_eq!(request, expected);
    for call in sent("").iter().filter(|call| !call["path"].as_str().unwrap().ends_with("/tokens")) {
        assert!(!call.to_string().contains("4242424242424242"), "{call}");
    }
    settle().await;
    assert_eq!(fields.map(|field| field.value()), ["", "", ""], "emptied, although no longer in the page");
    assert!(!format!("{:?}", page.events()).contains("4242"));
}

/// Positive control: without the guard in `Checkout::begin` and `flow::submit`, six requests go out.
#[wasm_bindgen_test]
async fn a_double_click_an_enter_and_a_command_are_one_try() {
    let mut page =
        Page::open(json!([opens(), {"path": CONFIRM, "body": paid(), "after_ms": 60, "again": true}])).await;
    click("#pay");
    click("#pay");
    page.command(Command::Submit);
    until("the busy button", || has("#pay[aria-disabled]")).await;
    click("#pay");
    page.command(Command::Submit);
    until("the payment", || has(".result.good")).await;
    page.command(Command::Submit);
    settle().await;
    assert_eq!(sent(CONFIRM).len(), 1);
}

#[wasm_bindgen_test]
async fn a_lost_answer_is_looked_up_never_told_as_failure() {
    let processing =
        json!({"session_status": "processing", "attempt": attempt(document!("attempt_processing"))});
    let complete = json!({"session_status": "complete", "attempt": paid()});
    let _page = Page::open(json!([
        opens(),
        {"path": CONFIRM, "drop": true},
        {"path": STATUS, "body": processing},
        {"path": STATUS, "drop": true},
        {"path": STATUS, "body": complete}
    ]))
    .await;
    click("#pay");
    until("the checking", || text().contains("Checking your payment")).await;
    assert!(!text().contains("not been charged"));
    until("the payment", || has(".result.good")).await;
    assert_eq!(sent(CONFIRM).len(), 1, "asking is enough");
}

#[wasm_bindgen_test]
async fn what_never_arrived_goes_again_under_the_same_id() {
    let page = Page::with_form(json!([
        opens(),
        {"path": "/v1/tokens", "body": {"id": "tok_1"}},
        {"path": CONFIRM, "drop": true},
        {"path": STATUS, "body": document!("status_open")},
        {"path": CONFIRM, "body": paid()}
    ]))
    .await;
    fill_form();
    click("#pay");
    until("the payment", || has(".result.good")).await;
    let confirms = sent(CONFIRM);
    assert_eq!(confirms.len(), 2);
    assert_eq!(confirms[0]["body"], confirms[1]["body"], "the very same request");
    assert_eq!(sent("/v1/tokens").len(), 1, "the number went out once");
    drop(page);
}

#[wasm_bindgen_test]
async fn another_tabs_try_is_followed() {
    let mut problem = document!("problem_attempt_in_progress");
    problem["attempt"]["id"] = json!("att_other");
    let mut other = document!("attempt_succeeded");
    other["id"] = json!("att_other");
    let _page = Page::open(json!([
        opens(),
        {"path": CONFIRM, "status": 409, "body": problem},
        {"path": STATUS, "body": {"session_status": "complete", "attempt": other}}
    ]))
    .await;
    click("#pay");
    until("the other's payment", || has(".result.good")).await;
    assert_eq!(sent(CONFIRM).len(), 1);
}

#[wasm_bindgen_test]
async fn a_reload_while_paying_shows_the_true_state() {
    let _page = Page::open(json!([
        {"path": "/v1/checkout", "body": document!("checkout_processing_fr")},
        {"path": STATUS, "body": document!("status_processing")},
        {"path": STATUS, "body": {"session_status": "complete", "attempt": document!("attempt_succeeded")}}
    ]))
    .await;
    assert!(has("#pay[aria-disabled]"), "no second try while the first is not decided");
    until("the payment", || has(".result.good")).await;
    assert!(sent(CONFIRM).is_empty());
}

#[wasm_bindgen_test]
async fn a_refused_card_keeps_the_form_but_not_the_code() {
    let page = Page::with_form(json!([
        opens(),
        {"path": "/v1/tokens", "status": 402, "body": {"error": {"type": "card_error", "code": "incorrect_cvc", "message": "…"}}},
        {"path": "/v1/tokens", "body": {"id": "tok_1"}},
        {"path": CONFIRM, "body": attempt(document!("attempt_declined"))},
        {"path": "/v1/tokens", "body": {"id": "tok_2"}},
        {"path": CONFIRM, "body": paid()}
    ]))
    .await;
    fill_form();
    click("#pay");
    until("the refusal", || text().contains("The security code is not right.")).await;
    settle().await;
    assert_eq!((shown("number").as_str(), shown("cvc").as_str()), ("4242 4242 4242 4242", ""));
    assert!(text().contains("You have not been charged."));
    type_keys("cvc", "124");
    click("#pay");
    until("the decline", || text().contains("does not have enough available")).await;
    settle().await;
    assert_eq!(shown("cvc"), "");
    type_keys("cvc", "124");
    click("#pay");
    until("the payment", || has(".result.good")).await;
    let ids: Vec<_> = sent(CONFIRM).iter().map(|call| body(call)["attempt_id"].clone()).collect();
    assert!(ids.len() == 2 && ids[0] != ids[1], "a new try has a new id");
    let declined = HostEvent::Declined { code: "insufficient_funds".into(), retryable: false };
    assert!(page.events().contains(&declined));
}

#[wasm_bindgen_test]
async fn a_processor_out_of_reach_moves_no_money() {
    let page = Page::with_form(json!([opens(), {"path": "/v1/tokens", "drop": true}])).await;
    fill_form();
    click("#pay");
    until("the word", || text().contains("could not be reached")).await;
    assert!(text().contains("You have not been charged.") && sent(CONFIRM).is_empty());
    settle().await;
    assert!(page.events().contains(&error(
        "processor_unreachable",
        "Your payment was not sent. The payment processor could not be reached. Check your connection and try again."
    )));
}

#[wasm_bindgen_test]
async fn a_changed_amount_is_shown_before_it_is_paid() {
    let mut changed = document!("checkout_open");
    changed["invoice"]["payable_now"] = json!(9_900);
    let _page = Page::open(json!([
        {"path": "/v1/checkout", "body": document!("checkout_open")},
        {"path": CONFIRM, "status": 409, "body": {"code": "amount_changed", "status": 409}},
        {"path": "/v1/checkout", "body": changed},
        {"path": CONFIRM, "body": paid()}
    ]))
    .await;
    click("#pay");
    until("the new amount", || text().contains("Pay CA$99.00") || text().contains("Pay $99.00")).await;
    assert!(text().contains("The amount has changed."));
    click("#pay");
    until("the payment", || has(".result.good")).await;
    assert_eq!(body(&sent(CONFIRM)[1])["amount"], 9_900);
}

#[wasm_bindgen_test]
async fn expired_and_unreachable_are_told_with_a_way_on() {
    let expired =
        json!([{"path": "/v1/checkout", "status": 401, "body": {"code": "session_expired", "status": 401}}]);
    let page = Page::open(expired).await;
    until("the word", || text().contains("This payment page has expired")).await;
    let words =
        "This payment page has expired. Nothing was charged by opening it. Reload the page to continue.";
    assert_eq!(page.events(), [error("session_expired", words)]);
    drop(page);
    let page = Page::open(json!([{"path": "/v1/checkout", "drop": true}, opens()])).await;
    until("the word", || text().contains("could not be loaded")).await;
    click("#reload");
    until("the list", || has("#pay")).await;
    assert!(matches!(
        &page.events()[..2],
        [HostEvent::Error { code: "api_unreachable", .. }, HostEvent::Ready]
    ));
}

#[wasm_bindgen_test]
async fn a_server_fault_leaves_doubt_and_doubt_is_looked_up() {
    let page = Page::open(json!([
        opens(),
        {"path": CONFIRM, "status": 500, "body": {"code": "internal", "status": 500}},
        {"path": STATUS, "status": 401, "body": {"code": "session_expired", "status": 401}},
        {"path": STATUS, "body": {"session_status": "complete", "attempt": paid()}}
    ]))
    .await;
    click("#pay");
    until("the doubt", || has("#check")).await;
    assert!(text().contains("it can only be charged once") && !text().contains("not been charged"));
    settle().await;
    let told = |event: &HostEvent| matches!(event, HostEvent::Error { code: "result_unknown", message } if message.contains("don’t pay again"));
    assert!(page.events().iter().any(told));
    click("#check");
    until("the payment", || has(".result.good")).await;
}

#[wasm_bindgen_test]
async fn an_invoice_paid_elsewhere_is_no_longer_due() {
    let mut settled = document!("checkout_open");
    settled["invoice"]["payable_now"] = json!(0);
    let _page = Page::open(json!([
        {"path": "/v1/checkout", "body": document!("checkout_open")},
        {"path": CONFIRM, "status": 409, "body": {"code": "already_paid", "status": 409}},
        {"path": "/v1/checkout", "body": settled}
    ]))
    .await;
    click("#pay");
    until("the word", || text().contains("Nothing to pay")).await;
    assert!(sent(STATUS).is_empty());
}

#[wasm_bindgen_test]
async fn being_told_to_wait_while_in_doubt_is_no_answer() {
    let _page = Page::open(json!([
        opens(),
        {"path": CONFIRM, "drop": true},
        {"path": STATUS, "body": document!("status_open"), "again": true},
        {"path": CONFIRM, "status": 429, "body": {"code": "rate_limited", "status": 429}},
        {"path": CONFIRM, "body": paid()}
    ]))
    .await;
    click("#pay");
    until("the checking", || text().contains("Checking your payment")).await;
    until("the payment", || {
        assert!(!text().contains("not been charged"), "doubt is not safety");
        has(".result.good")
    })
    .await;
    let ids: Vec<_> = sent(CONFIRM).iter().map(|call| body(call)["attempt_id"].clone()).collect();
    assert!(ids.len() == 3 && ids.iter().all(|id| *id == ids[0]));
}

/// What is agreed to is what is read: the text changes with the page's language, and so does the language that is sent.
///
/// Positive control: without `flow::load_consent` in `CheckoutApp::changed` the text stays English.
#[wasm_bindgen_test]
async fn the_consent_follows_the_pages_language() {
    let mut french = document!("checkout_open");
    french["consent"] =
        json!({"version": "save-card-1", "locale": "fr", "text": "J’enregistre cette carte."});
    let mut page = Page::with_form(json!([
        {"path": "/v1/checkout", "body": document!("checkout_open")},
        {"path": "/v1/checkout", "body": french},
        {"path": "/v1/tokens", "body": {"id": "tok_1"}},
        {"path": CONFIRM, "body": paid()}
    ]))
    .await;
    fill_form();
    page.speak("fr-CA");
    until("the French text", || has("#consent[lang=fr]") && text().contains("J’enregistre cette carte."))
        .await;
    let mut asked: Vec<_> = sent("").iter().map(|call| call["path"].clone()).collect();
    asked.retain(|path| path != "/address/CA.json");
    assert_eq!(asked, ["/v1/checkout?locale=en", "/v1/checkout?locale=fr-CA"]);
    assert_eq!(shown("number"), "4242 4242 4242 4242", "nothing that was typed is lost");
    click("#save");
    settle().await;
    click("#pay");
    until("the payment", || has(".result.good")).await;
    assert_eq!(body(&sent(CONFIRM)[0])["consent_locale"], "fr");
}

/// Words that do not come are English ones, all of them and for screen readers too; when they come after all, they are used.
///
/// Positive control: with the words' language in the tag although they did not come, the document says that it is French.
#[wasm_bindgen_test]
async fn without_its_words_the_page_stays_english() {
    let mut page = Page::open(json!([opens()])).await;
    speechless();
    page.speak("fr-CA");
    settle().await;
    let spoken = || {
        let document = web_sys::window().unwrap().document().unwrap().document_element().unwrap();
        (document.get_attribute("lang").unwrap(), document.get_attribute("dir").unwrap())
    };
    assert!(text().contains("Payment method"), "{}", text());
    assert_eq!(spoken(), ("en-CA".to_owned(), "ltr".to_owned()));
    speaks(&paydesk_words::FRENCH.file());
    page.speak("fr");
    until("the words in French", || text().contains("Mode de paiement")).await;
    assert_eq!(spoken().0, "fr-CA");
    page.speak("en");
    until("the words in English", || text().contains("Payment method")).await;
}

/// An organization's own words are shown in the language that is read, also after the page has changed it.
#[wasm_bindgen_test]
async fn an_organizations_own_words_are_shown_in_both_languages() {
    let own = |table: paydesk_words::Table, word: &str| {
        table.own_file(&[("how_to_pay".to_owned(), word.to_owned())].into()).unwrap()
    };
    let mut opened = document!("checkout_open");
    let both = [own(paydesk_words::ENGLISH, "Your gift"), own(paydesk_words::FRENCH, "Votre don")];
    opened["words"] = json!(both.join("\n"));
    let mut page = Page::open(json!([{"path": "/v1/checkout", "body": opened, "again": true}])).await;
    assert!(text().contains("Your gift") && !text().contains("Payment method"), "{}", text());
    page.speak("fr-CA");
    until("French", || text().contains("Votre don")).await;
    assert!(text().contains("Total") && !text().contains("Mode de paiement"), "{}", text());
    page.speak("en");
    until("English again", || text().contains("Your gift")).await;
}

/// Legal texts in a language whose words did not come would stand alone in it: they are asked for in the one that is read.
///
/// Positive control: without `translate` in `flow/load.rs` the consent stays French.
#[wasm_bindgen_test]
async fn without_its_words_the_consent_is_english_too() {
    let mut french = document!("checkout_open");
    french["consent"] =
        json!({"version": "save-card-1", "locale": "fr", "text": "J’enregistre cette carte."});
    let page = Page::start("fr", json!([{"path": "/v1/checkout", "body": french}, opens()])).await;
    speechless();
    page.is_open().await;
    click("input[value=new]");
    until("the English text", || has("#consent[lang=en]")).await;
    let asked: Vec<_> = sent("/v1/checkout").iter().map(|call| call["path"].clone()).collect();
    assert_eq!(asked, ["/v1/checkout?locale=fr", "/v1/checkout?locale=en"]);
}

/// The page changes its language before the session has come: what comes is in the old one.
///
/// Positive control: without `translate` in `flow/load.rs` the consent stays English.
#[wasm_bindgen_test]
async fn a_language_that_changes_while_the_session_is_asked_for_is_heeded() {
    let mut french = document!("checkout_open");
    french["consent"] =
        json!({"version": "save-card-1", "locale": "fr", "text": "J’enregistre cette carte."});
    let answers = json!([
        {"path": "/v1/checkout", "body": document!("checkout_open"), "after_ms": 200},
        {"path": "/v1/checkout", "body": french}
    ]);
    let mut page = Page::start("en", answers).await;
    until("the session to be asked for", || !sent("/v1/checkout").is_empty()).await;
    page.speak("fr-CA");
    page.is_open().await;
    click("input[value=new]");
    until("the French text", || has("#consent[lang=fr]")).await;
    let asked: Vec<_> = sent("/v1/checkout").iter().map(|call| call["path"].clone()).collect();
    assert_eq!(asked, ["/v1/checkout?locale=en", "/v1/checkout?locale=fr-CA"]);
}
