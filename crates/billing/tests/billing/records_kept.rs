//! Records of what was agreed to are kept as long as the organization says, counted from their end, and no longer; and nothing is wiped
//! that the rules of payments ask for, whatever the program says.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Engine, Keeper, Stack, StackOptions, on_both};

on_both! {
    what_has_ended_goes_after_its_time;
    what_goes_on_stays;
    the_database_refuses_what_is_too_early;
}

const DAY: Duration = Duration::from_secs(86_400);
const KEPT_DAYS: u32 = 800;

/// A client's wallet, as long ago as that.
async fn keeper(engine: Engine, days_ago: u32) -> Keeper {
    let options = StackOptions { ago: DAY * days_ago, ..StackOptions::default() };
    let stack = Stack::start_with(engine, options).await;
    stack.change(json!({"records_kept_days": KEPT_DAYS})).await.expect(200);
    let login =
        json!({"name": "Kim Roy", "email": "kim@example.org", "last_login_at": "2020-01-05T15:00:00Z"});
    let account = stack.write("/v1/clients", json!({"login": login})).await.expect(201).at("/id");
    let sister = stack.sister(&account).await;
    let secret = stack.wallet_session(&account).await;
    Keeper { stack, account, sister, secret }
}

/// A card that the client saves at a checkout.
async fn saved(keeper: &Keeper) -> String {
    let stack = &keeper.stack;
    let (_, secret) = stack.buy(&keeper.account, json!([{"description": "Judo", "amount": 700}])).await;
    let mut body = stack.with_card("4242424242424242", 700).await;
    body["save"] = json!(true);
    body["consent_version"] = json!("save-card-1");
    body["consent_locale"] = json!("en");
    let paid = stack.confirm(&secret, &body).await.expect(200);
    assert_eq!(paid.at("/status"), "succeeded");
    keeper.wallet().await["cards"]["methods"][0]["id"].as_str().unwrap().to_owned()
}

/// Wipes until nothing is left to wipe, and answers how many records that were.
async fn wiped(stack: &Stack) -> usize {
    let mut all = 0;
    loop {
        match stack.app.forget_records().await.unwrap() {
            0 => return all,
            gone => all += gone,
        }
    }
}

async fn records(stack: &Stack, sql: &'static str) -> Vec<String> {
    stack.database.read_past_everybody(sql).await.unwrap()
}

async fn agreed(stack: &Stack) -> Vec<String> {
    let mut all = records(stack, "SELECT consent_hash FROM authorizations ORDER BY id").await;
    all.extend(records(stack, "SELECT consent_hash FROM backups ORDER BY id").await);
    all.extend(records(stack, "SELECT text_hash FROM mandates WHERE text <> '' ORDER BY id").await);
    all
}

impl Keeper {
    /// Opens the wallet again, a long time later.
    async fn again(self) -> Self {
        let secret = self.stack.wallet_session(&self.account).await;
        Self { secret, ..self }
    }

    async fn told_consents(&self) -> Vec<Value> {
        let request = self.stack.browser(Method::GET, &self.secret, "/v1/wallet/consents");
        self.stack.send(request).await.expect(200).json()["consents"].as_array().unwrap().clone()
    }
}

/// Positive controls (tried): a job that forgets a day early (`records_kept_days - 1`) fails the first half; one that counts from
/// `accepted_at_ms` as well; one that leaves `FORGET_CONSENT_TEXT` or `FORGET_BACKUP` out leaves them.
async fn what_has_ended_goes_after_its_time(engine: Engine) {
    let keeper = keeper(engine, KEPT_DAYS + 100).await;
    let Keeper { stack, account, .. } = &keeper;
    let card = saved(&keeper).await;
    keeper.back_up(&card, stack.organization.as_str()).await.expect(201);
    let debit = stack.debit_of(account, "pad", "000123456789", &[1_500], true).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    // Ids sort by their times.
    stack.clock.advance(Duration::from_secs(1));
    let once = stack.debit_of(account, "pad", "000123456789", &[900], false).await;
    stack.confirm(&once.secret, &once.body).await.expect(200);
    stack.work().await;
    let bank = keeper.wallet().await["accounts"]["methods"][0]["id"].as_str().unwrap().to_owned();
    stack.clock.advance(DAY * 3);
    let keeper = keeper.again().await;
    let stack = &keeper.stack;
    // Removed in the wallet: what organizations may do with them ends.
    for method in [&card, &bank] {
        keeper.remove(method).await.expect(200);
    }
    stack.work().await;
    let before = agreed(stack).await;
    assert_eq!(
        before.len(),
        5,
        "two permissions, a backup, a standing mandate, and one for a single debit: {before:?}"
    );
    assert_eq!(keeper.told_consents().await.len(), 5);
    let books = async || {
        let mut all = Vec::new();
        for path in ["/v1/payments", "/v1/charges", "/v1/invoices"] {
            all.push(stack.read(path).await.expect(200).json());
        }
        all.push(json!(
            records(stack, "SELECT account || ' ' || amount FROM ledger_entries ORDER BY id").await
        ));
        all
    };
    let booked = books().await;

    // To the moment: what they hold of a try, and what was for a single debit, has been over for longer.
    stack.clock.advance(DAY * KEPT_DAYS);
    wiped(stack).await;
    assert_eq!(agreed(stack).await, before[..4], "not yet, but for the single debit");
    assert_eq!(records(stack, "SELECT text FROM consent_texts").await.len(), 3);
    let of_tries = "SELECT id FROM attempts WHERE consent_hash IS NOT NULL OR consent_address IS NOT NULL";
    assert!(records(stack, of_tries).await.is_empty());
    stack.clock.advance(Duration::from_secs(1));
    assert_eq!(wiped(stack).await, 4);
    assert!(agreed(stack).await.is_empty());
    for gone in [
        "SELECT id FROM authorizations",
        "SELECT text FROM consent_texts",
        "SELECT id FROM mandates WHERE address IS NOT NULL OR user_agent IS NOT NULL",
    ] {
        assert!(records(stack, gone).await.is_empty(), "{gone}");
    }
    // The books refer to both mandates.
    assert_eq!(records(stack, "SELECT id FROM mandates").await.len(), 2);
    assert_eq!(books().await, booked, "the books are as before");
    stack.is_whole().await;
    let noted = stack.read("/v1/audit_entries?action=record.wiped&limit=100").await.expect(200).json();
    assert!(noted["data"].as_array().unwrap().len() >= 6, "{noted}");
    let keeper = keeper.again().await;
    assert!(keeper.told_consents().await.is_empty());
}

