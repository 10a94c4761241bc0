//! A wallet opens to a client who is there, and not to whoever made the session.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Engine, Reply, STORE, Stack, fresh, on_both};

on_both! {
    the_right_code_opens_the_wallet;
    five_wrong_codes_end_a_code;
    guesses_at_once_are_counted;
    a_code_has_its_time_and_its_session;
    another_code_comes_after_a_minute;
    so_many_codes_and_no_more;
    no_organization_locks_a_client_out;
    a_device_is_remembered;
    but_not_for_ever;
    a_device_is_forgotten;
    the_organization_alone_does_not_get_in;
    nor_does_it_after_the_client;
    so_many_browsers_of_a_session;
    where_nobody_can_be_written_to;
    a_code_speaks_the_clients_language;
}

fn seconds(reply: &Reply, path: &str) -> u64 {
    reply.json().pointer(path).and_then(Value::as_u64).unwrap()
}

/// A code that is not this one.
fn wrong(code: &str) -> String {
    let digits: u32 = code.parse().unwrap();
    format!("{:06}", (digits + 1) % 1_000_000)
}

async fn entries(stack: &Stack) -> Vec<String> {
    let sql = "SELECT action || ' ' || detail || ' ' || COALESCE(method_id, '-') || ' ' || \
        CASE WHEN session_id IS NULL OR address IS NULL THEN 'nowhere' ELSE 'there' END FROM wallet_entries ORDER BY id";
    stack.database.read_past_everybody(sql).await.unwrap()
}

