//! A browser that hangs up in the middle of a confirm, at every moment of it: the try is either not taken at all, or
//! carried through at once. No browser here: the moments are too short for one.
//!
//! Positive control: with the attempt written by the request's own task, and only the charge in one of its own,
//! about every second run finds a try that nobody sends.

use std::time::Duration;

use paydesk_e2e::sandbox::{answered, client};
use paydesk_e2e::seed::TOTAL;
use paydesk_e2e::stack::Stack;
use paydesk_e2e::world::VISA;
use paydesk_e2e::{Context, Failure, clock};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

/// Far longer than a charge takes, far shorter than the worker waits before it takes up what nobody sends.
const AT_ONCE: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn a_confirm_goes_on_when_the_browser_hangs_up() -> Result<(), Failure> {
    let stack = Stack::start().await?;
    let account = stack.organization.client().await?;
    let method = stack.sandbox.store_card(&VISA, false).await?;
    stack.organization.save_card(&account, &method).await?;
    let (http, pay) = (client()?, stack.pay_url());
    let get = |secret: &str, path: &str| {
        let request = http.get(format!("{pay}{path}")).bearer_auth(secret);
        request.header("paydesk-parent-origin", &stack.host.origin)
    };
    let mut secrets = Vec::new();
    let moments_ms = [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 10, 15, 30];
    for (number, moment_ms) in (1..).zip(moments_ms) {
        let checkout = stack.organization.checkout(&account, "en").await?;
        let view = answered("/v1/checkout", get(&checkout.secret, "/v1/checkout")).await?;
        let saved = view.pointer("/methods/0/id").and_then(Value::as_str).context("a saved card")?;
        let attempt = format!("att_{}", paydesk_domain::id::spell(number));
        let body = json!({"attempt_id": attempt, "amount": TOTAL, "currency": "CAD", "saved_method": saved});
        let body = body.to_string();
        let request = format!(
            "POST /v1/checkout/confirm HTTP/1.1\r\nhost: pay\r\nauthorization: Bearer {}\r\n\
             paydesk-parent-origin: {}\r\nidempotency-key: {attempt}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            checkout.secret,
            stack.host.origin,
            body.len()
        );
        let mut line =
            TcpStream::connect(pay.trim_start_matches("http://")).await.context("the billing API")?;
        line.write_all(request.as_bytes()).await.context("a request")?;
        tokio::time::sleep(Duration::from_millis(moment_ms)).await;
        drop(line);

        secrets.push(checkout.secret);
    }
    // Whatever was written down is decided, and nothing else was charged.
    let decided = async || {
        let mut paid = 0;
        for secret in &secrets {
            let status = answered("the status", get(secret, "/v1/checkout/status")).await?;
            match status.pointer("/attempt/status").and_then(Value::as_str) {
                None => {}
                Some("succeeded") => paid += 1,
                Some(_) => return Ok(None),
            }
        }
        Ok((stack.sandbox.charges().await?.len() == paid).then_some(paid))
    };
    let paid = clock::until("a decision of every try that was taken", AT_ONCE, decided).await?;
    assert!(paid > 0, "no request was taken: nothing was tested");
    Ok(())
}
