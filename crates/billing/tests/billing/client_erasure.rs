//! An organization erases a client: nothing tells who they are any more, and the books are as they were.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::plan_methods::{camp, kept};
use crate::support::{Engine, Keeper, Reply, STORE, Stack, fresh, on_both};

on_both! {
    nothing_tells_who_it_was_and_the_books_stay;
    what_is_open_stands_in_the_way;
    a_login_stays_where_another_knows_it;
    a_card_that_was_kept_for_a_plan_is_let_go;
    who_is_erased_and_invoiced_at_once_is_one_of_them;
}

/// What tells who the client is, and nothing else in these tests.
const TRACES: [&str; 8] = [
    "Zoé Quimby",
    "zoe.quimby@example.org",
    "REF-ZQL",
    "77 Rue Unique",
    "Milo Larose",
    "Plum card",
    "Orchids for beginners",
    "Friends of the garden",
];

impl Stack {
    async fn erase_client(&self, key: &str, account: &str) -> Reply {
        self.write_as(key, &fresh("k-"), &format!("/v1/clients/{account}/erasure"), &json!({})).await
    }

    /// The tables in which something tells who the client is.
    async fn traced(&self) -> Vec<String> {
        let rows = self.database.every_row(&[]).await;
        let traced = rows.into_iter().filter(|(_, row)| TRACES.iter().any(|trace| row.contains(trace)));
        let mut tables: Vec<_> = traced.map(|(table, _)| table).collect();
        tables.sort();
        tables.dedup();
        tables
    }

    async fn zoe(&self, signed_in: bool) -> String {
        let body = json!({
            "login": {"name": "Zoé Quimby", "email": "zoe.quimby@example.org",
                "last_login_at": signed_in.then_some("2026-01-05T15:00:00Z")},
            "account": {"reference": "REF-ZQL", "billing_address": unique()},
            "people": [{"name": "Milo Larose",
                "enrolments": [{"program": "Garden", "activity": "Orchids for beginners"}],
                "memberships": [{"membership": "Friends of the garden"}]}],
        });
        self.write("/v1/clients", body).await.expect(201).at("/id")
    }

    /// What the books say, whoever it is about.
    async fn books(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for path in
            ["/v1/payments", "/v1/charges", "/v1/refunds", "/v1/credits", "/v1/plans", "/v1/planned_payments"]
        {
            all.push(self.read(path).await.expect(200).json());
        }
        for sql in [
            "SELECT account || ' ' || amount || ' ' || currency FROM ledger_entries ORDER BY id",
            "SELECT kind || ' ' || subject FROM ledger_transactions ORDER BY id",
            "SELECT id || ' ' || number FROM receipts ORDER BY id",
            "SELECT id || ' ' || number || ' ' || total FROM invoices ORDER BY id",
            "SELECT id || ' ' || description || ' ' || amount FROM invoice_items ORDER BY id",
        ] {
            all.push(json!(self.database.read_past_everybody(sql).await.unwrap()));
        }
        all
    }
}

fn unique() -> Value {
    json!({"line1": "77 Rue Unique", "city": "Montréal", "region": "QC", "postal_code": "H2X 1Y4", "country": "CA"})
}

