//! Who may do what with a wallet: each endpoint, by each kind of caller, for what is theirs, what is somebody else's, and what never
//! was. Nobody learns more than they may, neither by an answer, nor by a count, nor by the text of a refusal.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Engine, Keeper, Reply, STORE, Stack, fresh, on_both};

on_both! {
    what_is_not_theirs_is_nothing_to_anybody;
    organizations_learn_nothing_of_what_they_may_not_charge;
}

const CARD: &str = "4242424242424242";

/// What is asked about.
struct Target {
    method: String,
    authorization: String,
    plan: String,
    organization: String,
    client: String,
    verification: String,
    backup: String,
}

/// Every endpoint of the wallet, asked about a target.
fn calls(target: &Target) -> Vec<(Method, String, Option<Value>)> {
    let Target { method, authorization, plan, organization, client, verification, backup } = target;
    let consent =
        json!({"organization": organization, "consent_version": "authorize-card-1", "consent_locale": "en"});
    vec![
        (
            Method::POST,
            "/v1/wallet_sessions".into(),
            Some(json!({"client": client, "allowed_origin": STORE})),
        ),
        (Method::GET, "/v1/wallet".into(), None),
        (
            Method::PATCH,
            format!("/v1/wallet/methods/{method}"),
            Some(json!({"version": 1, "nickname": "mine now"})),
        ),
        (Method::POST, format!("/v1/wallet/methods/{method}/authorizations"), Some(consent)),
        (Method::DELETE, format!("/v1/wallet/authorizations/{authorization}?plans=end"), None),
        (Method::DELETE, format!("/v1/wallet/methods/{method}?version=1"), None),
        (
            Method::POST,
            format!("/v1/wallet/methods/{method}/replacement"),
            Some(json!({"version": 1, "by": format!("pm_{}", "c".repeat(30))})),
        ),
        (
            Method::POST,
            format!("/v1/wallet/plans/{plan}/method"),
            Some(json!({"method": method, "version": 1})),
        ),
        (Method::GET, format!("/v1/wallet/consents/{authorization}/document"), None),
        (
            Method::POST,
            format!("/v1/wallet/methods/{method}/update"),
            Some(json!({"version": 1, "exp_month": 1, "exp_year": 2040})),
        ),
        (Method::GET, format!("/v1/wallet/verifications/{verification}"), None),
        (Method::DELETE, format!("/v1/wallet/verifications/{verification}"), None),
        (
            Method::POST,
            format!("/v1/wallet/methods/{method}/backups"),
            Some(
                json!({"organization": organization, "consent_version": "backup-card-1", "consent_locale": "en"}),
            ),
        ),
        (Method::DELETE, format!("/v1/wallet/backups/{backup}"), None),
    ]
}

async fn call(stack: &Stack, bearer: Option<&str>, call: &(Method, String, Option<Value>)) -> Reply {
    let (method, path, body) = call;
    let request = stack.http.request(method.clone(), format!("{}{path}", stack.billing));
    let request = request.header("paydesk-parent-origin", STORE).header("idempotency-key", fresh("w-"));
    let request = bearer.into_iter().fold(request, |request, bearer| request.bearer_auth(bearer));
    stack.send(body.iter().fold(request, |request, body| request.json(body))).await
}

/// Everything about an answer that somebody could learn from.
fn learned(reply: &Reply) -> (u16, Value, Vec<(String, String)>) {
    let mut body = reply.json();
    body["request_id"] = Value::Null;
    let told = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        (name.to_string(), value.to_str().unwrap().to_owned())
    };
    let mut headers: Vec<_> = reply.headers.iter().map(told).collect();
    headers.retain(|(name, _)| name != "x-request-id" && name != "date");
    headers.sort();
    (reply.status, body, headers)
}

