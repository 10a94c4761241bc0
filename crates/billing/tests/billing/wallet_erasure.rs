//! A client has their wallet erased: methods, names, addresses, devices and codes go at once, organizations are told, and what was agreed to
//! stays where it must.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Engine, Keeper, Reply, fresh, on_both};

on_both! {
    a_wallet_is_erased;
    what_is_planned_or_under_way_stands_in_the_way;
    two_at_once_erase_it_once;
}

const CARD: &str = "4242424242424242";
/// What the client wrote, and nothing else has.
const NICKNAME: &str = "Aunt Olga’s card";
const STREET: &str = "9 Rue Sherbrooke";

impl Keeper {
    fn erasure(&self, key: &str) -> reqwest::RequestBuilder {
        self.stack.browser(Method::POST, &self.secret, "/v1/wallet/erasure").header("idempotency-key", key)
    }

    pub async fn erase(&self) -> Reply {
        self.stack.send(self.erasure(&fresh("w-"))).await
    }

    /// Names a method, and moves it to where nobody else lives.
    async fn name(&self, method: &str) {
        let moved = json!({"line1": STREET, "city": "Montréal", "region": "QC", "postal_code": "H3A 1B1", "country": "CA"});
        let version = self.method(method).await["version"].clone();
        let change = json!({"version": version, "nickname": NICKNAME, "billing_address": moved});
        self.changed(method, change).await.expect(200);
    }

    async fn traces(&self, but: &[&str]) -> Vec<(String, String)> {
        let mut rows = self.stack.database.every_row(but).await;
        rows.retain(|(_, row)| [NICKNAME, STREET].iter().any(|trace| row.contains(trace)));
        rows
    }
}

/// Positive controls (tried): without `FORGET_ANSWERS` the kept answer to the change names the card, and is found; with
/// `removed_at_ms IS NULL` in `EMPTY_METHODS` the cards that were removed are; without `END_ACCESS` what was told to the page still opens
/// the wallet; without `WIPE_MAILS` the mail that waited is sent.
async fn a_wallet_is_erased(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let reference = stack.stored_card(CARD).await;
    let card = stack.bring_in(&stack.key, account, &reference).await;
    let removed = stack.saved_card(account, "5555555555554444").await;
    let debit = stack.debit_of(account, "pad", "000123456789", &[1_500], true).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    stack.work().await;
    keeper.erase().await.expect_problem(409, "method_in_use");
    stack.pass(8).await;
    let secret = stack.wallet_session(account).await;
    let keeper = Keeper { secret, ..keeper };
    let Keeper { stack, account, sister, .. } = &keeper;
    for method in [&card, &removed] {
        keeper.name(method).await;
    }
    keeper.remove(&removed).await.expect(200);
    stack.work().await;
    keeper.permit(&card).await.expect(201);
    // Saved in the wallet itself, and one that backs another up.
    let typed = json!({"line1": STREET, "city": "Montréal", "region": "QC", "postal_code": "H3A 1B1", "country": "CA"});
    let new = json!({"nickname": NICKNAME, "billing_address": typed});
    keeper.save("6011111111111117", new).await.expect(201);
    keeper.back_up(&card, stack.organization.as_str()).await.expect(201);
    // From the sister's page, on a device that is remembered.
    let body = json!({"client": sister.account, "allowed_origin": crate::support::STORE});
    let opened = stack
        .write_as(&sister.key, &fresh("k-"), "/v1/wallet_sessions", &body)
        .await
        .expect(201)
        .at("/secret");
    stack.clock.advance(Duration::from_secs(90));
    stack.ask_for_code(&opened, json!({})).await.expect(200);
    let confirmed =
        stack.give_code(&opened, json!({"code": stack.code().await, "remember": true})).await.expect(200);
    let from_there = confirmed.at("/access");
    stack.wallet(&from_there).await.expect(200);
    // A mail that is not sent yet: another permission.
    let given = keeper.method(&card).await["authorizations"][0]["id"].as_str().unwrap().to_owned();
    keeper.revoke(&given, "").await.expect(200);
    let consents = stack
        .send(stack.browser(Method::GET, &keeper.secret, "/v1/wallet/consents"))
        .await
        .expect(200)
        .json();
    assert!(!keeper.traces(&[]).await.is_empty());
    let mails_before =
        stack.database.read_past_everybody("SELECT id FROM mails WHERE status = 'waiting'").await.unwrap();
    assert_eq!(mails_before.len(), 1);
    let invoices = stack.read("/v1/invoices").await.expect(200).json();

    stack.clock.advance(Duration::from_secs(1));
    let erased = keeper.erase().await.expect(200).json();
    assert_eq!(erased["methods_removed"], 3);
    let stays = erased["stays"].as_array().unwrap();
    let until = |what: &str, name: &str| {
        let found = stays.iter().find(|stay| stay["what"] == what && stay["name"] == name);
        found.unwrap_or_else(|| panic!("{what} {name} {stays:?}"))["until"].clone()
    };
    assert!(
        until("consents", "Riverside Recreation").is_string() && until("consents", "Sister club").is_string()
    );
    assert!(until("account", "Riverside Recreation").is_null());
    assert_eq!(keeper.traces(&[]).await, [], "nothing is left of what the client wrote");
    for (table, count) in [("wallet_devices", 0), ("wallet_codes", 0)] {
        let rows = stack.database.every_row(&[]).await;
        assert_eq!(rows.iter().filter(|(of, _)| of == table).count(), count, "{table}");
    }
    let left = "SELECT id FROM wallet_entries WHERE address IS NOT NULL";
    assert!(stack.database.read_past_everybody(left).await.unwrap().is_empty());
    // Nothing is opened any more, from neither page.
    for access in [&keeper.secret, &from_there] {
        stack.wallet(access).await.expect_problem(401, "session_invalid");
    }
    keeper.erase().await.expect_problem(401, "session_invalid");
    // Organizations are told at once, and the processor lets both go.
    let told = stack.events("authorization.revoked").await;
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(stack.events("mandate.ended").await.len(), 1);
    for _ in 0..2 {
        stack.work_after(Duration::from_secs(301)).await;
    }
    let url = format!("{}/v1/payment_methods/{reference}", stack.processor);
    let kept = stack.http.get(url).bearer_auth(crate::support::PROCESSOR_SECRET);
    assert!(stack.send(kept).await.json()["customer"].is_null(), "it is let go");
    // One mail says so, and none follows or was sent before.
    let letters = stack.mailbox().await;
    let last = letters.last().unwrap();
    assert!(
        last.subject.starts_with("Your wallet was erased") && last.body.contains("Riverside Recreation"),
        "{last:?}"
    );
    let ended: Vec<_> =
        letters.iter().filter(|letter| letter.subject.contains("may no longer charge")).collect();
    assert!(
        ended.len() == 1 && ended[0].body.contains("4444"),
        "that of the card that was removed before: {ended:?}"
    );
    assert_eq!(stack.events("authorization.revoked").await.len(), 3, "and nobody is told twice");

    // What was agreed to is there still, all of it ended; the organization's books are its own.
    let secret = stack.wallet_session(account).await;
    let wallet = stack.wallet(&secret).await.expect(200).json();
    assert_eq!((&wallet["cards"]["count"], &wallet["accounts"]["count"]), (&json!(0), &json!(0)));
    let after =
        stack.send(stack.browser(Method::GET, &secret, "/v1/wallet/consents")).await.expect(200).json();
    let list = |consents: &Value| consents["consents"].as_array().unwrap().clone();
    assert_eq!(list(&after).len(), list(&consents).len());
    assert!(
        list(&after).iter().all(|consent| consent["ended_at"].is_string() && consent["text"].is_string())
    );
    assert_eq!(stack.read("/v1/invoices").await.expect(200).json(), invoices);
    stack.is_whole().await;
    let file = stack.send(stack.browser(Method::GET, &secret, "/v1/wallet/export")).await.expect(200);
    assert!(!file.text.contains(NICKNAME) && !file.text.contains(STREET), "{}", file.text);
    assert_eq!(file.json()["wallet"]["methods"].as_array().unwrap().len(), 4);
}

