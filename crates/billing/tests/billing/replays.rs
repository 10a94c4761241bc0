//! What was answered is answered again by the next process, after the first was killed.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{Server, config_on, organization, serve};
use crate::support::{Database, Engine, STORE, Stack, address, attempt_id, on_both};

on_both! { answers_outlive_the_process; }

/// Positive control: without `finish_key` in `app/write_once.rs` the second process has no answer to give: 409 (tried).
async fn answers_outlive_the_process(engine: Engine) {
    // Only its processor and its client are used.
    let stack = Stack::start(Engine::Sqlite).await;
    let database = Database::fresh(engine).await;
    let folder = TempDir::new().unwrap();
    let limits = "[limits]\nper_address_per_minute = 0\nper_session_per_minute = 0";
    let config = config_on(&database.url, folder.path(), &stack.processor, limits);
    let (_, key) = organization(&config).await;
    let post = |server: &Server, path: &str, name: &str, body: &Value| {
        let request = stack.http.post(format!("{}{path}", server.origin)).bearer_auth(&key);
        request.header("idempotency-key", name).json(body)
    };
    let confirmation = |server: &Server, secret: &str, body: &Value| {
        let request = stack.http.post(format!("{}/v1/checkout/confirm", server.origin)).bearer_auth(secret);
        let id = body["attempt_id"].as_str().unwrap();
        request.header("paydesk-parent-origin", STORE).header("idempotency-key", id).json(body)
    };

    let server = serve(&config).await;
    let kim = json!({"login": {"name": "Kim Roy"}});
    let sent = (0..200).map(|_| post(&server, "/v1/clients", "kim", &kim));
    let replies = stack.send_all(sent).await;
    let client = replies.into_iter().find(|reply| reply.status == 201).expect("one of them did it");
    let items = json!({"account": client.at("/id"), "items": [{"description": "Camp", "amount": 900}]});
    let invoice = stack.send(post(&server, "/v1/invoices", "camp", &items)).await.expect(201);
    let session = json!({"invoice": invoice.at("/id"), "allowed_origin": STORE});
    let session = stack.send(post(&server, "/v1/checkout_sessions", "pay", &session)).await.expect(201);
    let secret = session.at("/secret");
    let body = json!({
        "attempt_id": attempt_id(), "amount": 900, "currency": "CAD", "token": stack.token("4242424242424242").await,
        "billing_address": address(),
    });
    let paid = stack.send(confirmation(&server, &secret, &body)).await.expect(200);
    server.kill().await;

    let server = serve(&config).await;
    let again = stack.send(post(&server, "/v1/clients", "kim", &kim)).await.expect(201);
    assert_eq!(again.text, client.text);
    let again = stack.send(post(&server, "/v1/invoices", "camp", &items)).await.expect(201);
    assert_eq!(again.text, invoice.text);
    let again = stack.send(confirmation(&server, &secret, &body)).await.expect(200);
    assert_eq!(again.json(), paid.json());
    let other = json!({"login": {"name": "Lou Roy"}});
    stack.send(post(&server, "/v1/clients", "kim", &other)).await.expect_problem(422, "idempotency_mismatch");
    let mut cheaper = body.clone();
    cheaper["amount"] = json!(1);
    let reply = stack.send(confirmation(&server, &secret, &cheaper)).await;
    reply.expect_problem(422, "idempotency_mismatch");
    assert_eq!(stack.charges().await.len(), 1);

    // Killed again in the middle of many: whatever was done is answered as it was, the rest is done now, each once.
    let lou = |number: usize| json!({"login": {"name": format!("Lou {number}")}});
    let count = async |server: &Server| {
        let clients = stack.http.get(format!("{}/v1/clients?limit=100", server.origin)).bearer_auth(&key);
        stack.send(clients).await.json()["data"].as_array().unwrap().len()
    };
    assert_eq!(count(&server).await, 1);
    let requests: Vec<_> =
        (0..200).map(|number| post(&server, "/v1/clients", &format!("lou-{number}"), &lou(number))).collect();
    let before = stack.send_until(requests, 10, 30, server.kill()).await;
    let server = serve(&config).await;
    let mut done = 0;
    for (number, before) in (0..).zip(before) {
        let after = stack.send(post(&server, "/v1/clients", &format!("lou-{number}"), &lou(number))).await;
        match before.filter(|reply| reply.status == 201) {
            Some(before) => {
                assert_eq!((after.status, &after.text), (201, &before.text));
                done += 1;
            }
            None => assert!([201, 409].contains(&after.status), "{}", after.text),
        }
    }
    assert!(done > 0 && done < 200, "killed in the middle: {done} were answered");
    let (verified, _, error) = crate::program::run(&config, &["audit", "verify"]).await;
    assert!(verified, "{error}");
    server.stop().await;
}
