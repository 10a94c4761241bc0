//! No organization sees another's rows: through the API, and on PostgreSQL by row-level security besides.

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

use crate::support::{Database, Engine, STORE, Stack, address, attempt_id, on_both, organization};

on_both! { another_organization_finds_nothing; a_wallet_shows_only_what_is_authorized; }

async fn another_organization_finds_nothing(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (invoice, secret) = stack.open().await;
    let body = stack.with_card("4242424242424242", 6_250).await;
    let paid = stack.confirm(&secret, &body).await.expect(200);
    let account = stack.read(&format!("/v1/invoices/{invoice}")).await.at("/account");
    let person = stack.read(&format!("/v1/clients/{account}")).await.at("/people/0/id");
    let session = stack.view(&secret).await.at("/session/id");
    let (_, other) = organization(&stack.app, "Elsewhere").await;
    for path in [
        format!("/v1/invoices/{invoice}"),
        format!("/v1/clients/{account}"),
        format!("/v1/people/{person}"),
        format!("/v1/checkout_sessions/{session}"),
        format!("/v1/payments/{}", paid.at("/receipt/payment")),
        format!("/v1/receipts/{}", paid.at("/receipt/id")),
    ] {
        stack.read(&path).await.expect(200);
        stack.read_as(&other, &path).await.expect_problem(404, "not_found");
    }
    for path in [
        "/v1/invoices",
        "/v1/clients",
        "/v1/people",
        "/v1/payments",
        &format!("/v1/payments?invoice={invoice}"),
    ] {
        assert_eq!(stack.read_as(&other, path).await.expect(200).json()["data"], json!([]), "{path}");
    }
    let write = async |path: &str, body: Value| {
        stack.write_as(&other, &crate::support::fresh("k-"), path, &body).await
    };
    let items = json!([{"description": "x", "amount": 1}]);
    write("/v1/invoices", json!({"account": account, "items": items}))
        .await
        .expect_problem(400, "invalid_request");
    let session = json!({"invoice": invoice, "allowed_origin": STORE});
    write("/v1/checkout_sessions", session).await.expect_problem(400, "invalid_request");
    let method = json!({
        "processor_payment_method": "pm_1", "billing_address": address(),
        "consent": {"version": "save-card-1", "locale": "en", "accepted_at": "2026-01-05T15:00:00Z"},
    });
    write(&format!("/v1/clients/{account}/payment_methods"), method).await.expect_problem(404, "not_found");
}

