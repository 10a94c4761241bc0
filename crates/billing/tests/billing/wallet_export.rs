//! What is stored of a client, as one file: for the client all of it, for an organization its own part, and never a secret.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Engine, Keeper, Stack, on_both};

on_both! {
    everything_of_a_client_is_in_the_file;
    an_organization_takes_along_what_it_may_know;
    long_lists_are_whole;
}

const CARD: &str = "4242424242424242";

impl Keeper {
    pub async fn export(&self) -> crate::support::Reply {
        self.stack.send(self.stack.browser(Method::GET, &self.secret, "/v1/wallet/export")).await
    }
}

/// Everything in the database that opens something or names a method to the processor.
async fn secrets(stack: &Stack) -> Vec<String> {
    let mut all = Vec::new();
    for sql in [
        "SELECT hash FROM credentials",
        "SELECT reference FROM payment_methods",
        "SELECT customer FROM payment_methods",
        "SELECT fingerprint FROM payment_methods WHERE fingerprint IS NOT NULL",
        "SELECT reference FROM vault_customers",
        "SELECT hash FROM wallet_devices",
        "SELECT code_hash FROM wallet_codes",
        "SELECT secret_hash FROM wallet_codes",
        "SELECT token FROM attempts WHERE token IS NOT NULL",
        "SELECT processor_method FROM attempts WHERE processor_method IS NOT NULL",
        "SELECT processor_reference FROM payments",
        "SELECT network_transaction_id FROM payment_methods WHERE network_transaction_id IS NOT NULL",
    ] {
        all.extend(stack.database.read_past_everybody(sql).await.unwrap());
    }
    all.retain(|secret| !secret.is_empty());
    all
}

fn rows<'a>(file: &'a Value, pointer: &str) -> &'a Vec<Value> {
    file.pointer(pointer).and_then(Value::as_array).unwrap_or_else(|| panic!("no {pointer} in {file}"))
}

/// Positive control (tried): with `m.reference` among the columns of `EXPORT_METHODS`, a secret is found; with `removed_at_ms IS NULL`
/// there, the removed card is missing.
async fn everything_of_a_client_is_in_the_file(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, sister, .. } = &keeper;
    let card = stack.saved_card(account, CARD).await;
    let removed = stack.saved_card(account, "5555555555554444").await;
    keeper.permit(&card).await.expect(201);
    keeper.changed(&card, json!({"version": 1, "nickname": "Blue one"})).await.expect(200);
    keeper.remove(&removed).await.expect(200);
    stack.work().await;
    stack.installments_with(account, &card).await;
    let debit = stack.debit_of(account, "pad", "000123456789", &[1_500], true).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    let (_, paid) = stack
        .buy(account, json!([{"description": "Judo", "amount": 700, "participant": "Little Kim"}]))
        .await;
    let body = stack.with_card("4242424242424242", 700).await;
    let attempt = stack.confirm(&paid, &body).await.expect(200).at("/receipt/payment");
    stack.write(&format!("/v1/payments/{attempt}/refunds"), json!({"amount": 200})).await.expect(201);
    stack
        .write(
            "/v1/credits",
            json!({"client": account, "amount": 300, "currency": "CAD", "reason": "An apology"}),
        )
        .await
        .expect(201);
    let device = stack.unconfirmed_session(account).await;
    stack.clock.advance(std::time::Duration::from_secs(90));
    stack.ask_for_code(&device, json!({})).await.expect(200);
    stack.give_code(&device, json!({"code": stack.code().await, "remember": true})).await.expect(200);

    let reply = keeper.export().await.expect(200);
    assert_eq!(reply.headers["content-type"], "application/json");
    let disposition = reply.headers["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("attachment; filename=\"paydesk-wallet-log_"), "{disposition}");
    assert_eq!(reply.headers["cache-control"], "no-store");
    let file = reply.json();
    assert_eq!(file["schema"], "paydesk-wallet-1");
    assert!(file["exported_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(
        (&file["login"]["name"], &file["login"]["email"]),
        (&json!("Kim Roy"), &json!("kim@example.org"))
    );
    let methods = rows(&file, "/wallet/methods");
    assert_eq!(methods.len(), 3, "{methods:?}");
    let of = |id: &str| methods.iter().find(|method| method["id"] == id).unwrap();
    assert_eq!((&of(&card)["nickname"], &of(&card)["last4"]), (&json!("Blue one"), &json!("4242")));
    assert_eq!(of(&card)["billing_address"]["line1"], "120 Rue du Parc");
    assert!(of(&card)["removed_at"].is_null() && of(&removed)["removed_at"].is_string());
    assert_eq!(of(&card)["is_default"], json!(false));
    let authorizations = rows(&file, "/wallet/authorizations");
    assert_eq!(authorizations.len(), 4, "{authorizations:?}");
    assert!(authorizations.iter().all(|given| given["consent_text"].is_string()), "{authorizations:?}");
    let mandates = rows(&file, "/wallet/mandates");
    assert_eq!((mandates.len(), &mandates[0]["text"]), (1, &json!(debit.mandate_text)));
    assert_eq!(rows(&file, "/wallet/devices").len(), 1);
    assert!(
        rows(&file, "/wallet/mails")
            .iter()
            .any(|mail| mail["kind"] == "wallet_code" && mail["status"] == "sent")
    );
    assert!(rows(&file, "/wallet/entries").iter().any(|entry| entry["action"] == "method.removed"));

    let accounts = rows(&file, "/accounts");
    assert_eq!(accounts.len(), 2);
    let with = |organization: &str| {
        accounts.iter().find(|with| with["account"]["organization"] == organization).unwrap()
    };
    assert_eq!(with(sister.organization.as_str())["account"]["name"], "Kim");
    let here = with(stack.organization.as_str());
    assert_eq!(here["account"]["organization_name"], "Riverside Recreation");
    let count = |list: &str| here[list].as_array().unwrap_or_else(|| panic!("no {list}")).len();
    assert_eq!((count("invoices"), count("invoice_items"), count("tries"), count("payments")), (3, 3, 3, 3));
    assert_eq!((count("refunds"), count("credits"), count("plans"), count("planned_payments")), (1, 1, 1, 3));
    assert!(here["invoice_items"].as_array().unwrap().iter().any(|item| item["participant"] == "Little Kim"));
    assert!(here["payments"].as_array().unwrap().iter().all(|payment| payment["receipt_number"].is_i64()));
    assert!(here["typed"].as_array().unwrap().iter().any(|typed| typed["consent_version"] == "save-bank-1"));
    assert!(!reply.text.contains("An apology"), "why credit was given is the organization's own");

    let secrets = secrets(stack).await;
    assert!(secrets.len() > 12, "{}", secrets.len());
    for secret in secrets {
        assert!(!reply.text.contains(&secret), "{secret}");
    }
    // Another client's file has nothing of it.
    let other = stack.signed_in().await;
    stack.clock.advance(std::time::Duration::from_secs(90));
    let secret = stack.wallet_session(&other).await;
    let theirs = stack.send(stack.browser(Method::GET, &secret, "/v1/wallet/export")).await.expect(200);
    let file = theirs.json();
    assert!(rows(&file, "/wallet/methods").is_empty() && rows(&file, "/accounts").len() == 1);
    for foreign in [account, &sister.account, &card, "Blue one", "Little Kim"] {
        assert!(!theirs.text.contains(foreign), "{foreign}");
    }
}

