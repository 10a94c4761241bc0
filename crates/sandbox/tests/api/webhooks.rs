//! Letters: signed, tried again, given up, and still sent after a restart.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use jiff::SignedDuration;
use serde_json::Value;
use tokio::sync::Notify;

use crate::support::{ACH, DAY_S, Running, until};

/// An endpoint that refuses the first letters.
#[derive(Clone, Default)]
struct Endpoint {
    letters: Arc<Mutex<Vec<(String, String)>>>,
    arrived: Arc<Notify>,
}

impl Endpoint {
    async fn listen(&self, refusals: usize) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}/hook", listener.local_addr().unwrap().port());
        let endpoint = self.clone();
        let hook = async move |headers: HeaderMap, body: Bytes| {
            let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
            let mut letters = endpoint.letters.lock().unwrap();
            letters.push((String::from_utf8(body.to_vec()).unwrap(), signature));
            endpoint.arrived.notify_one();
            if letters.len() <= refusals { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK }
        };
        tokio::spawn(async move {
            axum::serve(listener, Router::new().route("/hook", post(hook))).await.unwrap()
        });
        url
    }

    async fn wait_for(&self, count: usize) -> Vec<(String, String)> {
        let enough = async {
            loop {
                let arrived = self.arrived.notified();
                let letters = self.letters.lock().unwrap().clone();
                if letters.len() >= count {
                    return letters;
                }
                arrived.await;
            }
        };
        until("a letter", enough).await
    }
}

fn is_signed(secret: &str, (body, signature): &(String, String)) -> bool {
    let at = signature.split(',').find_map(|part| part.strip_prefix("t=")).unwrap();
    let digest = signature.split(',').find_map(|part| part.strip_prefix("v1=")).unwrap();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{at}.{body}").as_bytes());
    let expected: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    expected == digest
}

fn kinds(letters: &[(String, String)]) -> Vec<String> {
    let kind = |body: &str| serde_json::from_str::<Value>(body).unwrap()["type"].as_str().unwrap().to_owned();
    letters.iter().map(|(body, _)| kind(body)).collect()
}

/// Seen to fail when what is signed lacks the dot after the time.
#[tokio::test]
async fn letters_are_signed_and_tried_until_accepted() {
    let waits =
        |config: &mut paydesk_sandbox::Config| config.webhook_waits = vec![Duration::from_secs(60); 3];
    let processor = Running::start_with(waits).await;
    let endpoint = Endpoint::default();
    let url = endpoint.listen(1).await;
    let form = [("url", url.as_str()), ("enabled_events[]", "customer.created")];
    let made = processor.post("/v1/webhook_endpoints", &form).await;
    let secret = made.text("/secret").to_owned();
    assert!(secret.starts_with("whsec_"));
    let read = processor.get(&format!("/v1/webhook_endpoints/{}", made.text("/id"))).await;
    assert!(read.body.get("secret").is_none(), "the secret is told again");

    processor.post("/v1/customers", &[("name", "Ann")]).await.id();
    endpoint.wait_for(1).await;
    // Nothing comes again before its time, whatever else happens; another event is not wanted.
    processor.method("4242424242424242").await;
    // The letter outlives its processor.
    let processor = processor.restart_with(waits).await;
    processor.clock.advance(SignedDuration::from_secs(61));
    let letters = endpoint.wait_for(2).await;
    assert_eq!(letters[0].0, letters[1].0);
    assert_eq!(kinds(&letters), ["customer.created", "customer.created"]);
    for letter in &letters {
        assert!(is_signed(&secret, letter));
        assert!(!is_signed("whsec_other", letter));
    }
    let event: Value = serde_json::from_str(&letters[1].0).unwrap();
    let read = processor.get(&format!("/v1/events/{}", event["id"].as_str().unwrap())).await;
    assert_eq!(read.body, event);
}

#[tokio::test]
async fn a_letter_is_given_up_after_its_last_try() {
    let waits = |config: &mut paydesk_sandbox::Config| config.webhook_waits = vec![Duration::ZERO; 2];
    let processor = Running::start_with(waits).await;
    let endpoint = Endpoint::default();
    let url = endpoint.listen(3).await;
    let form = [("url", url.as_str()), ("enabled_events[]", "*")];
    processor.post("/v1/webhook_endpoints", &form).await.id();
    processor.post("/v1/customers", &[]).await.id();
    endpoint.wait_for(3).await;
    // The endpoint would accept the fourth try: the next letter that comes is of the next event.
    let customer = processor.post("/v1/customers", &[]).await.id();
    let letters = endpoint.wait_for(4).await;
    assert_eq!(letters.len(), 4);
    assert!(letters[3].0.contains(&customer) && !letters[0].0.contains(&customer));
}

#[tokio::test]
async fn what_happens_by_itself_is_told_of_too() {
    let processor = Running::start().await;
    let endpoint = Endpoint::default();
    let url = endpoint.listen(0).await;
    let (customer, method) = processor.customer_with_account(ACH, "000555555559").await;
    processor.debit(&customer, &method, "told", &[]).await.id();
    let form = [
        ("url", url.as_str()),
        ("enabled_events[0]", "payment_intent.succeeded"),
        ("enabled_events[1]", "charge.dispute.created"),
    ];
    processor.post("/v1/webhook_endpoints", &form).await.id();
    processor.advance_s(4 * DAY_S).await;
    endpoint.wait_for(1).await;
    processor.advance_s(DAY_S).await;
    let letters = endpoint.wait_for(2).await;
    assert_eq!(kinds(&letters), ["payment_intent.succeeded", "charge.dispute.created"]);
}