/// Positive controls (tried): without `ERASE_ANSWERS` the kept answers are found, without `ERASE_PARTICIPANTS` the lines, without
/// `ERASE_TRIES` the tries; without `refuse_erased` in `create_credit` credit is given.
async fn nothing_tells_who_it_was_and_the_books_stay(engine: Engine) {
    let stack = Stack::start(engine).await;
    let other = stack.signed_in().await;
    let account = stack.zoe(true).await;
    let items = json!([{"description": "Judo", "amount": 700, "participant": "Milo Larose"}]);
    let (invoice, secret) = stack.buy(&account, items.clone()).await;
    let mut body = stack.with_card("4242424242424242", 700).await;
    body["billing_address"] = unique();
    body["save"] = json!(true);
    body["consent_version"] = json!("save-card-1");
    body["consent_locale"] = json!("en");
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    let stored = stack.stored_card("5555555555554444").await;
    let brought = json!({
        "processor_payment_method": stored, "billing_address": unique(), "nickname": "Plum card",
        "consent": {"version": "save-card-1", "locale": "en", "accepted_at": "2026-01-05T15:00:00Z"},
    });
    let card = stack
        .write(&format!("/v1/clients/{account}/payment_methods"), brought.clone())
        .await
        .expect(201)
        .at("/id");
    let wallet = stack.wallet_session(&account).await;
    stack.wallet(&wallet).await.expect(200);
    let (_, again) = stack.buy(&account, items).await;
    stack.confirm(&again, &stack.with_saved(&card, 700)).await.expect(200);
    while stack.app.fan_out().await.unwrap() > 0 {}
    stack.work().await;
    // The positive control of the search: it finds what is there.
    let before = stack.traced().await;
    for table in [
        "accounts",
        "attempts",
        "enrolments",
        "idempotency_keys",
        "invoice_items",
        "logins",
        "member_enrolments",
        "memberships",
        "payment_methods",
        "people",
    ] {
        assert!(before.iter().any(|traced| traced == table), "{table}: {before:?}");
    }
    let books = stack.books().await;
    let view = stack.read(&format!("/v1/invoices/{invoice}")).await.expect(200).json();

    let erased = stack.erase_client(&stack.key, &account).await.expect(200);
    assert_eq!((erased.at("/id"), erased.at("/login_erased")), (account.clone(), "true".to_owned()));
    assert_eq!(stack.traced().await, Vec::<String>::new(), "in no table");
    assert_eq!(stack.books().await, books);
    stack.is_whole().await;
    let mut after = stack.read(&format!("/v1/invoices/{invoice}")).await.expect(200).json();
    assert!(after["items"][0]["participant"].is_null());
    after["items"][0]["participant"] = view["items"][0]["participant"].clone();
    assert_eq!(after, view);
    let client = stack.read(&format!("/v1/clients/{account}")).await.expect(200).json();
    assert_eq!((&client["name"], &client["email"]), (&json!("erased"), &Value::Null));
    let file = stack.read(&format!("/v1/clients/{account}/export")).await.expect(200).text;
    assert!(TRACES.iter().all(|trace| !file.contains(trace)), "{file}");
    stack.wallet(&wallet).await.expect_problem(401, "session_invalid");
    stack.view(&again).await.expect_problem(401, "session_invalid");
    assert_eq!(stack.events("authorization.revoked").await.len(), 2);
    let entry = stack.read("/v1/audit_entries?action=client.erased").await.expect(200).json();
    assert_eq!(
        (&entry["data"][0]["subject"], &entry["data"][0]["actor_kind"]),
        (&json!(account), &json!("api_key"))
    );

    // Nothing is written for them any more.
    stack.erase_client(&stack.key, &account).await.expect_problem(409, "client_erased");
    for (path, body) in [
        (
            "/v1/invoices".to_owned(),
            json!({"account": account, "items": [{"description": "Judo", "amount": 700}]}),
        ),
        ("/v1/checkout_sessions".to_owned(), json!({"invoice": invoice, "allowed_origin": STORE})),
        (
            "/v1/charges".to_owned(),
            json!({"invoice": invoice, "payment_method": card, "reason": "unscheduled"}),
        ),
        (
            "/v1/credits".to_owned(),
            json!({"client": account, "amount": 100, "currency": "CAD", "reason": "x"}),
        ),
        ("/v1/wallet_sessions".to_owned(), json!({"client": account, "allowed_origin": STORE})),
        (format!("/v1/clients/{account}/payment_methods"), brought),
    ] {
        stack.write(&path, body).await.expect_problem(409, "client_erased");
    }
    let change = stack.http.patch(format!("{}/v1/clients/{account}", stack.billing)).bearer_auth(&stack.key);
    let change = change
        .header("idempotency-key", fresh("k-"))
        .json(&json!({"account": {"billing_address": unique()}}));
    stack.send(change).await.expect_problem(409, "client_erased");
    let milo = stack.read("/v1/people?limit=1").await.expect(200).at("/data/0/id");
    let request = stack.http.patch(format!("{}/v1/people/{milo}", stack.billing)).bearer_auth(&stack.key);
    let renamed = request.header("idempotency-key", fresh("k-")).json(&json!({"name": "Milo Larose"}));
    stack.send(renamed).await.expect_problem(409, "client_erased");
    assert_eq!(stack.traced().await, Vec::<String>::new());
    // Nobody else is.
    assert_eq!(stack.read(&format!("/v1/clients/{other}")).await.expect(200).at("/name"), "Kim Roy");
    stack.invoice(&other, &[100]).await;
    // The processor lets the cards go; one mail was sent, and its address is nowhere any more.
    for _ in 0..2 {
        stack.work_after(Duration::from_secs(301)).await;
    }
    let url = format!("{}/v1/payment_methods/{stored}", stack.processor);
    let kept = stack.http.get(url).bearer_auth(crate::support::PROCESSOR_SECRET);
    assert!(stack.send(kept).await.json()["customer"].is_null());
    assert_eq!(stack.mails_about("Your wallet was erased").await[0].to, "zoe.quimby@example.org");
    assert_eq!(stack.traced().await, Vec::<String>::new());
}

