//! What a client sees of their wallet, and whose wallet a session opens, where and for how long.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

use crate::support::{Database, Engine, Keeper, STORE, Stack, fresh, on_both};

on_both! {
    a_wallet_shows_everything_of_its_login;
    cards_say_where_they_stand;
    a_wallet_session_is_for_one_page_and_a_while;
    nobody_opens_the_wallet_of_somebody_else;
}

async fn a_wallet_shows_everything_of_its_login(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, sister, .. } = &keeper;
    let first = stack.saved_card(account, "4242424242424242").await;
    stack.clock.advance(Duration::from_secs(1));
    let stored = stack.stored_card("5555555555554444").await;
    let second = stack.bring_in(&sister.key, &sister.account, &stored).await;
    stack.installments_with(account, &first).await;
    let debit = stack.debit_of(account, "pad", "000123456789", &[100], true).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    // Somebody else's are not in it.
    let other = stack.signed_in().await;
    stack.saved_card(&other, "4242424242424242").await;

    let wallet = keeper.wallet().await;
    assert_eq!(wallet["client"], json!({"name": "Kim Roy"}));
    assert_eq!(wallet["organization"]["name"], "Riverside Recreation");
    assert_eq!(wallet["session"]["allowed_origin"], STORE);
    let figures = |shelf: &str| (wallet[shelf]["count"].clone(), wallet[shelf]["max"].clone());
    assert_eq!(figures("cards"), (json!(2), json!(10)));
    assert_eq!(figures("accounts"), (json!(1), json!(10)));
    let ids: Vec<&Value> =
        wallet["cards"]["methods"].as_array().unwrap().iter().map(|card| &card["id"]).collect();
    assert_eq!(ids, [&json!(second), &json!(first)], "newest first");

    let card = keeper.method(&first).await;
    assert_eq!(
        (&card["brand"], &card["last4"], &card["kind"]),
        (&json!("visa"), &json!("4242"), &json!("card"))
    );
    assert_eq!((&card["exp_month"], &card["exp_year"]), (&json!(3), &json!(2034)));
    assert_eq!((&card["expiry"], &card["is_default"]), (&json!("valid"), &json!(false)));
    assert_eq!(card["billing_address"]["postal_code"], "H2X 1Y4");
    let given = &card["authorizations"][0];
    assert_eq!(
        (&given["name"], &given["since"]),
        (&json!("Riverside Recreation"), &json!("2026-01-05T15:00:00Z"))
    );
    assert_eq!(card["authorizations"].as_array().unwrap().len(), 1);
    let planned = card["planned"].as_array().unwrap();
    let days: Vec<&str> = planned.iter().map(|row| row["due_on"].as_str().unwrap()).collect();
    assert_eq!(days, [14, 28, 42].map(|days| stack.in_days(days)));
    for row in planned {
        assert_eq!(
            (&row["name"], &row["amount"], &row["currency"]),
            (&json!("Riverside Recreation"), &json!(5_000), &json!("CAD"))
        );
    }
    let card = keeper.method(&second).await;
    assert_eq!(card["authorizations"][0]["name"], "Sister club");
    assert_eq!(card["authorizations"][0]["organization"], sister.organization.as_str());
    assert_eq!(card["planned"], json!([]));
    let bank = &wallet["accounts"]["methods"][0];
    assert_eq!((&bank["kind"], &bank["last4"]), (&json!("pad"), &json!("6789")));
    assert!(bank["bank"].is_string() && bank["brand"].is_null() && bank["expiry"].is_null(), "{bank}");
    // Nothing of it is the processor's name for anything.
    for name in ["cus_", "tok_", stored.as_str()] {
        assert!(!wallet.to_string().contains(name), "{name}");
    }
}

async fn cards_say_where_they_stand(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let next = stack.today().first_of_month().checked_add(jiff::Span::new().months(1)).unwrap();
    let after = next.checked_add(jiff::Span::new().months(1)).unwrap();
    let mut states = Vec::new();
    for (month, year) in [(1, 2020), (next.month(), next.year()), (after.month(), after.year())] {
        let (month, year) = (month.to_string(), year.to_string());
        let card = stack.saved_until(account, "4242424242424242", Some((&month, &year))).await;
        states.push(keeper.method(&card).await["expiry"].clone());
    }
    assert_eq!(states, ["expired", "expiring", "valid"]);
}

async fn a_wallet_session_is_for_one_page_and_a_while(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.signed_in().await;
    let body = json!({"client": account, "allowed_origin": STORE});
    let write =
        async |key: &str| stack.write_as(&stack.key, key, "/v1/wallet_sessions", &body).await.expect(201);
    let (first, again) = (write("k-same").await, write("k-same").await);
    assert_eq!(first.at("/session"), again.at("/session"));
    let secret = first.at("/secret");
    assert!(secret.starts_with("ws_") && secret != again.at("/secret"));
    let access = [stack.confirm_wallet(&secret).await, stack.confirm_wallet(&again.at("/secret")).await];
    for (secret, access) in [&secret, &again.at("/secret")].into_iter().zip(&access) {
        stack.wallet(access).await.expect(200);
        // Only its hash is kept. The positive control: the session's id is found.
        let dumps = stack.database.dump(&stack.organization).await;
        let letters = secret.trim_start_matches("ws_");
        assert!(dumps.iter().all(|dump| !dump.contains(letters)), "the secret itself is stored");
        assert!(dumps.iter().any(|dump| dump.contains(&first.at("/session"))));
    }

    let [secret, _] = access;
    let from = async |origin: Option<&str>| {
        let request = stack.http.get(format!("{}/v1/wallet", stack.billing)).bearer_auth(&secret);
        let request = origin
            .into_iter()
            .fold(request, |request, origin| request.header("paydesk-parent-origin", origin));
        stack.send(request).await
    };
    from(Some(STORE)).await.expect(200);
    for other in [None, Some("https://evil.example"), Some("null"), Some("")] {
        from(other).await.expect_problem(403, "origin_not_allowed");
    }
    // Half an hour after each use, a day at most.
    for _ in 0..70 {
        stack.clock.advance(Duration::from_secs(20 * 60));
        stack.wallet(&secret).await.expect(200);
    }
    stack.clock.advance(Duration::from_secs(45 * 60));
    stack.wallet(&secret).await.expect_problem(401, "session_expired");
    let secret = stack.wallet_session(&account).await;
    for _ in 0..72 {
        stack.clock.advance(Duration::from_secs(20 * 60));
        let reply = stack.wallet(&secret).await;
        if reply.status != 200 {
            reply.expect_problem(401, "session_expired");
            return;
        }
    }
    panic!("a session ends after a day");
}

