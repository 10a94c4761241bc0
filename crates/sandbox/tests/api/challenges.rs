//! The bank's question to the payer, on its page: answered well, badly, late, twice and not at all.

use jiff::SignedDuration;
use reqwest::Method;
use reqwest::header::{ACCEPT_LANGUAGE, LOCATION};

use crate::support::{Answered, Running};

const BACK: &str = "http://127.0.0.1:4100/challenge-done";

/// Asks to charge a card whose bank has a question, and says where it is asked.
async fn ask(processor: &Running, number: &str) -> (String, String) {
    let (customer, method) = processor.customer_with(number).await;
    let form = [
        ("amount", "13250"),
        ("currency", "cad"),
        ("customer", customer.as_str()),
        ("payment_method", method.as_str()),
        ("confirm", "true"),
        ("return_url", BACK),
        ("description", "Harbour <Sailing> Club"),
    ];
    let asked = processor.post("/v1/payment_intents", &form).await;
    assert_eq!(
        (asked.text("/status"), asked.text("/next_action/type")),
        ("requires_action", "redirect_to_url")
    );
    assert_eq!(asked.text("/next_action/redirect_to_url/return_url"), BACK);
    let url = asked.text("/next_action/redirect_to_url/url").to_owned();
    assert!(url.starts_with(&processor.url), "{url}");
    (asked.id(), url)
}

/// A browser that does not follow: where it is sent is looked at.
async fn answer(url: &str, word: &str) -> reqwest::Response {
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    browser.build().unwrap().post(url).form(&[("answer", word)]).send().await.unwrap()
}

async fn read(processor: &Running, intent: &str) -> Answered {
    processor.get(&format!("/v1/payment_intents/{intent}")).await
}

#[tokio::test]
async fn the_page_says_who_asks_for_how_much() {
    let processor = Running::start().await;
    let (_, url) = ask(&processor, "4000002760003184").await;
    let path = url.strip_prefix(&processor.url).unwrap();
    let show = async |language: &str| {
        let shown = processor.request(Method::GET, path).header(ACCEPT_LANGUAGE, language);
        Running::read(shown).await.unwrap()
    };
    let english = show("en").await;
    let text = english.text("");
    for part in ["<html lang=\"en\">", "Harbour &lt;Sailing&gt; Club", "132.50 CAD", ">Complete<", ">Fail<"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let policy = english.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("form-action 'self' http://127.0.0.1:4100")
    );
    let french = show("fr-CA,en;q=0.5").await;
    for part in ["<html lang=\"fr\">", "132,50 CAD", ">Confirmer<"] {
        assert!(french.text("").contains(part), "{part}");
    }
    // Whoever does not know the secret learns nothing, and can answer nothing.
    let guess = format!("{}/guess", url.rsplit_once('/').unwrap().0);
    assert_eq!(answer(&guess, "complete").await.status(), 404);
    assert_eq!(answer(&url, "perhaps").await.status(), 400);
}

/// Seen to fail when neither the page nor `finish_authentication` asks whether the question is over: a second answer then
/// charges again.
#[tokio::test]
async fn each_answer_leads_to_its_end_once() {
    let processor = Running::start().await;
    for (number, word, status, code) in [
        ("4000002500003155", "complete", "succeeded", ""),
        ("4000002760003184", "complete", "succeeded", ""),
        ("4000002760003184", "fail", "requires_payment_method", "payment_intent_authentication_failure"),
        ("4000008260003178", "complete", "requires_payment_method", "insufficient_funds"),
        ("4000008400001629", "complete", "requires_payment_method", "generic_decline"),
    ] {
        let (intent, url) = ask(&processor, number).await;
        for word in [word, "complete"] {
            let sent = answer(&url, word).await;
            assert_eq!(sent.status(), 303);
            let location = sent.headers()[LOCATION].to_str().unwrap();
            assert!(location.starts_with(&format!("{BACK}?payment_intent={intent}&")), "{location}");
        }
        let ended = read(&processor, &intent).await;
        assert_eq!(ended.text("/status"), status, "{number} {word}");
        let error = &ended.body["last_payment_error"];
        let told = error["decline_code"].as_str().or(error["code"].as_str()).unwrap_or_default();
        assert_eq!(told, code, "{number} {word}");
        assert!(ended.body["next_action"].is_null());
    }
    assert_eq!(processor.journal().await.len(), 2);
}

#[tokio::test]
async fn a_card_that_only_could_be_asked_about_is_charged_at_once() {
    let processor = Running::start().await;
    let method = processor.method("4000000000003055").await;
    let form = [
        ("amount", "500"),
        ("currency", "cad"),
        ("payment_method", &method),
        ("confirm", "true"),
        ("return_url", BACK),
    ];
    assert_eq!(processor.post("/v1/payment_intents", &form).await.text("/status"), "succeeded");
}

/// Seen to fail without the errand: the question waits for ever.
#[tokio::test]
async fn the_bank_does_not_wait_for_ever() {
    let processor = Running::start().await;
    let (late, url) = ask(&processor, "4000002760003184").await;
    let (given_up, canceled_url) = ask(&processor, "4000002760003184").await;
    let cancel = format!("/v1/payment_intents/{given_up}/cancel");
    assert_eq!(processor.post(&cancel, &[]).await.text("/status"), "canceled");
    let sent = answer(&canceled_url, "complete").await;
    assert!(sent.headers()[LOCATION].to_str().unwrap().ends_with("redirect_status=failed"));
    assert_eq!(read(&processor, &given_up).await.text("/status"), "canceled", "nothing comes back to life");
    processor.clock.advance(SignedDuration::from_mins(29));
    assert_eq!(read(&processor, &late).await.text("/status"), "requires_action");
    processor.clock.advance(SignedDuration::from_mins(1));
    answer(&url, "complete").await;
    let over = read(&processor, &late).await;
    assert_eq!(over.text("/status"), "requires_payment_method");
    assert_eq!(over.text("/last_payment_error/code"), "payment_intent_authentication_failure");
    assert!(processor.journal().await.is_empty());
    let events = processor.get("/v1/events").await;
    let kinds: Vec<_> =
        events.body["data"].as_array().unwrap().iter().map(|event| event["type"].clone()).collect();
    for kind in ["requires_action", "payment_failed", "canceled"] {
        assert!(kinds.contains(&format!("payment_intent.{kind}").into()), "{kind} in {kinds:?}");
    }
}

#[tokio::test]
async fn a_card_that_is_kept_is_asked_about_as_well() {
    let processor = Running::start().await;
    let customer = processor.post("/v1/customers", &[]).await.id();
    for (word, status) in [("complete", "succeeded"), ("fail", "requires_payment_method")] {
        let method = processor.method("4000002500003155").await;
        let form = [
            ("customer", customer.as_str()),
            ("payment_method", &method),
            ("confirm", "true"),
            ("return_url", BACK),
        ];
        let asked = processor.post("/v1/setup_intents", &form).await;
        let sent = answer(asked.text("/next_action/redirect_to_url/url"), word).await;
        let location = sent.headers()[LOCATION].to_str().unwrap();
        assert!(location.starts_with(&format!("{BACK}?setup_intent={}&", asked.id())), "{location}");
        let ended = processor.get(&format!("/v1/setup_intents/{}", asked.id())).await;
        assert_eq!(ended.text("/status"), status);
    }
}