/// Everything in the database that a wallet's endpoint can change.
async fn stored(stack: &Stack) -> Vec<String> {
    let mut all = Vec::new();
    for sql in [
        "SELECT id || ' ' || version || ' ' || COALESCE(nickname, '') || ' ' || COALESCE(removed_at_ms, 0) \
            FROM payment_methods ORDER BY id",
        "SELECT id || ' ' || COALESCE(revoked_at_ms, 0) FROM authorizations ORDER BY id",
        "SELECT id || ' ' || COALESCE(method_id, '') FROM plans ORDER BY id",
        "SELECT id FROM wallet_entries ORDER BY id",
        "SELECT id FROM method_tasks ORDER BY id",
        "SELECT id || ' ' || status || ' ' || fence FROM wallet_verifications ORDER BY id",
        "SELECT id || ' ' || COALESCE(ended_at_ms, 0) FROM backups ORDER BY id",
        "SELECT hash || ' ' || kind FROM credentials ORDER BY hash",
        "SELECT id || ' ' || tries FROM wallet_codes ORDER BY id",
        "SELECT hash FROM wallet_devices ORDER BY hash",
        "SELECT id FROM mails ORDER BY id",
        "SELECT id FROM outbox ORDER BY id",
        "SELECT id FROM audit_entries ORDER BY id",
        "SELECT key FROM idempotency_keys ORDER BY key",
    ] {
        all.extend(stack.database.read_past_everybody(sql).await.unwrap());
    }
    all
}