/// One login, two organizations of one platform: what was saved with one is invisible to the other.
async fn a_wallet_shows_only_what_is_authorized(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let login = stack.read(&format!("/v1/clients/{account}")).await.at("/login");
    let secret = stack.session(&stack.invoice(&account, &[100]).await).await;
    let mut body = stack.with_card("4242424242424242", 100).await;
    body["save"] = json!(true);
    body["consent_version"] = json!("save-card-1");
    body["consent_locale"] = json!("en");
    stack.confirm(&secret, &body).await.expect(200);
    let method = stack.view(&secret).await.at("/methods/0/id");

    let (_, other) = organization(&stack.app, "Sister club").await;
    let write = async |path: &str, body: Value| {
        stack.write_as(&other, &crate::support::fresh("k-"), path, &body).await.expect(201)
    };
    let account =
        write("/v1/clients", json!({"login": {"id": login}, "account": {"name": "Kim"}})).await.at("/id");
    let items = json!([{"description": "x", "amount": 100}]);
    let invoice = write("/v1/invoices", json!({"account": account, "items": items})).await.at("/id");
    let secret = write("/v1/checkout_sessions", json!({"invoice": invoice, "allowed_origin": STORE}))
        .await
        .at("/secret");
    assert_eq!(stack.view(&secret).await.json()["methods"], json!([]));
    let body = json!({"attempt_id": attempt_id(), "amount": 100, "currency": "CAD", "saved_method": method});
    stack.confirm(&secret, &body).await.expect_problem(422, "method_unknown");
    let unknown = json!({"login": {"id": "log_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "name": "x"}});
    let reply = stack.write_as(&other, &crate::support::fresh("k-"), "/v1/clients", &unknown).await;
    assert_eq!(reply.expect_problem(400, "invalid_request").at("/param"), "login.id");
}

/// Statements without any `WHERE`, as the role that serves, on every table that holds an organization's or a login's
/// rows. The positive control is in the test: the same statement sees its own rows, and a superuser sees all.
#[tokio::test(flavor = "multi_thread")]
async fn row_level_security_holds_for_the_serving_role() {
    if !Database::postgres_is_wanted() {
        return;
    }
    let stack = Stack::start(Engine::Postgres).await;
    let (_, secret) = stack.open().await;
    let mut body = stack.with_card("4242424242424242", 6_250).await;
    body["save"] = json!(true);
    body["consent_version"] = json!("save-card-1");
    body["consent_locale"] = json!("en");
    stack.confirm(&secret, &body).await.expect(200);
    let (other, _) = organization(&stack.app, "Elsewhere").await;

    let mut connection = PgConnection::connect(&stack.database.url).await.unwrap();
    let role =
        sqlx::query("SELECT rolsuper OR rolbypassrls AS powerful FROM pg_roles WHERE rolname = current_user");
    let powerful: bool = role.fetch_one(&mut connection).await.unwrap().get("powerful");
    assert!(!powerful, "the test must run as a role that row-level security applies to");

    let tables = sqlx::query(
        "SELECT c.relname::text AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced FROM pg_class c \
         JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r' \
         AND c.relname <> '_sqlx_migrations' ORDER BY 1",
    );
    let tables: Vec<(String, bool)> = tables
        .fetch_all(&mut connection)
        .await
        .unwrap()
        .iter()
        .map(|row| (row.get("name"), row.get("forced")))
        .collect();
    assert!(tables.len() >= 35, "{}", tables.len());
    let mut seen_by_owner = 0;
    for (table, forced) in &tables {
        assert!(forced, "{table} has row-level security, forced");
        let count = async |organization: Option<&str>, connection: &mut PgConnection| {
            let mut tx = connection.begin().await.unwrap();
            if let Some(organization) = organization {
                let act = sqlx::query("SELECT set_config('paydesk.organization', $1, true)")
                    .bind(organization.to_owned());
                act.execute(&mut *tx).await.unwrap();
            }
            let count = sqlx::query(AssertSqlSafe(format!("SELECT COUNT(*) AS number FROM {table}")));
            count.fetch_one(&mut *tx).await.unwrap().get::<i64, _>("number")
        };
        assert_eq!(count(None, &mut connection).await, 0, "{table}: nobody in particular sees nothing");
        let own = match table.as_str() {
            "organizations" | "organization_origins" | "api_keys" | "credentials" | "audit_heads" => 1,
            // Made, its origin registered, its key made.
            "audit_entries" => 3,
            _ => 0,
        };
        let of_other = count(Some(other.as_str()), &mut connection).await;
        assert_eq!(of_other, own, "{table}: another organization sees its own rows at most");
        seen_by_owner += count(Some(stack.organization.as_str()), &mut connection).await;
    }
    assert!(seen_by_owner > 25, "the positive control: an organization sees its own rows ({seen_by_owner})");

    // Writing for somebody else is refused as well.
    let mut tx = connection.begin().await.unwrap();
    let act = sqlx::query("SELECT set_config('paydesk.organization', $1, true)").bind(other.as_str());
    act.execute(&mut *tx).await.unwrap();
    let forged =
        sqlx::query("INSERT INTO organization_origins (org_id, origin) VALUES ($1, 'https://evil.example')");
    let refused = forged.bind(stack.organization.as_str()).execute(&mut *tx).await.unwrap_err();
    assert!(refused.to_string().contains("row-level security"), "{refused}");
}
