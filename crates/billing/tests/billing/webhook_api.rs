//! The organization's side of webhooks: endpoints, events, and that none of it is anybody else's.

use paydesk_billing::app::WebhookSettings;
use serde_json::{Value, json};

use crate::support::{Behaviour, Engine, Receiver, Stack, fresh, on_both, organization};
use crate::webhooks::{endpoint, happens, round, start, webhook_settings};

on_both! {
    an_endpoint_is_made_changed_and_deleted;
    another_organization_finds_no_webhooks;
    a_secret_is_sealed_at_rest;
    lists_have_pages;
}

async fn an_endpoint_is_made_changed_and_deleted(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let key = fresh("k-");
    let body = json!({"url": "https://EXAMPLE.org:443/hooks", "description": " Books ", "events": ["payment.succeeded"]});
    let made = stack.write_as(&stack.key, &key, "/v1/webhook_endpoints", &body).await.expect(201);
    assert!(made.at("/secret").starts_with("whsec_"));
    assert_eq!(made.at("/endpoint/url"), "https://example.org/hooks");
    let again = stack.write_as(&stack.key, &key, "/v1/webhook_endpoints", &body).await.expect(201);
    assert_eq!(again.text, made.text, "the same write is answered the same, secret and all");
    let id = made.at("/endpoint/id");
    let path = format!("/v1/webhook_endpoints/{id}");
    let view = stack.read(&path).await.expect(200);
    assert_eq!(view.json(), made.json()["endpoint"]);
    assert!(!view.text.contains("whsec"), "shown once");
    assert_eq!(view.at("/description"), "Books");

    let changed =
        stack.write(&path, json!({"url": "https://example.org/b?k=1", "events": ["*"]})).await.expect(200);
    assert_eq!(
        (changed.at("/url"), changed.at("/events/0")),
        ("https://example.org/b?k=1".into(), "*".into())
    );
    assert_eq!(changed.at("/description"), "Books", "what is absent stays");
    let cleared = stack.write(&path, json!({"description": ""})).await.expect(200);
    assert_eq!(cleared.json()["description"], Value::Null);

    for (body, param) in [
        (json!({"url": "https://example.org", "events": ["payment.suceeded"]}), "events"),
        (json!({"url": "http://example.org"}), "url"),
        (json!({"url": "https://example.org:8443"}), "url"),
        (json!({"url": "https://me:secret@example.org"}), "url"),
        (json!({"url": "https://10.0.0.1/"}), "url"),
        (json!({"url": "https://2130706433/"}), "url"),
        (json!({"url": "https://[::ffff:169.254.169.254]/"}), "url"),
        (json!({"url": "https://metadata.google.internal/"}), "url"),
        (json!({"url": "no url"}), "url"),
    ] {
        for target in ["/v1/webhook_endpoints", &path] {
            let refused = stack.write(target, body.clone()).await.expect_problem(400, "invalid_request");
            assert_eq!(refused.at("/param"), param, "{body}");
        }
    }
    stack.write(&path, json!({"events": []})).await.expect_problem(400, "invalid_request");
    stack.write(&path, json!({"enabeld": false})).await.expect_problem(400, "invalid_request");

    let delete = |key: &str| {
        let request = stack.http.delete(format!("{}{path}", stack.billing)).bearer_auth(&stack.key);
        stack.send(request.header("idempotency-key", key))
    };
    let key = fresh("k-");
    for _ in 0..2 {
        assert_eq!(delete(&key).await.expect(200).json(), json!({"id": id, "deleted": true}));
    }
    delete(&fresh("k-")).await.expect_problem(404, "not_found");
    stack.read(&path).await.expect_problem(404, "not_found");
    let bare = stack.http.delete(format!("{}{path}", stack.billing)).bearer_auth(&stack.key);
    stack.send(bare).await.expect_problem(400, "idempotency_key_missing");
}