/// Positive control (tried): without `authorization_is_over`, the permission goes while its plan goes on, but for the trigger; without the
/// trigger's part about plans as well, it is gone.
async fn what_goes_on_stays(engine: Engine) {
    let keeper = keeper(engine, 3 * KEPT_DAYS).await;
    let Keeper { stack, account, .. } = &keeper;
    let card = saved(&keeper).await;
    stack.installments_with(account, &card).await;
    let method = keeper.method(&card).await;
    let plan = method["planned"][0]["plan"].as_str().unwrap().to_owned();
    let given = method["authorizations"][0]["id"].as_str().unwrap().to_owned();
    keeper.revoke(&given, "?plans=continue").await.expect(200);
    stack.clock.advance(DAY * (KEPT_DAYS + 1));
    wiped(stack).await;
    let there = async || records(stack, "SELECT id FROM authorizations").await == [given.clone()];
    assert!(there().await, "what was agreed to with it goes on");
    stack.write(&format!("/v1/plans/{plan}/end"), json!({})).await.expect(200);
    stack.clock.advance(DAY * KEPT_DAYS);
    wiped(stack).await;
    assert!(there().await, "its last plan has not been over for longer");
    stack.clock.advance(Duration::from_secs(1));
    assert_eq!(wiped(stack).await, 1);
    assert!(!there().await);
}

/// The program's clock is years ahead: it takes for over what has just ended. Positive controls (tried): without the time in the trigger
/// `authorizations_stay`, the permission is gone; in `backups_stay`, the backup.
async fn the_database_refuses_what_is_too_early(engine: Engine) {
    let keeper = keeper(engine, 0).await;
    let Keeper { stack, account, .. } = &keeper;
    let card = saved(&keeper).await;
    keeper.back_up(&card, stack.organization.as_str()).await.expect(201);
    let debit = stack.debit_of(account, "pad", "000123456789", &[1_500], true).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    stack.work().await;
    keeper.remove(&card).await.expect(200);
    let bank = keeper.wallet().await["accounts"]["methods"][0]["id"].as_str().unwrap().to_owned();
    keeper.remove(&bank).await.expect(200);
    stack.work().await;
    let before = agreed(stack).await;
    assert_eq!(before.len(), 4);
    stack.clock.advance(DAY * (KEPT_DAYS + 1));
    wiped(stack).await;
    assert_eq!(agreed(stack).await, before);
    assert_eq!(records(stack, "SELECT hash FROM consent_texts").await.len(), 3);
    for sql in [
        "DELETE FROM authorizations RETURNING id",
        "UPDATE authorizations SET address = NULL RETURNING id",
        "UPDATE authorizations SET consent_hash = '' RETURNING id",
        "UPDATE authorizations SET revoked_at_ms = 1 RETURNING id",
        "DELETE FROM backups RETURNING id",
        "UPDATE backups SET ended_at_ms = 1 RETURNING id",
        "UPDATE backups SET address = NULL RETURNING id",
        "DELETE FROM mandates RETURNING id",
        "UPDATE mandates SET text = '', text_hash = '', address = NULL, user_agent = NULL RETURNING id",
        "UPDATE mandates SET text = 'x' RETURNING id",
        "UPDATE mandates SET ended_at_ms = 1 RETURNING id",
        "UPDATE mandates SET accepted_at_ms = 1 RETURNING id",
        "DELETE FROM consent_texts RETURNING hash",
        "UPDATE consent_texts SET text = 'x' RETURNING hash",
        "UPDATE wallet_entries SET address = '::1' RETURNING id",
        "UPDATE wallet_entries SET address = NULL, action = 'x' RETURNING id",
        "DELETE FROM wallet_entries RETURNING id",
        "UPDATE organizations SET records_kept_days = 730 RETURNING org_id",
    ] {
        assert!(stack.database.read_past_everybody(sql).await.is_err(), "{sql}");
    }
    // Nobody can say that it is less.
    let refused =
        stack.change(json!({"records_kept_days": 730})).await.expect_problem(400, "invalid_request");
    assert_eq!(refused.at("/param"), "records_kept_days");
}