/// Positive control (tried): with `WalletSession` let through in `client_of`, the organization's server is shown the wallet. The
/// control in the test: once confirmed, whoever confirmed is. Without `m.login_id = $1` in `FIND_OWN_METHOD` and `CHANGE_OWN_METHOD`, another client's session is told of
/// the card, as both are clients of one organization, and on SQLite names it. Without the account in `WALLET_ORGANIZATIONS`, on SQLite
/// the wallet lists organizations that do not know the client (PostgreSQL's row-level security hides them still).
async fn what_is_not_theirs_is_nothing_to_anybody(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, sister, secret } = &keeper;
    let method = stack.saved_card(account, CARD).await;
    let authorization = keeper.method(&method).await["authorizations"][0]["id"].as_str().unwrap().to_owned();
    stack.installments_with(account, &method).await;
    let plan = keeper.method(&method).await["planned"][0]["plan"].as_str().unwrap().to_owned();
    let other = stack.signed_in().await;
    let others_card = stack.saved_card(&other, CARD).await;
    let others = stack.wallet_session(&other).await;
    let (stranger, stranger_key) = crate::support::organization(&stack.app, "Stranger").await;
    let checkout = stack.session(&stack.invoice(account, &[100]).await).await;
    let never = |prefix: &str| format!("{prefix}_{}", "b".repeat(30));
    let real = Target {
        method,
        authorization,
        plan,
        organization: sister.organization.as_str().to_owned(),
        client: account.clone(),
        verification: asked(&keeper).await,
        backup: backed_up(&keeper).await,
    };
    let nothing = Target {
        method: never("pm"),
        authorization: never("aut"),
        plan: never("pln"),
        organization: never("org"),
        client: never("acc"),
        verification: never("wve"),
        backup: never("bup"),
    };
    let made_up = fresh("ws_");
    let unconfirmed = stack.unconfirmed_session(account).await;
    // One whose client is in the wallet.
    let used = stack.unconfirmed_session(account).await;
    stack.clock.advance(std::time::Duration::from_secs(1));
    let opened = stack.confirm_wallet(&used).await;
    let callers: [(&str, Option<&str>); 9] = [
        ("nobody", None),
        ("a made-up secret", Some(&made_up)),
        ("the organization's server", Some(&stack.key)),
        ("the other organization's server", Some(&sister.key)),
        ("a stranger's server", Some(&stranger_key)),
        ("a checkout of the same client", Some(&checkout)),
        ("another client's wallet", Some(&others)),
        // What the organization's server has by itself.
        ("the same client's session, unconfirmed", Some(&unconfirmed)),
        ("the same client's session, which the client has confirmed", Some(&used)),
    ];
    let before = stored(stack).await;
    for (name, bearer) in callers {
        for (asked, invented) in calls(&real).iter().zip(&calls(&nothing)) {
            let is_server = name.ends_with("server");
            let opens = asked.1 == "/v1/wallet_sessions";
            // The organization's own server opens its own client's wallet: shown below.
            if opens && name == "the organization's server" {
                continue;
            }
            let told = learned(&call(stack, bearer, asked).await);
            assert_eq!(told, learned(&call(stack, bearer, invented).await), "{name}: {asked:?}");
            let may_ask = name == "another client's wallet" && !opens;
            let status = match (opens, is_server, may_ask) {
                (true, true, _) => 400,
                (_, _, true) if asked.1 == "/v1/wallet" => 200,
                (_, _, true) => 404,
                (false, ..) if name.starts_with("the same client's session") => 403,
                _ => 401,
            };
            assert_eq!(told.0, status, "{name}: {asked:?} {}", told.1);
            if status == 403 {
                assert_eq!(told.1["code"], "confirmation_needed", "{asked:?}");
            }
            if status == 200 {
                let wallet = told.1.to_string();
                assert!(wallet.contains(&others_card) && !wallet.contains(&real.method), "{wallet}");
                assert!(!wallet.contains("Sister club"), "who else knows somebody is nobody's affair");
            }
        }
    }
    // A new method has no id that anybody could ask about.
    let saving = (Method::POST, "/v1/wallet/methods".to_owned(), Some(json!({"token": "tok_x"})));
    for (name, bearer) in callers {
        let wanted = match name {
            "another client's wallet" => (422, "address_needed"),
            name if name.starts_with("the same client's session") => (403, "confirmation_needed"),
            _ => (401, "session_invalid"),
        };
        call(stack, bearer, &saving).await.expect_problem(wanted.0, wanted.1);
    }
    // What was agreed to is listed to its client alone.
    let consents = (Method::GET, "/v1/wallet/consents".to_owned(), None);
    for (name, bearer) in callers {
        let told = call(stack, bearer, &consents).await;
        match name {
            "another client's wallet" => {
                let told = told.expect(200).json()["consents"].clone();
                assert_eq!(told.as_array().unwrap().len(), 1, "{told}");
                assert_ne!(told[0]["id"], json!(real.authorization));
            }
            name if name.starts_with("the same client's session") => {
                told.expect_problem(403, "confirmation_needed");
            }
            _ => {
                told.expect_problem(401, "session_invalid");
            }
        }
    }
    // Nor does anybody else take the client's data along, or erase it.
    let export = (Method::GET, "/v1/wallet/export".to_owned(), None);
    let erasure = (Method::POST, "/v1/wallet/erasure".to_owned(), None);
    for (name, bearer) in callers {
        let told = call(stack, bearer, &export).await;
        if name == "another client's wallet" {
            let told = told.expect(200).text;
            assert!(told.contains(&others_card) && !told.contains(&real.method), "{told}");
            continue;
        }
        let erased = call(stack, bearer, &erasure).await;
        for refused in [told, erased] {
            match name.starts_with("the same client's session") {
                true => refused.expect_problem(403, "confirmation_needed"),
                false => refused.expect_problem(401, "session_invalid"),
            };
        }
    }
    for (name, bearer) in callers {
        for (client, is_theirs) in
            [(&real.client, name == "the organization's server"), (&nothing.client, false)]
        {
            let told =
                call(stack, bearer, &(Method::GET, format!("/v1/clients/{client}/export"), None)).await;
            match (is_theirs, name.ends_with("server")) {
                (true, _) => assert!(told.expect(200).text.contains(&real.method)),
                (false, true) => drop(told.expect_problem(404, "not_found")),
                (false, false) => drop(told.expect_problem(401, "key_invalid")),
            }
        }
    }
    // An organization that does not know the client, and a method of somebody else's: to the client as well.
    let others_wallet = stack.wallet(&others).await.expect(200).json();
    let others_authorization =
        others_wallet["cards"]["methods"][0]["authorizations"][0]["id"].as_str().unwrap();
    let mut foreign =
        Target { method: others_card, authorization: others_authorization.to_owned(), ..clone(&real) };
    foreign.verification = nothing.verification.clone();
    foreign.backup = nothing.backup.clone();
    let unknown = Target { organization: stranger.as_str().to_owned(), ..clone(&real) };
    // The first two name neither a method nor anything else that is somebody's.
    for (asked, invented) in calls(&foreign).iter().zip(&calls(&nothing)).skip(2) {
        let told = learned(&call(stack, Some(secret), asked).await);
        assert_eq!(told, learned(&call(stack, Some(secret), invented).await), "{asked:?}");
        assert_eq!(told.0, 404, "{asked:?}");
    }
    let told = learned(&call(stack, Some(secret), &calls(&unknown)[3]).await);
    assert_eq!(told, learned(&call(stack, Some(secret), &calls(&nothing)[3]).await));
    assert_eq!(stored(stack).await, before, "and nothing was written, not even a key");

    // The positive control: whoever may, is answered, each in their turn; and the one who was not confirmed, once they are.
    stack.wallet(&unconfirmed).await.expect_problem(403, "confirmation_needed");
    let confirmed = stack.confirm_wallet(&unconfirmed).await;
    for opens in [&opened, &confirmed] {
        assert!(stack.wallet(opens).await.expect(200).text.contains(&real.method));
    }
    for (asked, status) in
        calls(&real).iter().zip([201, 200, 200, 201, 200, 409, 409, 409, 200, 409, 200, 204, 201, 204])
    {
        let bearer = if asked.1 == "/v1/wallet_sessions" { &stack.key } else { secret };
        let reply = call(stack, Some(bearer), asked).await;
        assert_eq!(reply.status, status, "{asked:?}: {}", reply.text);
    }
}

