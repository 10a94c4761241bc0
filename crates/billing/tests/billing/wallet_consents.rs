//! What a client agreed to: listed and downloaded as it was shown, with every organization, also when it has ended.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Engine, Keeper, Reply, on_both};

on_both! {
    everything_that_was_agreed_to_is_there;
    page_by_page;
    a_consent_is_a_document;
    the_text_stays_when_the_name_does_not;
}

const CARD: &str = "4242424242424242";

impl Keeper {
    async fn consents(&self) -> Vec<Value> {
        let request = self.stack.browser(Method::GET, &self.secret, "/v1/wallet/consents");
        self.stack.send(request).await.expect(200).json()["consents"].as_array().unwrap().clone()
    }

    async fn document(&self, id: &str) -> Reply {
        let path = format!("/v1/wallet/consents/{id}/document");
        self.stack.send(self.stack.browser(Method::GET, &self.secret, &path)).await
    }
}

async fn page_by_page(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let card = keeper.stack.saved_card(&keeper.account, CARD).await;
    for _ in 0..2 {
        let given = keeper.permit(&card).await.expect(201).at("/id");
        keeper.revoke(&given, "").await.expect(200);
    }
    let all = keeper.consents().await;
    assert_eq!(all.len(), 3, "{all:?}");
    let page = async |query: &str| {
        let path = format!("/v1/wallet/consents{query}");
        keeper.stack.send(keeper.stack.browser(Method::GET, &keeper.secret, &path)).await
    };
    let first = page("?limit=2").await.expect(200).json();
    assert_eq!((&first["consents"], &first["next_cursor"]), (&json!(all[..2]), &all[1]["id"]));
    let cursor = all[1]["id"].as_str().unwrap();
    let last = page(&format!("?limit=2&cursor={cursor}")).await.expect(200).json();
    assert_eq!(last, json!({"consents": all[2..]}));
    let nobodys = page(&format!("?cursor=aut_{}", "b".repeat(30))).await.expect(200).json();
    assert_eq!(nobodys, json!({"consents": []}));
    let refused = page("?limit=0").await.expect_problem(400, "invalid_request");
    assert_eq!(refused.at("/param"), "limit");
}

fn hash(text: &Value) -> String {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(text.as_str().unwrap().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Positive control (tried): without the mandates' part of `WALLET_CONSENTS` the agreement is missing.
async fn everything_that_was_agreed_to_is_there(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    // Brought in by a server, saved at a checkout with a mandate, authorized in the wallet for another organization.
    let card = stack.saved_card(account, CARD).await;
    let debit = stack.debit_of(account, "pad", "000123456789", &[100], true).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    let given = keeper.permit(&card).await.expect(201).at("/id");
    keeper.revoke(&given, "").await.expect(200);
    let all = keeper.consents().await;
    assert_eq!(all.len(), 4, "{all:?}");
    for consent in &all {
        assert_eq!(json!(hash(&consent["text"])), consent["hash"], "the text proves itself: {consent}");
        assert!(consent["text"].as_str().unwrap().contains(consent["name"].as_str().unwrap()), "{consent}");
    }
    let of = |what: &str, by: &str| {
        let found = all.iter().filter(|consent| consent["what"] == what && consent["version"] == by);
        let found: Vec<_> = found.collect();
        assert_eq!(found.len(), 1, "{what} {by} {all:?}");
        found[0].clone()
    };
    let sister = of("authorization", "authorize-card-1");
    assert_eq!(
        (&sister["id"], &sister["name"], &sister["locale"], &sister["user_agent"], &sister["given_by"]),
        (&json!(given), &json!("Sister club"), &json!("fr"), &json!("Test/1"), &json!("payer"))
    );
    assert!(sister["ended_at"].is_string() && sister["address"].is_string(), "{sister}");
    let brought = of("authorization", "save-card-1");
    assert_eq!(
        (&brought["brand"], &brought["last4"], &brought["given_by"], &brought["ended_at"]),
        (&json!("visa"), &json!("4242"), &json!("organization"), &Value::Null)
    );
    assert_eq!(of("authorization", "save-bank-1")["last4"], "6789");
    let mandates = all.iter().filter(|consent| consent["what"] == "mandate");
    let mandates: Vec<_> = mandates.collect();
    assert_eq!(mandates.len(), 1, "{all:?}");
    assert_eq!((&mandates[0]["text"], &mandates[0]["last4"]), (&json!(debit.mandate_text), &json!("6789")));
    // It stays when the method goes.
    keeper.remove(&card).await.expect(200);
    stack.work().await;
    let after = keeper.consents().await;
    assert_eq!(after.len(), 4);
    assert!(
        after
            .iter()
            .filter(|consent| consent["kind"] == "card")
            .all(|consent| consent["ended_at"].is_string())
    );
}

async fn a_consent_is_a_document(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let card = stack.saved_card(account, CARD).await;
    let given = keeper.permit(&card).await.expect(201).at("/id");
    let document = keeper.document(&given).await.expect(200);
    assert_eq!(document.headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(
        document.headers["content-disposition"],
        format!("attachment; filename=\"consent-{given}.html\"")
    );
    let policy = document.headers["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    assert_eq!(document.headers["cache-control"], "no-store");
    let consent = keeper.consents().await.into_iter().find(|consent| consent["id"] == json!(given)).unwrap();
    for part in ["text", "hash", "version", "name", "given_at", "user_agent", "address", "last4"] {
        assert!(document.text.contains(consent[part].as_str().unwrap()), "{part}: {}", document.text);
    }
    assert!(document.text.contains("lang=\"fr\"") && !document.text.contains("<script"));
    for nothing in ["aut_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "x", "%20"] {
        keeper.document(nothing).await.expect_problem(404, "not_found");
    }
    let other = stack.signed_in().await;
    let secret = stack.wallet_session(&other).await;
    let others = Keeper { secret, ..keeper };
    others.document(&given).await.expect_problem(404, "not_found");
    assert!(others.consents().await.is_empty());
}

/// Positive control (tried): without `keep_consent_text` the text is lost with the name.
async fn the_text_stays_when_the_name_does_not(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let card = stack.saved_card(account, CARD).await;
    keeper.permit(&card).await.expect(201);
    let before = keeper.consents().await;
    let renamed = "UPDATE organizations SET name = 'Renamed' RETURNING org_id";
    assert_eq!(stack.database.read_past_everybody(renamed).await.unwrap().len(), 2);
    let after = keeper.consents().await;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!((&after["name"], &after["text"]), (&json!("Renamed"), &before["text"]));
        assert_eq!(json!(hash(&after["text"])), after["hash"]);
    }
    assert_eq!(after.len(), 2);
    for sql in
        ["UPDATE consent_texts SET text = 'x' RETURNING hash", "DELETE FROM consent_texts RETURNING hash"]
    {
        let refused = stack.database.read_past_everybody(sql).await.unwrap_err().to_string();
        assert!(refused.contains("what is written stays"), "{refused}");
    }
}