/// Positive control (tried): without the comparison in `check_code`, the wrong code opens the wallet.
async fn the_right_code_opens_the_wallet(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.signed_in().await;
    let secret = stack.unconfirmed_session(&account).await;
    stack.wallet(&secret).await.expect_problem(403, "confirmation_needed");
    stack.give_code(&secret, json!({"code": "123456"})).await.expect_problem(422, "code_over");
    let sent = stack.ask_for_code(&secret, json!({})).await.expect(200);
    assert_eq!(
        sent.json(),
        json!({"state": "code_sent", "sent_to": "k•••@example.org", "resend_after_s": 60, "expires_in_s": 600})
    );
    let letter = stack.mailbox().await.pop().unwrap();
    assert_eq!(
        (letter.to.as_str(), letter.subject.as_str()),
        ("kim@example.org", "Your code to open your wallet: Riverside Recreation")
    );
    let code = letter.code().unwrap();
    let refused =
        stack.give_code(&secret, json!({"code": wrong(&code)})).await.expect_problem(422, "wrong_code");
    assert_eq!((&refused.json()["tries_left"], refused.at("/param").as_str()), (&json!(4), "code"));
    stack.wallet(&secret).await.expect_problem(403, "confirmation_needed");
    // As it is pasted.
    let confirmed = stack.give_code(&secret, json!({"code": format!(" {code}\n")})).await.expect(200);
    let access = confirmed.at("/access");
    assert!(access.starts_with("wa_") && access.len() > 40, "{access}");
    let nothing_else = json!({"state": "confirmed", "access": access});
    assert_eq!(confirmed.json(), nothing_else, "and no device, as nobody wished one");
    stack.wallet(&access).await.expect(200);
    assert_eq!(stack.mailbox().await.len(), 1);
    assert_eq!(entries(&stack).await, [r#"wallet.confirmed {"by":"code","remembered":false} - there"#]);
}

/// Positive control (tried): with a `COUNT_TRY` that counts nothing, the second wrong code leaves four tries as the first one did.
async fn five_wrong_codes_end_a_code(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.signed_in().await;
    let secret = stack.unconfirmed_session(&account).await;
    stack.ask_for_code(&secret, json!({})).await.expect(200);
    let code = stack.code().await;
    for left in [4, 3, 2, 1, 0] {
        let refused = stack.give_code(&secret, json!({"code": wrong(&code)})).await;
        assert_eq!(refused.expect_problem(422, "wrong_code").json()["tries_left"], left);
    }
    stack.give_code(&secret, json!({"code": code})).await.expect_problem(422, "code_over");
    stack.wallet(&secret).await.expect_problem(403, "confirmation_needed");
    stack.clock.advance(Duration::from_secs(60));
    let access = stack.confirm_wallet(&secret).await;
    stack.wallet(&access).await.expect(200);
}

/// Positive control (tried): without the login's lock in `check_code`, on PostgreSQL more than five are told that they are wrong.
async fn guesses_at_once_are_counted(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.signed_in().await;
    let secret = stack.unconfirmed_session(&account).await;
    stack.ask_for_code(&secret, json!({})).await.expect(200);
    let code = wrong(&stack.code().await);
    let guess = |_| {
        let request = stack.browser(reqwest::Method::POST, &secret, "/v1/wallet/confirmation/code");
        request.json(&json!({"code": code}))
    };
    let replies = stack.send_all((0..30).map(guess)).await;
    let told = |code: &str| replies.iter().filter(|reply| reply.at("/code") == code).count();
    assert_eq!((told("wrong_code"), told("code_over")), (5, 25));
}

async fn a_code_has_its_time_and_its_session(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.signed_in().await;
    let (one, two) = (stack.unconfirmed_session(&account).await, stack.unconfirmed_session(&account).await);
    stack.ask_for_code(&one, json!({})).await.expect(200);
    let code = stack.code().await;
    stack.give_code(&two, json!({"code": code})).await.expect_problem(422, "code_over");
    stack.clock.advance(Duration::from_secs(599));
    stack.give_code(&one, json!({"code": wrong(&code)})).await.expect_problem(422, "wrong_code");
    stack.clock.advance(Duration::from_secs(1));
    stack.give_code(&one, json!({"code": code})).await.expect_problem(422, "code_over");
    // Another secret of the same session has codes of its own.
    let body = json!({"client": account, "allowed_origin": STORE});
    let made = async || {
        stack.write_as(&stack.key, "k-same", "/v1/wallet_sessions", &body).await.expect(201).at("/secret")
    };
    let (first, again) = (made().await, made().await);
    stack.ask_for_code(&first, json!({})).await.expect(200);
    let code = stack.code().await;
    stack.give_code(&again, json!({"code": code})).await.expect_problem(422, "code_over");
    stack.give_code(&first, json!({"code": code})).await.expect(200);
}

async fn another_code_comes_after_a_minute(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.signed_in().await;
    let secret = stack.unconfirmed_session(&account).await;
    stack.ask_for_code(&secret, json!({})).await.expect(200);
    let first = stack.code().await;
    stack.clock.advance(Duration::from_secs(45));
    let same = stack.ask_for_code(&secret, json!({})).await.expect(200);
    assert_eq!((seconds(&same, "/resend_after_s"), seconds(&same, "/expires_in_s")), (15, 555));
    assert_eq!(stack.mailbox().await.len(), 1, "no other one was sent");
    stack.clock.advance(Duration::from_secs(15));
    let other = stack.ask_for_code(&secret, json!({})).await.expect(200);
    assert_eq!((seconds(&other, "/resend_after_s"), seconds(&other, "/expires_in_s")), (60, 600));
    assert_eq!(stack.mailbox().await.len(), 2);
    let second = stack.code().await;
    if first != second {
        stack.give_code(&secret, json!({"code": first})).await.expect_problem(422, "wrong_code");
    }
    stack.give_code(&secret, json!({"code": second})).await.expect(200);
}

/// Through any session.
async fn so_many_codes_and_no_more(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.signed_in().await;
    for _ in 0..5 {
        let secret = stack.unconfirmed_session(&account).await;
        stack.ask_for_code(&secret, json!({})).await.expect(200);
        stack.clock.advance(Duration::from_secs(60));
    }
    let secret = stack.unconfirmed_session(&account).await;
    let refused = stack.ask_for_code(&secret, json!({})).await.expect_problem(429, "too_many_codes");
    assert_eq!(refused.headers["retry-after"], "3300", "the first one was five minutes ago");
    // Somebody else is not concerned.
    let other = stack.signed_in().await;
    let others = stack.unconfirmed_session(&other).await;
    stack.ask_for_code(&others, json!({})).await.expect(200);
    let (mut sent, mut hours) = (5, 0);
    while sent < 20 {
        stack.clock.advance(Duration::from_secs(1_200));
        let secret = stack.unconfirmed_session(&account).await;
        sent += usize::from(stack.ask_for_code(&secret, json!({})).await.status == 200);
        hours += 1;
        assert!(hours < 40);
    }
    stack.clock.advance(Duration::from_secs(2 * 3_600));
    let secret = stack.unconfirmed_session(&account).await;
    stack.ask_for_code(&secret, json!({})).await.expect_problem(429, "too_many_codes");
    stack.clock.advance(Duration::from_secs(24 * 3_600));
    let secret = stack.unconfirmed_session(&account).await;
    stack.ask_for_code(&secret, json!({})).await.expect(200);
}

/// One that has so many codes sent that no more are has none sent from its own pages alone. Positive control (tried): with all codes counted
/// for each organization, the client is refused at the other's page.
async fn no_organization_locks_a_client_out(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.signed_in().await;
    let sister = stack.sister(&account).await;
    for _ in 0..5 {
        let secret = stack.unconfirmed_session(&account).await;
        stack.ask_for_code(&secret, json!({})).await.expect(200);
        stack.clock.advance(Duration::from_secs(1));
    }
    let here = stack.unconfirmed_session(&account).await;
    stack.ask_for_code(&here, json!({})).await.expect_problem(429, "too_many_codes");
    let body = json!({"client": sister.account, "allowed_origin": STORE});
    let opened = stack.write_as(&sister.key, &fresh("k-"), "/v1/wallet_sessions", &body).await.expect(201);
    stack.wallet(&stack.confirm_wallet(&opened.at("/secret")).await).await.expect(200);
}

/// Positive control (tried): without the login in `RENEW_DEVICE`, on SQLite another client's device opens the wallet.
async fn a_device_is_remembered(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.signed_in().await;
    let secret = stack.unconfirmed_session(&account).await;
    stack.ask_for_code(&secret, json!({})).await.expect(200);
    let code = stack.code().await;
    let device =
        stack.give_code(&secret, json!({"code": code, "remember": true})).await.expect(200).at("/device");
    assert!(device.starts_with("wd_") && device.len() > 40, "{device}");
    let hashes = "SELECT hash FROM wallet_devices";
    let kept = stack.database.read_past_everybody(hashes).await.unwrap();
    assert!(kept.len() == 1 && !kept[0].contains(device.trim_start_matches("wd_")), "a hash alone");

    let days = |days: u64| stack.clock.advance(Duration::from_secs(days * 86_400));
    let state = async |account: &str, device: &str| {
        let secret = stack.unconfirmed_session(account).await;
        let told = stack.ask_for_code(&secret, json!({"device": device})).await.expect(200);
        let access = told.json()["access"].as_str().map(str::to_owned);
        let opens = stack.wallet(access.as_deref().unwrap_or(&secret)).await.status == 200;
        assert_eq!(opens, told.at("/state") == "confirmed");
        told.at("/state")
    };
    let before = stack.mailbox().await.len();
    for _ in 0..3 {
        days(60);
        assert_eq!(state(&account, &device).await, "confirmed", "each use renews it");
    }
    assert_eq!(stack.mailbox().await.len(), before, "and nothing was mailed");
    assert_eq!(entries(&stack).await[1..], [r#"wallet.confirmed {"by":"device"} - there"#; 3]);
    // Of another login, of nobody, or not used for too long.
    let other = stack.signed_in().await;
    assert_eq!(state(&other, &device).await, "code_sent");
    assert_eq!(state(&account, &fresh("wd_")).await, "code_sent");
    assert_eq!(state(&account, "").await, "code_sent");
    days(90);
    assert_eq!(state(&account, &device).await, "code_sent");
}

/// The wallet of a client on a device that is remembered from now on: what opens it, and the device.
async fn remembered(stack: &Stack, account: &str) -> (String, String) {
    let secret = stack.unconfirmed_session(account).await;
    stack.ask_for_code(&secret, json!({})).await.expect(200);
    let given = json!({"code": stack.code().await, "remember": true});
    let request = stack.browser(reqwest::Method::POST, &secret, "/v1/wallet/confirmation/code");
    let told = stack.send(request.header("user-agent", "Test/1").json(&given)).await.expect(200);
    (told.at("/access"), told.at("/device"))
}

async fn devices(stack: &Stack, access: &str) -> Vec<Value> {
    let request = stack.browser(reqwest::Method::GET, access, "/v1/wallet/devices");
    stack.send(request).await.expect(200).json()["devices"].as_array().unwrap().clone()
}

/// Positive control (tried): without the `CASE` in `RENEW_DEVICE` the device still opens the wallet after 400 days.
async fn but_not_for_ever(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.signed_in().await;
    let (_, device) = remembered(&stack, &account).await;
    for day in (80..=400).step_by(80) {
        stack.clock.advance(Duration::from_secs(80 * 86_400));
        let secret = stack.unconfirmed_session(&account).await;
        let told = stack.ask_for_code(&secret, json!({"device": device})).await.expect(200);
        assert_eq!(told.at("/state"), if day < 365 { "confirmed" } else { "code_sent" }, "after {day} days");
    }
}

/// Positive control (tried): without the login in `FORGET_DEVICE`, on SQLite another client forgets it.
async fn a_device_is_forgotten(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.signed_in().await;
    let (access, device) = remembered(&stack, &account).await;
    stack.clock.advance(Duration::from_secs(61));
    let (_, other_device) = remembered(&stack, &account).await;
    let listed = devices(&stack, &access).await;
    let [later, first] = listed.as_slice() else { panic!("{listed:?}") };
    let told: Vec<&str> = first.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(told, ["id", "since", "until", "used_at", "user_agent"], "and not what it is known by");
    assert_eq!((&first["user_agent"], &first["since"]), (&json!("Test/1"), &first["used_at"]));
    assert!(later["used_at"].as_str() > first["used_at"].as_str(), "the last used first");
    // Another client has none, and forgets none of these.
    let stranger = stack.wallet_session(&stack.signed_in().await).await;
    assert!(devices(&stack, &stranger).await.is_empty());
    let path = format!("/v1/wallet/devices/{}", first["id"].as_str().unwrap());
    let forget = async |bearer: &str| {
        let request = stack.browser(reqwest::Method::DELETE, bearer, &path);
        stack.send(request.header("idempotency-key", fresh("w-"))).await
    };
    forget(&stranger).await.expect_problem(404, "not_found");
    let forgotten = forget(&access).await.expect(200);
    assert_eq!(forgotten.json(), json!({"forgotten": first["id"]}));
    forget(&access).await.expect_problem(404, "not_found");
    assert_eq!(devices(&stack, &access).await, std::slice::from_ref(later));
    let state = async |device: &str| {
        let secret = stack.unconfirmed_session(&account).await;
        stack.ask_for_code(&secret, json!({"device": device})).await.expect(200).at("/state")
    };
    assert_eq!((state(&device).await, state(&other_device).await), ("code_sent".into(), "confirmed".into()));
    assert!(entries(&stack).await.iter().any(|entry| entry.starts_with("device.forgotten")));
}

/// A server has the session's secret, and can ask for as many codes as it likes; it does not read the client's mail.
async fn the_organization_alone_does_not_get_in(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.signed_in().await;
    let card = stack.saved_card(&account, "4242424242424242").await;
    // The client opened the wallet once: that opens no other session.
    let theirs = stack.wallet_session(&account).await;
    assert!(stack.wallet(&theirs).await.expect(200).text.contains(&card));
    let secret = stack.unconfirmed_session(&account).await;
    let mut guesses = 0;
    for _ in 0..10 {
        stack.clock.advance(Duration::from_secs(61));
        let asked = stack.ask_for_code(&secret, json!({"device": fresh("wd_")})).await;
        assert!(!asked.text.contains("kim@"), "{}", asked.text);
        if asked.status == 429 {
            break;
        }
        let code = wrong(&stack.code().await);
        while stack.give_code(&secret, json!({"code": code})).await.at("/code") == "wrong_code" {
            guesses += 1;
        }
    }
    assert_eq!(guesses, 4 * 5, "one of five codes was the client's own");
    let reply = stack.wallet(&secret).await.expect_problem(403, "confirmation_needed");
    assert!(!reply.text.contains(&card) && !reply.text.contains("4242"));
    // Nothing that the organization can read tells a code.
    let code = stack.code().await;
    for list in ["events", "audit_entries", "clients"] {
        let told = stack.read(&format!("/v1/{list}?limit=100")).await.expect(200);
        let values = told.text.split(|c: char| !c.is_ascii_digit());
        assert!(values.into_iter().all(|digits| digits != code), "{list}");
    }
}

/// What the client confirmed is the client's: neither the session's secret, nor another one of it, nor asking again opens anything.
/// Positive control (tried): with `WalletSession` let through in `client_of`, the server reads the wallet.
async fn nor_does_it_after_the_client(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.signed_in().await;
    let card = stack.saved_card(&account, "4242424242424242").await;
    let body = json!({"client": account, "allowed_origin": STORE});
    let made = async || stack.write_as(&stack.key, "k-same", "/v1/wallet_sessions", &body).await.expect(201);
    let first = made().await.at("/secret");
    stack.ask_for_code(&first, json!({})).await.expect(200);
    let code = stack.code().await;
    let told = stack.give_code(&first, json!({"code": code, "remember": true})).await.expect(200);
    let access = told.at("/access");
    assert!(stack.wallet(&access).await.expect(200).text.contains(&card), "the client is in");

    let again = made().await.at("/secret");
    for secret in [&first, &again] {
        stack.clock.advance(Duration::from_secs(1));
        let refused = stack.wallet(secret).await.expect_problem(403, "confirmation_needed");
        assert!(!refused.text.contains(&card) && !refused.text.contains("4242"));
        // The code was used, by whoever knew it.
        stack.give_code(secret, json!({"code": code})).await.expect_problem(422, "code_over");
        let asked = stack.ask_for_code(secret, json!({"device": fresh("wd_")})).await.expect(200).json();
        assert_eq!((&asked["state"], &asked["access"]), (&json!("code_sent"), &Value::Null));
        stack
            .give_code(secret, json!({"code": wrong(&stack.code().await)}))
            .await
            .expect_problem(422, "wrong_code");
        stack.wallet(secret).await.expect_problem(403, "confirmation_needed");
    }
    // What opens the wallet does not confirm anything, and is kept as a hash alone. The client goes on.
    stack.ask_for_code(&access, json!({})).await.expect_problem(401, "session_invalid");
    stack.give_code(&access, json!({"code": code})).await.expect_problem(401, "session_invalid");
    stack.read_as(&access, "/v1/clients").await.expect_problem(401, "key_invalid");
    let dumps = stack.database.dump(&stack.organization).await;
    assert!(dumps.iter().all(|dump| !dump.contains(access.trim_start_matches("wa_"))));
    stack.wallet(&access).await.expect(200);
    // On another page it opens nothing, and it ends with its session.
    let request = stack.http.get(format!("{}/v1/wallet", stack.billing)).bearer_auth(&access);
    let elsewhere = request.header("paydesk-parent-origin", "https://evil.example");
    stack.send(elsewhere).await.expect_problem(403, "origin_not_allowed");
    stack.clock.advance(Duration::from_secs(31 * 60));
    stack.wallet(&access).await.expect_problem(401, "session_expired");
}

/// The client alone can have more of them. Positive control (tried): without `FORGET_ACCESS` the first one opens the wallet still.
async fn so_many_browsers_of_a_session(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.signed_in().await;
    let secret = stack.unconfirmed_session(&account).await;
    stack.ask_for_code(&secret, json!({})).await.expect(200);
    let code = stack.code().await;
    let told = stack.give_code(&secret, json!({"code": code, "remember": true})).await.expect(200);
    let (mut all, device) = (vec![told.at("/access")], told.at("/device"));
    for _ in 0..5 {
        stack.clock.advance(Duration::from_secs(1));
        let told = stack.ask_for_code(&secret, json!({"device": device})).await.expect(200);
        all.push(told.at("/access"));
    }
    stack.wallet(&all[0]).await.expect_problem(401, "session_invalid");
    for access in &all[1..] {
        stack.wallet(access).await.expect(200);
    }
}

async fn where_nobody_can_be_written_to(engine: Engine) {
    let stack = Stack::start(engine).await;
    let login = json!({"name": "Kim Roy", "last_login_at": "2026-01-05T15:00:00Z"});
    let account = stack.write("/v1/clients", json!({"login": login})).await.expect(201).at("/id");
    let secret = stack.unconfirmed_session(&account).await;
    stack.ask_for_code(&secret, json!({})).await.expect_problem(422, "no_email");
    // What an organization knows of its account is not the login's own address.
    let id = stack.read(&format!("/v1/clients/{account}")).await.at("/login");
    let body = json!({"login": {"id": id, "email": "thief@example.org"}, "account": {"name": "Kim"}});
    let other = stack.write("/v1/clients", body).await.expect(201).at("/id");
    let secret = stack.unconfirmed_session(&other).await;
    stack.ask_for_code(&secret, json!({})).await.expect_problem(422, "no_email");
    assert!(stack.mailbox().await.is_empty());
}

async fn a_code_speaks_the_clients_language(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.signed_in().await;
    let body = json!({"client": account, "allowed_origin": STORE, "locale": "fr-CA"});
    let secret = stack.write("/v1/wallet_sessions", body).await.expect(201).at("/secret");
    stack.ask_for_code(&secret, json!({})).await.expect(200);
    let letter = stack.mailbox().await.pop().unwrap();
    assert_eq!(letter.subject, "Votre code pour accéder à votre portefeuille\u{a0}: Riverside Recreation");
    assert!(letter.body.contains("Il est valable 10 minutes."), "{}", letter.body);
    let code = letter.code().unwrap();
    stack.give_code(&secret, json!({"code": code})).await.expect(200);
}