/// Positive control (tried): without `OPEN_DEBITS` among what `in_the_way` asks, the debit that is under way is not named.
async fn what_is_open_stands_in_the_way(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (stranger, key) = crate::support::organization(&stack.app, "Stranger").await;
    let in_the_way = async |account: &str| {
        let refused =
            stack.erase_client(&stack.key, account).await.expect_problem(409, "client_in_use").json();
        refused["in_the_way"].clone()
    };
    let account = stack.zoe(true).await;
    let before = stack.traced().await;
    stack.invoice(&account, &[500]).await;
    stack
        .write("/v1/credits", json!({"client": account, "amount": 300, "currency": "CAD", "reason": "x"}))
        .await
        .expect(201);
    assert_eq!(in_the_way(&account).await, json!(["open_balance", "credit_left"]));
    let account = stack.zoe(true).await;
    let card = stack.saved_card(&account, "4242424242424242").await;
    stack.installments_with(&account, &card).await;
    assert_eq!(in_the_way(&account).await, json!(["open_balance", "plan"]));
    let debit = stack.debit("pad", "000123456789", &[1_500], false).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    stack.work().await;
    assert_eq!(in_the_way(&debit.account).await, json!(["open_balance", "payment_under_way"]));
    for table in before {
        assert!(stack.traced().await.contains(&table), "nothing was erased");
    }
    stack.erase_client(&key, &account).await.expect_problem(404, "not_found");
    assert!(!stranger.as_str().is_empty());
}