/// A card whose bank asks for a proof.
async fn asked(keeper: &Keeper) -> String {
    keeper.save("4000002760003184", json!({})).await.expect(202).at("/verification/id")
}

/// A card that is a backup for the first organization.
async fn backed_up(keeper: &Keeper) -> String {
    let card = keeper.save("5555555555554444", json!({})).await.expect(201).at("/method/id");
    let organization = keeper.stack.organization.as_str().to_owned();
    keeper.back_up(&card, &organization).await.expect(201).at("/method/backups/0/id")
}

fn clone(target: &Target) -> Target {
    Target {
        method: target.method.clone(),
        authorization: target.authorization.clone(),
        plan: target.plan.clone(),
        organization: target.organization.clone(),
        client: target.client.clone(),
        verification: target.verification.clone(),
        backup: target.backup.clone(),
    }
}

/// A client who comes from the sister's page looks after a card that only the first organization may charge. Positive control (tried):
/// an entry of `change_wallet_method` in the audit log of the organization whose page it is fails this.
async fn organizations_learn_nothing_of_what_they_may_not_charge(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, sister, .. } = &keeper;
    let card = stack.saved_card(account, CARD).await;
    let kept = stack.saved_card(account, "5555555555554444").await;
    stack.installments_with(account, &kept).await;
    let body = json!({"client": sister.account, "allowed_origin": STORE});
    let opened = stack.write_as(&sister.key, &fresh("k-"), "/v1/wallet_sessions", &body).await.expect(201);
    stack.clock.advance(std::time::Duration::from_secs(1));
    let secret = stack.confirm_wallet(&opened.at("/secret")).await;
    let from_there = Keeper { stack: keeper.stack, account: keeper.account, sister: keeper.sister, secret };
    let Keeper { stack, sister, .. } = &from_there;
    assert_eq!(from_there.wallet().await["organization"]["name"], "Sister club");

    let seen = async || {
        let mut all = Vec::new();
        for list in [
            "events",
            "audit_entries",
            "clients",
            "clients?saved_card=true",
            "clients?saved_echeck=false",
            "people",
            "people?saved_card=true",
            "people?saved_card=false",
            "mandates",
            "plans",
            "planned_payments",
            "charges",
            "payments",
            "invoices",
            "credits",
            "refunds",
            "action_items",
        ] {
            all.push(
                stack
                    .read_as(
                        &sister.key,
                        &format!("/v1/{list}{}limit=100", if list.contains('?') { '&' } else { '?' }),
                    )
                    .await
                    .expect(200)
                    .json(),
            );
        }
        all
    };
    let before = seen().await;
    from_there.changed(&card, json!({"version": 1, "nickname": "x", "is_default": true})).await.expect(200);
    from_there.changed(&card, json!({"version": 1})).await.expect_problem(409, "method_changed");
    from_there.remove(&card).await.expect(200);
    from_there.remove(&kept).await.expect_problem(409, "method_in_use");
    let given = from_there.method(&kept).await["authorizations"][0]["id"].as_str().unwrap().to_owned();
    from_there.revoke(&given, "?plans=continue").await.expect(200);
    stack.work_after(std::time::Duration::from_secs(301)).await;
    stack.work_after(std::time::Duration::from_secs(301)).await;
    assert_eq!(seen().await, before);
    // The positive control: who was authorized was told.
    let told = stack.events("authorization.revoked").await;
    assert_eq!(told.len(), 2, "{told:?}");
    // And of the wallet's secret the other organization's session says nothing.
    assert!(!told.iter().any(|event| event.to_string().contains(&opened.at("/session"))), "{told:?}");
    let noted = stack.read("/v1/audit_entries?limit=100").await.expect(200);
    assert!(!noted.text.contains(&opened.at("/session")));
}
