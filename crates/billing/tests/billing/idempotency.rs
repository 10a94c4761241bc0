//! Writes by an organization's server are done once per key.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Engine, STORE, Stack, fresh, on_both};

on_both! {
    the_same_key_is_the_same_write;
    a_thousand_equal_writes_do_one;
    what_died_half_way_can_be_taken_over;
    sessions_keep_no_secret;
    old_answers_are_forgotten;
}

fn client(name: &str) -> Value {
    json!({"login": {"name": name}})
}

async fn the_same_key_is_the_same_write(engine: Engine) {
    let stack = Stack::start(engine).await;
    let key = fresh("k-");
    let first = stack.write_as(&stack.key, &key, "/v1/clients", &client("Kim")).await.expect(201);
    let again = stack.write_as(&stack.key, &key, "/v1/clients", &client("Kim")).await.expect(201);
    assert_eq!(first.json(), again.json());
    assert_eq!(stack.read("/v1/clients").await.json()["data"].as_array().unwrap().len(), 1);
    stack
        .write_as(&stack.key, &key, "/v1/clients", &client("Lou"))
        .await
        .expect_problem(422, "idempotency_mismatch");
    let elsewhere = stack.write_as(&stack.key, &key, "/v1/invoices", &client("Kim")).await;
    assert_eq!(elsewhere.status, 400, "another body is read before its key: {}", elsewhere.text);
    // A refused write gives its key back.
    let key = fresh("k-");
    stack
        .write_as(&stack.key, &key, "/v1/clients", &client(" "))
        .await
        .expect_problem(400, "invalid_request");
    stack.write_as(&stack.key, &key, "/v1/clients", &client("Lou")).await.expect(201);
    // No key, no write.
    let request = stack.http.post(format!("{}/v1/clients", stack.billing)).bearer_auth(&stack.key);
    stack.send(request.json(&client("Max"))).await.expect_problem(400, "idempotency_key_missing");
    // Another organization's key of the same spelling is another key.
    let (_, other) = crate::support::organization(&stack.app, "Elsewhere").await;
    stack.write_as(&other, &key, "/v1/clients", &client("Max")).await.expect(201);
    // After a day the key may be used for something else.
    stack.clock.advance(Duration::from_secs(24 * 3600));
    stack.write_as(&stack.key, &key, "/v1/clients", &client("Pat")).await.expect(201);
    assert_eq!(stack.read("/v1/clients").await.json()["data"].as_array().unwrap().len(), 3);
}

/// Positive control: doing the work without asking for the key first makes a thousand clients.
async fn a_thousand_equal_writes_do_one(engine: Engine) {
    let stack = Stack::start(engine).await;
    let key = fresh("k-");
    let requests = (0..1_000).map(|_| {
        let request = stack.http.post(format!("{}/v1/clients", stack.billing)).bearer_auth(&stack.key);
        request.header("idempotency-key", &key).json(&client("Kim"))
    });
    let mut answers = Vec::new();
    for reply in stack.send_all(requests).await {
        match reply.status {
            201 => answers.push(reply.text),
            409 => assert_eq!(reply.at("/code"), "idempotency_in_flight"),
            other => panic!("{other}: {}", reply.text),
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "one answer, to the byte");
    assert_eq!(stack.read("/v1/clients").await.json()["data"].as_array().unwrap().len(), 1);
    stack
        .write_as(&stack.key, &key, "/v1/clients", &client("Lou"))
        .await
        .expect_problem(422, "idempotency_mismatch");
}

async fn what_died_half_way_can_be_taken_over(engine: Engine) {
    let stack = Stack::start(engine).await;
    let tenant = stack.app.store.organization(stack.organization.clone());
    let key = fresh("k-");
    // Somebody takes the key and dies.
    let body = client("Kim").to_string();
    let hash = paydesk_billing::secret::sha256_hex(format!("POST /v1/clients\n{body}").as_bytes());
    assert!(matches!(
        stack.app.begin_write(&tenant, &key, &hash).await.unwrap(),
        paydesk_billing::app::write_once::Begun::Fresh(_)
    ));
    let reply = stack.write_as(&stack.key, &key, "/v1/clients", &client("Kim")).await;
    assert_eq!(reply.expect_problem(409, "idempotency_in_flight").headers["retry-after"], "1");
    stack.clock.advance(Duration::from_secs(60));
    stack.write_as(&stack.key, &key, "/v1/clients", &client("Kim")).await.expect(201);
    assert_eq!(stack.read("/v1/clients").await.json()["data"].as_array().unwrap().len(), 1);
}

async fn old_answers_are_forgotten(engine: Engine) {
    let stack = Stack::start(engine).await;
    let keys: Vec<String> = (0..3).map(|_| fresh("forgotten-")).collect();
    for key in &keys {
        stack.write_as(&stack.key, key, "/v1/clients", &client("Kim")).await.expect(201);
    }
    let tenant = stack.app.store.organization(stack.organization.clone());
    let known = async || {
        let mut tx = tenant.read().await.unwrap();
        let mut known = 0;
        for key in &keys {
            known += usize::from(tx.find_key(key).await.unwrap().is_some());
        }
        known
    };
    assert_eq!(known().await, 3);
    stack.clock.advance(Duration::from_secs(24 * 3600 + 1));
    stack.client().await;
    assert_eq!(known().await, 0);
}

async fn sessions_keep_no_secret(engine: Engine) {
    let stack = Stack::start(engine).await;
    let invoice = stack.invoice(&stack.client().await, &[100]).await;
    let (key, body) = (fresh("k-"), json!({"invoice": invoice, "allowed_origin": STORE}));
    let first = stack.write_as(&stack.key, &key, "/v1/checkout_sessions", &body).await.expect(201);
    let again = stack.write_as(&stack.key, &key, "/v1/checkout_sessions", &body).await.expect(201);
    assert_eq!(first.at("/session"), again.at("/session"));
    // 45 letters of 20 hold 194 bits.
    assert_eq!(first.at("/secret").len(), "cs_".len() + 45);
    for secret in [first.at("/secret"), again.at("/secret")] {
        assert_eq!(stack.view(&secret).await.expect(200).at("/session/id"), first.at("/session"));
        for dump in stack.database.dump(&stack.organization).await {
            let letters = secret.strip_prefix("cs_").unwrap();
            assert!(!dump.contains(letters), "the secret itself is stored: {dump}");
        }
    }
    let key = stack.key.strip_prefix("sk_paydesk_").unwrap();
    assert!(stack.database.dump(&stack.organization).await.iter().all(|dump| !dump.contains(key)));
    let hash = paydesk_billing::secret::sha256_hex(first.at("/secret").as_bytes());
    let stored = stack.database.dump(&stack.organization).await;
    assert!(
        stored.iter().any(|dump| dump.contains(&hash)),
        "the positive control: the dump shows what is stored"
    );
}