/// Positive control (tried): without `is_paying`, the wallet is erased while the charge waits for its day.
async fn what_is_planned_or_under_way_stands_in_the_way(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let card = stack.saved_card(account, CARD).await;
    keeper.name(&card).await;
    stack.installments_with(account, &card).await;
    let before = keeper.method(&card).await;
    let refused = keeper.erase().await.expect_problem(409, "method_in_use").json();
    assert_eq!(refused["planned"].as_array().unwrap().len(), 3, "{refused}");
    assert_eq!(keeper.method(&card).await, before, "nothing is done");
    let plan = before["planned"][0]["plan"].as_str().unwrap().to_owned();
    stack.write(&format!("/v1/plans/{plan}/end"), json!({})).await.expect(200);

    let invoice = stack.invoice(account, &[500]).await;
    let tomorrow = (stack.app.mint.now() + Duration::from_secs(86_400)).to_string();
    let charge =
        json!({"invoice": invoice, "payment_method": card, "reason": "unscheduled", "due_at": tomorrow});
    stack.write("/v1/charges", charge).await.expect(201);
    keeper.erase().await.expect_problem(409, "method_in_use");
    assert_eq!(keeper.method(&card).await["nickname"], NICKNAME);
    let secret = {
        stack.work_after(Duration::from_secs(86_401)).await;
        stack.wallet_session(account).await
    };
    let keeper = Keeper { secret, ..keeper };
    keeper.erase().await.expect(200);
    assert_eq!(keeper.traces(&[]).await, []);
}

/// Positive control (tried): without `is_open`, all of them erase it.
async fn two_at_once_erase_it_once(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, .. } = &keeper;
    let card = stack.saved_card(account, CARD).await;
    keeper.name(&card).await;
    let version = keeper.method(&card).await["version"].clone();
    let mut requests: Vec<_> = (0..6).map(|_| keeper.erasure(&fresh("w-"))).collect();
    requests.insert(3, keeper.change(&card, &json!({"version": version, "nickname": NICKNAME})));
    let replies = stack.send_all(requests.into_iter()).await;
    let erased = replies.iter().filter(|reply| reply.text.contains("erased_at")).count();
    assert_eq!(erased, 1, "{replies:?}");
    for reply in &replies {
        assert!([200, 401, 404, 409].contains(&reply.status), "{reply:?}");
    }
    stack.work().await;
    assert_eq!(stack.mails_about("Your wallet was erased").await.len(), 1);
    assert_eq!(keeper.traces(&["idempotency_keys"]).await, []);
}
