//! One story on both databases: from an organization to receipts, with a new card, a saved one and refusals between.

use serde_json::json;

use crate::support::{Engine, STORE, Stack, address, attempt_id, fresh, on_both};

on_both! { the_whole_story; lists_have_pages; methods_are_brought_in; refusals_name_what_is_wrong; sessions_end; }

async fn the_whole_story(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (invoice, secret) = stack.open().await;
    let view = stack.view(&secret).await.expect(200).json();
    assert_eq!(view["session"]["status"], "open");
    assert_eq!(view["invoice"]["payable_now"], 6_250);
    assert_eq!(view["methods"], json!([]));
    assert_eq!(view["processor"]["base_url"], stack.processor.as_str());
    assert_eq!(view["attempt"], json!(null));

    // Declined first, then another card in the same session, and saved.
    let declined = stack.with_card("4000000000009995", 6_250).await;
    let reply = stack.confirm(&secret, &declined).await.expect(200);
    assert_eq!(
        (reply.at("/status"), reply.at("/decline/category")),
        ("declined".into(), "insufficient_funds".into())
    );
    assert_eq!(stack.view(&secret).await.at("/session/status"), "open");

    let mut body = stack.with_card("5555555555554444", 6_250).await;
    body["save"] = json!(true);
    body["consent_version"] = view["consent"]["version"].clone();
    body["consent_locale"] = view["consent"]["locale"].clone();
    let paid = stack.confirm(&secret, &body).await.expect(200).json();
    assert_eq!((&paid["status"], &paid["receipt"]["number"]), (&json!("succeeded"), &json!("000001")));
    assert_eq!(
        (&paid["receipt"]["brand"], &paid["receipt"]["last4"]),
        (&json!("mastercard"), &json!("4444"))
    );
    assert_eq!(
        stack.confirm(&secret, &body).await.expect(200).json(),
        paid,
        "the same attempt, the same answer"
    );
    assert_eq!(stack.status(&secret).await.at("/session_status"), "complete");

    // What the organization sees.
    let seen = stack.read(&format!("/v1/invoices/{invoice}")).await.expect(200).json();
    assert_eq!(
        (&seen["paid"], &seen["balance"], &seen["payable_now"]),
        (&json!(6_250), &json!(0), &json!(0))
    );
    let covered: Vec<_> =
        seen["items"].as_array().unwrap().iter().map(|item| item["covered"].clone()).collect();
    assert_eq!(covered, [json!(5_000), json!(1_250)]);
    let receipt = paid["receipt"]["id"].as_str().unwrap();
    let receipt = stack.read(&format!("/v1/receipts/{receipt}")).await.expect(200).json();
    assert_eq!((&receipt["amount"], &receipt["invoice"]), (&json!(6_250), &json!(invoice)));
    let payment = paid["receipt"]["payment"].as_str().unwrap();
    assert_eq!(
        stack.read(&format!("/v1/payments/{payment}")).await.expect(200).at("/attempt"),
        body["attempt_id"]
    );

    // The next invoice with the saved card; its receipt has the next number, without a gap for the decline.
    let account = seen["account"].as_str().unwrap();
    let next = stack.invoice(account, &[700]).await;
    let secret = stack.session(&next).await;
    let view = stack.view(&secret).await.expect(200).json();
    assert_eq!(
        (&view["methods"][0]["last4"], &view["methods"][0]["expired"]),
        (&json!("4444"), &json!(false))
    );
    let body = json!({"attempt_id": attempt_id(), "amount": 700, "currency": "CAD", "saved_method": view["methods"][0]["id"]});
    let paid = stack.confirm(&secret, &body).await.expect(200);
    assert_eq!((paid.at("/status"), paid.at("/receipt/number")), ("succeeded".into(), "000002".into()));
    assert_eq!(stack.charges().await.len(), 2);
}