/// Positive control (tried): without `a.revoked_at_ms IS NULL` in `EXPORT_MAY_CHARGE`, the card is there after its permission ended
/// (on PostgreSQL row-level security hides it still).
async fn an_organization_takes_along_what_it_may_know(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, sister, .. } = &keeper;
    let card = stack.saved_card(account, CARD).await;
    let (_, paid) = stack.buy(account, json!([{"description": "Judo", "amount": 700}])).await;
    let body = stack.with_saved(&card, 700);
    stack.confirm(&paid, &body).await.expect(200);
    let own = format!("/v1/clients/{account}/export");
    let file = stack.read(&own).await.expect(200);
    assert_eq!(
        file.headers["content-disposition"],
        format!("attachment; filename=\"paydesk-client-{account}.json\"")
    );
    assert_eq!(file.at("/schema"), "paydesk-client-1");
    assert_eq!(file.at("/account/name"), "Kim Roy");
    assert_eq!((file.at("/methods/0/id"), file.at("/methods/0/last4")), (card.clone(), "4242".to_owned()));
    assert_eq!(file.at("/payments/0/amount"), "700");
    assert!(file.json()["methods"][0]["nickname"].is_null() && file.json()["wallet"].is_null());

    // The sister may charge nothing, and learns of nothing; and of another's client there is no file.
    let theirs = format!("/v1/clients/{}/export", sister.account);
    let sisters = stack.read_as(&sister.key, &theirs).await.expect(200);
    assert!(!sisters.text.contains(&card) && !sisters.text.contains("4242"), "{}", sisters.text);
    assert!(!sisters.text.contains(account) && !sisters.text.contains("Riverside"), "{}", sisters.text);
    let never = format!("/v1/clients/acc_{}/export", "b".repeat(30));
    for path in [&own, &never] {
        stack.read_as(&sister.key, path).await.expect_problem(404, "not_found");
    }
    let given = keeper.permit(&card).await.expect(201).at("/id");
    assert_eq!(stack.read_as(&sister.key, &theirs).await.expect(200).at("/methods/0/id"), card);
    keeper.revoke(&given, "").await.expect(200);
    let sisters = stack.read_as(&sister.key, &theirs).await.expect(200).json();
    assert_eq!(sisters["methods"], json!([]));
    assert_eq!(sisters["authorizations"][0]["id"], json!(given), "what was given to it, it may show");
}

/// Positive control (tried): with pages that begin again at the first row, this never ends; with none after the first, rows are missing.
async fn long_lists_are_whole(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let amounts = [100; 100];
    for _ in 0..4 {
        stack.invoice(account, &amounts).await;
    }
    let file = keeper.export().await.expect(200).json();
    let items = file["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|with| with["account"]["id"] == json!(account))
        .unwrap();
    let mut ids: Vec<_> =
        items["invoice_items"].as_array().unwrap().iter().map(|item| item["id"].to_string()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 400);
}