async fn nobody_opens_the_wallet_of_somebody_else(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, sister, secret } = &keeper;
    let open =
        async |key: &str, body: Value| stack.write_as(key, &fresh("k-"), "/v1/wallet_sessions", &body).await;
    // A client of another organization's, or nobody's: in the same words.
    let mut told = Vec::new();
    for client in [sister.account.as_str(), "acc_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", ""] {
        let reply = open(&stack.key, json!({"client": client, "allowed_origin": STORE})).await;
        let reply = reply.expect_problem(400, "invalid_request");
        told.push((reply.at("/param"), reply.at("/detail")));
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
    let reply = open(&stack.key, json!({"client": account, "allowed_origin": "https://evil.example"})).await;
    assert_eq!(reply.expect_problem(400, "invalid_request").at("/param"), "allowed_origin");
    // Nobody is there who has never signed in.
    let never = stack.client().await;
    let reply = open(&stack.key, json!({"client": never, "allowed_origin": STORE})).await;
    assert_eq!(reply.expect_problem(422, "never_logged_in").at("/param"), "client");
    let noted = stack.read("/v1/audit_entries?action=wallet_session.created").await.expect(200).json();
    assert_eq!(noted["data"].as_array().unwrap().len(), 1);

    // Neither secret opens what the other one does, and a key opens neither.
    let (_, checkout) = stack.open().await;
    for wrong in [&checkout, &stack.key, &fresh("ws_")] {
        stack.wallet(wrong).await.expect_problem(401, "session_invalid");
    }
    stack.wallet(&stack.unconfirmed_session(account).await).await.expect_problem(403, "confirmation_needed");
    stack.view(secret).await.expect_problem(401, "session_invalid");
    stack.read_as(secret, "/v1/clients").await.expect_problem(401, "key_invalid");
    let path = "/v1/checkout/confirm";
    let request = stack.browser(Method::POST, secret, path).header("idempotency-key", fresh("k-"));
    stack.send(request.json(&json!({}))).await.expect_problem(401, "session_invalid");
}

/// What lies with other organizations is open to the wallet alone, and to reading alone. The positive control is in the test: the
/// same statements see it once the transaction acts for the wallet, and not before.
#[tokio::test(flavor = "multi_thread")]
async fn other_organizations_rows_are_open_to_the_wallet_alone() {
    if !Database::postgres_is_wanted() {
        return;
    }
    let keeper = Keeper::start(Engine::Postgres).await;
    let Keeper { stack, account, sister, .. } = &keeper;
    let stored = stack.stored_card("5555555555554444").await;
    stack.bring_in(&sister.key, &sister.account, &stored).await;
    let login = stack.read(&format!("/v1/clients/{account}")).await.at("/login");
    let mut connection = PgConnection::connect(&stack.database.url).await.unwrap();
    let mut foreign = async |acting: &[(&str, &str)], statement: &str| {
        let mut tx = connection.begin().await.unwrap();
        for (name, value) in acting {
            let act = sqlx::query("SELECT set_config($1, $2, true)").bind(*name).bind(*value);
            act.execute(&mut *tx).await.unwrap();
        }
        let rows = sqlx::query(AssertSqlSafe(statement.to_owned())).fetch_all(&mut *tx).await.unwrap();
        rows.iter().filter(|row| row.get::<String, _>("org_id") == sister.organization.as_str()).count()
    };
    let own = ("paydesk.organization", stack.organization.as_str());
    let (wallet, only_login) = (("paydesk.wallet", login.as_str()), ("paydesk.login", login.as_str()));
    for table in ["organizations", "accounts", "authorizations", "consent_texts"] {
        let select = format!("SELECT org_id FROM {table}");
        assert_eq!(foreign(&[own], &select).await, 0, "{table}");
        assert_eq!(foreign(&[own, only_login], &select).await, 0, "{table}: a login's payment is no wallet");
        assert_eq!(foreign(&[own, ("paydesk.wallet", "log_other")], &select).await, 0, "{table}");
        assert_eq!(foreign(&[own, wallet], &select).await, 1, "{table}");
        let update = format!("UPDATE {table} SET org_id = org_id RETURNING org_id");
        assert_eq!(foreign(&[own, wallet, only_login], &update).await, 0, "{table} is only read");
    }
    for table in ["api_keys", "credentials", "invoices", "outbox", "audit_entries", "people"] {
        assert_eq!(foreign(&[own, wallet], &format!("SELECT org_id FROM {table}")).await, 0, "{table}");
    }
}