async fn lists_have_pages(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let other = stack.client().await;
    let mut made = Vec::new();
    for amount in 1..=5 {
        stack.clock.advance(std::time::Duration::from_millis(1));
        made.push(stack.invoice(&account, &[amount]).await);
    }
    stack.invoice(&other, &[99]).await;
    made.reverse();
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page =
            stack.read(&format!("/v1/invoices?limit=2&account={account}{cursor}")).await.expect(200).json();
        seen.extend(
            page["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()),
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, made, "each once, newest first");
    let by_number = stack.read("/v1/invoices?number=INV-000003").await.expect(200).json();
    assert_eq!(by_number["data"].as_array().unwrap().len(), 1);
    assert_eq!(stack.read("/v1/clients?email=nobody@example.org").await.json()["data"], json!([]));
    assert_eq!(stack.read("/v1/clients").await.json()["data"].as_array().unwrap().len(), 2);
    for (bad, param) in [("limit=0", "limit"), ("limit=101", "limit"), ("cursor=%27--", "cursor")] {
        let reply = stack.read(&format!("/v1/invoices?{bad}")).await.expect_problem(400, "invalid_request");
        assert_eq!(reply.at("/param"), param);
    }
}

async fn methods_are_brought_in(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let path = format!("/v1/clients/{account}/payment_methods");
    let secret_key = crate::support::PROCESSOR_SECRET;
    let stored = async |number: &str| {
        let form = [("type", "card".to_owned()), ("card[token]", stack.token(number).await)];
        let request =
            stack.http.post(format!("{}/v1/payment_methods", stack.processor)).bearer_auth(secret_key);
        stack.send(request.form(&form)).await.expect(200).at("/id")
    };
    let body = |method: &str| {
        json!({
            "processor_payment_method": method, "billing_address": address(), "nickname": "Blue",
            "consent": {"version": "save-card-1", "locale": "fr", "accepted_at": "2026-01-05T15:00:00Z"},
        })
    };
    let first = stored("4242424242424242").await;
    let saved = stack.write(&path, body(&first)).await.expect(201);
    assert_eq!(
        (saved.at("/last4"), saved.at("/nickname"), saved.at("/expired")),
        ("4242".into(), "Blue".into(), "false".into())
    );
    // The same card again is the same method.
    assert_eq!(stack.write(&path, body(&first)).await.expect(201).at("/id"), saved.at("/id"));
    // In nobody else's wallet.
    let other = format!("/v1/clients/{}/payment_methods", stack.client().await);
    stack.write(&other, body(&first)).await.expect_problem(422, "method_unknown");
    stack.write(&path, body("pm_nothing")).await.expect_problem(422, "method_unknown");
    stack.write(&path, body("../customers")).await.expect_problem(422, "method_unknown");
    let mut wrong = body(&first);
    wrong["billing_address"]["postal_code"] = json!("90210");
    let reply = stack.write(&path, wrong).await.expect_problem(422, "address_invalid");
    assert_eq!(reply.at("/param"), "billing_address.postal_code");

    // Expired where the organization is: it is the last day of March 2034 in Toronto until 4 o'clock UTC.
    let invoice = stack.invoice(&account, &[500]).await;
    let expires = "2034-04-01T04:00:00Z".parse::<jiff::Timestamp>().unwrap();
    let now = stack.app.mint.now();
    let until = std::time::Duration::try_from(expires.duration_since(now)).unwrap();
    stack.clock.advance(until.checked_sub(std::time::Duration::from_secs(1)).unwrap());
    let secret = stack.session(&invoice).await;
    assert_eq!(stack.view(&secret).await.at("/methods/0/expired"), "false");
    stack.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(stack.view(&secret).await.at("/methods/0/expired"), "true");
    let body = json!({"attempt_id": attempt_id(), "amount": 500, "currency": "CAD", "saved_method": saved.at("/id")});
    let reply = stack.confirm(&secret, &body).await.expect_problem(422, "method_expired");
    assert_eq!(reply.at("/param"), "saved_method");
    assert!(stack.charges().await.is_empty());

    // Ten cards, and no eleventh.
    for (index, number) in [
        "5555555555554444",
        "378282246310005",
        "6011111111111117",
        "3566002020360505",
        "36227206271667",
        "6200000000000005",
    ]
    .into_iter()
    .chain(["4242424242424242", "5555555555554444", "378282246310005"])
    .enumerate()
    {
        let method = stored(number).await;
        assert_eq!(stack.write(&path, titled(&body_of(&method), index)).await.status, 201, "{number}");
    }
    let eleventh = stored("4242424242424242").await;
    stack.write(&path, body_of(&eleventh)).await.expect_problem(422, "wallet_full");
}

fn body_of(method: &str) -> serde_json::Value {
    json!({
        "processor_payment_method": method, "billing_address": address(),
        "consent": {"version": "save-card-1", "locale": "en", "accepted_at": "2026-01-05T15:00:00Z"},
    })
}

fn titled(body: &serde_json::Value, index: usize) -> serde_json::Value {
    let mut body = body.clone();
    body["nickname"] = json!(format!("Card {index}"));
    body
}

async fn refusals_name_what_is_wrong(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret) = stack.open().await;
    let good = stack.with_card("4242424242424242", 6_250).await;
    let with = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut body = good.clone();
        body["attempt_id"] = json!(attempt_id());
        change(&mut body);
        body
    };
    let cases: Vec<(serde_json::Value, u16, &str, Option<&str>)> = vec![
        (with(&|body| body["attempt_id"] = json!("att_1")), 400, "invalid_request", Some("attempt_id")),
        (with(&|body| body["amount"] = json!(0)), 400, "invalid_request", Some("amount")),
        (with(&|body| body["amount"] = json!(6_251)), 409, "amount_changed", Some("amount")),
        (with(&|body| body["currency"] = json!("USD")), 409, "amount_changed", Some("amount")),
        (with(&|body| body["token"] = json!(null)), 400, "invalid_request", Some("saved_method")),
        (with(&|body| body["saved_method"] = json!("pm_x")), 400, "invalid_request", Some("saved_method")),
        (with(&|body| body["token"] = json!("tok_1&amount=1")), 400, "invalid_request", Some("token")),
        (
            with(&|body| body["billing_address"] = json!(null)),
            400,
            "invalid_request",
            Some("billing_address"),
        ),
        (
            with(&|body| body["billing_address"]["city"] = json!("")),
            422,
            "address_invalid",
            Some("billing_address.city"),
        ),
        (with(&|body| body["save"] = json!(true)), 400, "invalid_request", Some("consent_version")),
        (with(&|body| body["token"] = json!("tok_unknown")), 422, "token_unusable", None),
        (
            json!({"attempt_id": attempt_id(), "amount": 6_250, "currency": "CAD", "saved_method": "pm_unknown"}),
            422,
            "method_unknown",
            Some("saved_method"),
        ),
    ];
    for (body, status, code, param) in cases {
        let reply = stack.confirm(&secret, &body).await.expect_problem(status, code);
        assert_eq!(reply.json()["param"].as_str(), param, "{body}");
    }
    assert!(stack.charges().await.is_empty());
    // An attempt that failed on its token says so again, and leaves the way open for the next.
    let paid = stack.confirm(&secret, &good).await.expect(200);
    assert_eq!(paid.at("/status"), "succeeded");
    let again = stack.with_card("4242424242424242", 6_250).await;
    let reply = stack.confirm(&secret, &again).await.expect_problem(409, "already_paid");
    assert_eq!(reply.at("/attempt/id"), good["attempt_id"]);
    // The token that was used cannot be used again, for another invoice.
    let (_, other) = stack.open().await;
    let mut reused = good.clone();
    reused["attempt_id"] = json!(attempt_id());
    stack.confirm(&other, &reused).await.expect_problem(422, "token_unusable");

    // Callers.
    let get = |secret: &str| stack.http.get(format!("{}/v1/checkout", stack.billing)).bearer_auth(secret);
    stack.send(get(&secret)).await.expect_problem(403, "origin_not_allowed");
    let elsewhere = get(&secret).header("paydesk-parent-origin", "https://evil.example");
    stack.send(elsewhere).await.expect_problem(403, "origin_not_allowed");
    stack
        .send(get(&fresh("cs_")).header("paydesk-parent-origin", STORE))
        .await
        .expect_problem(401, "session_invalid");
    stack
        .send(get(&stack.key).header("paydesk-parent-origin", STORE))
        .await
        .expect_problem(401, "session_invalid");
    stack.read_as(&secret, "/v1/clients").await.expect_problem(401, "key_invalid");
    stack.read_as("sk_paydesk_x", "/v1/clients").await.expect_problem(401, "key_invalid");
    stack.read("/v1/nothing").await.expect_problem(404, "not_found");
    stack.write("/v1/payments", json!({})).await.expect_problem(405, "method_not_allowed");
    let text = stack.http.post(format!("{}/v1/clients", stack.billing)).bearer_auth(&stack.key);
    let text = text.header("idempotency-key", "a").body("{}");
    stack.send(text).await.expect_problem(415, "unsupported_media_type");
    let unknown = stack.write("/v1/clients", json!({"login": {"name": "A"}, "admin": true})).await;
    unknown.expect_problem(400, "invalid_request");
    let origin = json!({"invoice": "inv_x", "allowed_origin": "https://evil.example"});
    assert_eq!(
        stack
            .write("/v1/checkout_sessions", origin)
            .await
            .expect_problem(400, "invalid_request")
            .at("/param"),
        "allowed_origin"
    );
}

async fn sessions_end(engine: Engine) {
    let stack = Stack::start(engine).await;
    let minutes = |minutes: u64| std::time::Duration::from_secs(minutes * 60);
    let (_, secret) = stack.open().await;
    stack.clock.advance(minutes(31));
    stack.view(&secret).await.expect_problem(401, "session_expired");
    // Each use moves the end on, up to a day from when it was made.
    let (_, secret) = stack.open().await;
    for _ in 0..57 {
        stack.view(&secret).await.expect(200);
        stack.clock.advance(minutes(25));
    }
    assert_eq!(stack.view(&secret).await.expect(200).at("/session/status"), "open");
    stack.clock.advance(minutes(15));
    stack.view(&secret).await.expect_problem(401, "session_expired");
}