/// Positive control: what is refused to the other organization is first answered to the own one, at the same path.
async fn another_organization_finds_no_webhooks(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let (_, other) = organization(&stack.app, "Elsewhere").await;
    let (mine, theirs) =
        (Receiver::start(Behaviour::Answer(200)).await, Receiver::start(Behaviour::Answer(200)).await);
    let (id, _) = endpoint(&stack, &mine, json!(["*"])).await;
    let body = json!({"url": theirs.url});
    let their_endpoint = stack
        .write_as(&other, &fresh("k-"), "/v1/webhook_endpoints", &body)
        .await
        .expect(201)
        .at("/endpoint/id");
    let tenant = stack.app.store.organization(stack.organization.clone());
    let event = happens(&stack, &tenant, "payment.succeeded").await;
    round(&stack.app).await;
    assert_eq!(
        (mine.count(), theirs.count()),
        (1, 0),
        "events go to their own organization's endpoints only"
    );
    for path in [
        format!("/v1/webhook_endpoints/{id}"),
        format!("/v1/webhook_endpoints/{id}/deliveries"),
        format!("/v1/events/{event}"),
    ] {
        stack.read(&path).await.expect(200);
        stack.read_as(&other, &path).await.expect_problem(404, "not_found");
    }
    assert_eq!(stack.read_as(&other, "/v1/events").await.expect(200).json()["data"], json!([]));
    let listed = stack.read_as(&other, "/v1/webhook_endpoints").await.expect(200).json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    assert_eq!(listed["data"][0]["id"], their_endpoint);
    let write = async |path: String, body: Value| stack.write_as(&other, &fresh("k-"), &path, &body).await;
    for (path, body) in [
        (format!("/v1/webhook_endpoints/{id}"), json!({"enabled": false})),
        (format!("/v1/webhook_endpoints/{id}/rotate_secret"), json!({})),
        (format!("/v1/events/{event}/replay"), json!({})),
    ] {
        write(path, body).await.expect_problem(404, "not_found");
    }
    let delete =
        stack.http.delete(format!("{}/v1/webhook_endpoints/{id}", stack.billing)).bearer_auth(&other);
    stack.send(delete.header("idempotency-key", fresh("k-"))).await.expect_problem(404, "not_found");
    // Neither is my event told to their endpoint when I name it.
    let named = stack.write(&format!("/v1/events/{event}/replay"), json!({"endpoint": their_endpoint})).await;
    named.expect_problem(400, "invalid_request");
    assert_eq!(stack.read(&format!("/v1/webhook_endpoints/{id}")).await.at("/enabled"), "true");
}

/// Positive control: the endpoint's URL is found in the same dump (in the test).
async fn a_secret_is_sealed_at_rest(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let receiver = Receiver::start(Behaviour::Answer(200)).await;
    let (id, secret) = endpoint(&stack, &receiver, json!(["*"])).await;
    let path = format!("/v1/webhook_endpoints/{id}/rotate_secret");
    let new = stack.write(&path, json!({})).await.expect(201).at("/secret");
    let dump = stack.database.dump(&stack.organization).await;
    let holds = |text: &str| dump.iter().any(|part| part.contains(text));
    assert!(holds(&receiver.url));
    for secret in [secret, new] {
        assert!(!holds(&secret) && !holds(secret.strip_prefix("whsec_").unwrap()));
    }
    // Without a key there are no endpoints, and it is said why.
    let off = start(engine, WebhookSettings::default()).await;
    let refused = off.write("/v1/webhook_endpoints", json!({"url": "https://example.org"})).await;
    assert!(refused.expect_problem(501, "webhooks_off").text.contains("webhooks.secret_key"));
    let refused = off.write("/v1/webhook_endpoints", json!({"url": receiver.url})).await;
    refused.expect_problem(501, "webhooks_off");
}

async fn lists_have_pages(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let receiver = Receiver::start(Behaviour::Answer(200)).await;
    let (id, _) = endpoint(&stack, &receiver, json!(["*"])).await;
    let tenant = stack.app.store.organization(stack.organization.clone());
    for topic in ["payment.succeeded", "webhook_endpoint.disabled", "payment.succeeded"] {
        happens(&stack, &tenant, topic).await;
        stack.clock.advance(std::time::Duration::from_millis(2));
    }
    round(&stack.app).await;
    for (path, wanted) in [
        ("/v1/events?limit=1".to_owned(), 3),
        ("/v1/events?limit=1&type=payment.succeeded".to_owned(), 2),
        ("/v1/events?limit=2&type=payment.refunded".to_owned(), 0),
        (format!("/v1/webhook_endpoints/{id}/deliveries?limit=2"), 3),
        ("/v1/webhook_endpoints?limit=1".to_owned(), 1),
    ] {
        assert_eq!(walk(&stack, &path).await.len(), wanted, "{path}");
    }
    let events = walk(&stack, "/v1/events?limit=1").await;
    assert!(events.is_sorted_by(|a, b| a > b), "newest first: {events:?}");
    let event = stack.read(&format!("/v1/events/{}", events[0])).await.expect(200);
    assert_eq!((event.at("/type"), event.at("/subject")), ("payment.succeeded".into(), "pay_x".into()));
    for n in 0..30 {
        let body = json!({"url": format!("https://example.org/{n}")});
        let reply = stack.write("/v1/webhook_endpoints", body).await;
        // The first one is there already.
        let wanted = if n < 19 { 201 } else { 400 };
        reply.expect(wanted);
    }
}

/// The ids of every page.
async fn walk(stack: &Stack, path: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = stack.read(&format!("{path}{cursor}")).await.expect(200).json();
        let rows = page["data"].as_array().unwrap();
        ids.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}