async fn a_login_stays_where_another_knows_it(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.zoe(true).await;
    let sister = stack.sister(&account).await;
    let body = json!({"client": sister.account, "allowed_origin": STORE});
    let opened = stack
        .write_as(&sister.key, &fresh("k-"), "/v1/wallet_sessions", &body)
        .await
        .expect(201)
        .at("/secret");
    let secret = stack.confirm_wallet(&opened).await;
    let card = stack.saved_card(&account, "4242424242424242").await;
    let keeper = Keeper { stack, account, sister, secret };
    let Keeper { stack, account, sister, .. } = &keeper;
    keeper.permit(&card).await.expect(201);
    keeper.changed(&card, json!({"version": 1, "nickname": "Plum card"})).await.expect(200);
    let erased = stack.erase_client(&stack.key, account).await.expect(200);
    assert_eq!(erased.at("/login_erased"), "false");
    // The wallet is the login's, and the sister may charge it still; the other one may not, and cannot be let.
    let method = keeper.method(&card).await;
    assert_eq!(method["nickname"], "Plum card");
    let may: Vec<_> =
        method["authorizations"].as_array().unwrap().iter().map(|given| given["name"].clone()).collect();
    assert_eq!((may, &method["can_be_authorized"]), (vec![json!("Sister club")], &json!([])));
    let traced = stack.traced().await;
    assert!(!traced.iter().any(|table| ["accounts", "people"].contains(&table.as_str())), "{traced:?}");
    assert!(traced.iter().any(|table| table == "logins"));
    let erased = stack.erase_client(&sister.key, &sister.account).await.expect(200);
    assert_eq!(erased.at("/login_erased"), "true");
    assert_eq!(stack.traced().await, Vec::<String>::new());
    stack
        .send(stack.browser(Method::GET, &keeper.secret, "/v1/wallet"))
        .await
        .expect_problem(401, "session_invalid");
    stack.is_whole().await;
}

/// Positive control (tried): without `detach_at_ms` in `ERASE_PLAN_METHODS` the card stays with the processor's customer.
async fn a_card_that_was_kept_for_a_plan_is_let_go(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.zoe(false).await;
    let (invoice, secret) = camp(&stack, &account).await;
    let way = stack.ways(&secret).await[1].clone();
    let mut body = kept(&stack, &way, "4242424242424242").await;
    body["billing_address"] = unique();
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    let references = stack.database.read_past_everybody("SELECT reference FROM plan_methods").await.unwrap();
    let customer = async || {
        let url = format!("{}/v1/payment_methods/{}", stack.processor, references[0]);
        let kept = stack.http.get(url).bearer_auth(crate::support::PROCESSOR_SECRET);
        stack.send(kept).await.expect(200).json()["customer"].clone()
    };
    assert!(customer().await.is_string());
    stack.erase_client(&stack.key, &account).await.expect_problem(409, "client_in_use");
    // The plan ends, and the rest is paid in another way.
    let plan = stack.read(&format!("/v1/plans?account={account}")).await.expect(200).at("/data/0/id");
    stack.write(&format!("/v1/plans/{plan}/end"), json!({})).await.expect(200);
    let secret = stack.session(&invoice).await;
    let mut body = stack.with_card("5555555555554444", 15_000).await;
    body["billing_address"] = unique();
    assert_eq!(stack.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
    stack.work().await;
    assert_eq!(stack.app.let_kept_cards_go().await.unwrap(), 0);
    stack.erase_client(&stack.key, &account).await.expect(200);
    assert!(customer().await.is_string(), "it is asked for afterwards");
    assert_eq!(stack.app.let_kept_cards_go().await.unwrap(), 1);
    assert!(customer().await.is_null());
    assert_eq!(stack.app.let_kept_cards_go().await.unwrap(), 0);
    // What was agreed to names the client, and is kept as long as it must be.
    assert_eq!(stack.traced().await, ["consent_texts"]);
}

/// Positive control (tried): without `SHARE_ACCOUNT`, PostgreSQL does both.
async fn who_is_erased_and_invoiced_at_once_is_one_of_them(engine: Engine) {
    let stack = Stack::start(engine).await;
    for round in 0..20 {
        let account = stack.client().await;
        let body = json!({"account": account, "items": [{"description": "Judo", "amount": 700}]});
        let (erased, invoiced) =
            tokio::join!(stack.erase_client(&stack.key, &account), stack.write("/v1/invoices", body));
        match (erased.status, invoiced.status) {
            (200, 409) => drop(invoiced.expect_problem(409, "client_erased")),
            (409, 201) => drop(erased.expect_problem(409, "client_in_use")),
            other => panic!("{round}: {other:?} {} {}", erased.text, invoiced.text),
        }
    }
}
