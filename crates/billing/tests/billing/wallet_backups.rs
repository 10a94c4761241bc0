//! A planned payment that is refused is charged once to another card, where its client agreed to that, before the plan's own card is
//! tried again.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Engine, Keeper, Reply, Stack, address, fresh, on_both};

on_both! {
    what_is_refused_is_charged_to_the_backup;
    a_backup_that_is_refused_is_not_asked_again;
    a_human_is_asked_where_neither_pays;
    nothing_is_charged_to_it_while_nobody_knows;
    an_answer_that_is_lost_charges_nobody_twice;
    one_takes_the_place_of_another_and_moves_and_ends;
    what_cannot_be_a_backup;
}

const CARD: &str = "4242424242424242";
const OTHER: &str = "5555555555554444";

impl Keeper {
    pub async fn back_up(&self, card: &str, organization: &str) -> Reply {
        let body =
            json!({"organization": organization, "consent_version": "backup-card-1", "consent_locale": "en"});
        let path = format!("/v1/wallet/methods/{card}/backups");
        let request = self.stack.browser(Method::POST, &self.secret, &path);
        self.stack.send(request.header("idempotency-key", fresh("w-")).json(&body)).await
    }

    async fn end_backup(&self, id: &str) -> Reply {
        let request = self.stack.browser(Method::DELETE, &self.secret, &format!("/v1/wallet/backups/{id}"));
        self.stack.send(request.header("idempotency-key", fresh("w-"))).await
    }

    /// A plan of three payments with one card, and another card as its backup: the invoice, and the backup.
    async fn backed_up_plan(&self) -> (String, String) {
        let card = self.stack.saved_card(&self.account, CARD).await;
        let invoice = self.stack.installments_with(&self.account, &card).await;
        let backup = self.save(OTHER, json!({})).await.expect(201).at("/method/id");
        let organization = self.stack.organization.as_str().to_owned();
        self.back_up(&backup, &organization).await.expect(201);
        (invoice, backup)
    }
}

/// The next charges are refused for this reason.
async fn refuse(stack: &Stack, times: u32, code: &str) {
    let action = json!({"type": "decline", "code": code});
    stack
        .scenario(
            json!({"match": "every", "on": ["payment_intents.create"], "action": action, "times": times}),
        )
        .await;
}

/// Each try of an invoice, oldest first: the card's last digits, and what became of it.
async fn tries(stack: &Stack, invoice: &str) -> Vec<(String, String)> {
    let sql = "SELECT invoice_id || ' ' || last4 || ' ' || status FROM attempts ORDER BY created_at_ms, idempotency_key LIKE '%backup%'";
    let all = stack.database.read_past_everybody(sql).await.unwrap();
    let of_it = all.iter().filter_map(|row| row.strip_prefix(invoice)?.trim().split_once(' '));
    of_it.map(|(card, status)| (card.to_owned(), status.to_owned())).collect()
}

/// What is planned, the soonest first.
async fn planned(stack: &Stack) -> Vec<Value> {
    let mut all = stack.planned("").await;
    all.sort_by_key(|planned| planned["due_on"].as_str().unwrap().to_owned());
    all
}

fn tried(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(card, status)| ((*card).to_owned(), (*status).to_owned())).collect()
}

/// Positive control (tried): without `finish_retry` in `follow_planned`, the payment is taken for `skipped` when its own card's next try
/// is due.
async fn what_is_refused_is_charged_to_the_backup(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let stack = &keeper.stack;
    let (invoice, backup) = keeper.backed_up_plan().await;
    let wallet = keeper.method(&backup).await;
    let organization = stack.organization.as_str();
    assert_eq!(
        (&wallet["backups"][0]["organization"], wallet["authorizations"].as_array().unwrap().len()),
        (&json!(organization), 0)
    );
    assert_eq!(wallet["can_back_up"], json!([keeper.sister.organization.as_str()]));
    keeper.back_up(&backup, organization).await.expect(200);
    let letters = stack.mailbox().await;
    assert_eq!(letters.iter().filter(|letter| letter.subject.starts_with("Your backup for")).count(), 1);
    refuse(stack, 1, "insufficient_funds").await;
    stack.asleep_for(14).await;
    let first = planned(stack).await.remove(0);
    assert_eq!(first["status"], "paid");
    let wanted = tried(&[("4242", "succeeded"), ("4242", "declined"), ("4444", "succeeded")]);
    assert_eq!(tries(stack, &invoice).await, wanted);
    assert!(stack.action_items().await.is_empty());
    let letters = stack.mailbox().await;
    assert!(
        letters.iter().all(|letter| !letter.subject.contains("did not go through")),
        "nothing has failed"
    );
    assert_eq!(
        letters.iter().filter(|letter| letter.body.contains("4444, your backup, was charged")).count(),
        1
    );
    // The rest goes its way, and that payment is paid.
    stack.asleep_for(14).await;
    stack.asleep_for(14).await;
    stack.days_pass(20).await;
    let all = planned(stack).await;
    assert!(all.iter().all(|planned| planned["status"] == "paid"), "{all:?}");
    assert_eq!(tries(stack, &invoice).await.len(), 5);
    assert_eq!(stack.three_figures(&invoice).await, (0, 0, 0));
    // Of the card the organization learns what a receipt says.
    for list in ["events", "audit_entries", "charges", "payments", "planned_payments", "plans"] {
        let told = stack.read(&format!("/v1/{list}?limit=100")).await.expect(200);
        assert!(!told.text.contains(&backup), "{list}");
    }
    let secret = stack.session(&stack.invoice(&keeper.account, &[100]).await).await;
    let offered = stack.view(&secret).await.json()["methods"].to_string();
    assert!(!offered.contains(&backup) && offered.contains("4242"), "{offered}");
    stack.confirm(&secret, &stack.with_saved(&backup, 100)).await.expect_problem(422, "method_unknown");
}

/// Positive control (tried): without `row.id != row.origin_id` in `charge_backup`, the second refusal of the plan's own card asks for
/// the backup again.
async fn a_backup_that_is_refused_is_not_asked_again(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let stack = &keeper.stack;
    let (invoice, _) = keeper.backed_up_plan().await;
    refuse(stack, 3, "insufficient_funds").await;
    stack.asleep_for(14).await;
    let first = planned(stack).await.remove(0);
    assert_eq!((&first["status"], &first["because"]), (&json!("charging"), &json!("insufficient_funds")));
    let mut wanted = tried(&[("4242", "succeeded"), ("4242", "declined"), ("4444", "declined")]);
    assert_eq!(tries(stack, &invoice).await, wanted);
    assert!(stack.action_items().await.is_empty());
    // The usual pauses, with the plan's own card.
    stack.days_pass(4).await;
    wanted.extend(tried(&[("4242", "declined")]));
    assert_eq!(tries(stack, &invoice).await, wanted);
    stack.days_pass(9).await;
    assert_eq!(tries(stack, &invoice).await.iter().filter(|(card, _)| card == "4444").count(), 1);
    assert_eq!(planned(stack).await[0]["status"], "paid");
}

async fn a_human_is_asked_where_neither_pays(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let stack = &keeper.stack;
    let (invoice, _) = keeper.backed_up_plan().await;
    // A card that is never to be tried again is not.
    refuse(stack, 1, "stolen_card").await;
    stack.asleep_for(14).await;
    assert!(stack.action_items().await.is_empty());
    assert_eq!(planned(stack).await[0]["status"], "paid");
    for (card, code) in [("4242", "stolen_card"), ("4444", "lost_card")] {
        let action = json!({"type": "decline", "code": code});
        let order =
            json!({"match": {"card": card}, "on": ["payment_intents.create"], "action": action, "times": 1});
        stack.scenario(order).await;
    }
    stack.asleep_for(14).await;
    let failed = planned(stack).await.remove(1);
    assert_eq!(failed["status"], "failed");
    let items = stack.action_items().await;
    assert_eq!((items.len(), &items[0]["kind"]), (1, &json!("charge_failed")));
    assert_eq!(
        (&items[0]["code"], &failed["because"]),
        (&json!("stolen_card"), &json!("stolen_card")),
        "its own card's"
    );
    let letters = stack.mailbox().await;
    assert_eq!(letters.iter().filter(|letter| letter.subject.contains("did not go through")).count(), 1);
    stack.days_pass(10).await;
    let sent = tries(stack, &invoice).await;
    assert_eq!(sent.iter().filter(|(_, status)| status == "declined").count(), 3, "{sent:?}");
}

async fn nothing_is_charged_to_it_while_nobody_knows(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let stack = &keeper.stack;
    let (invoice, _) = keeper.backed_up_plan().await;
    let action = json!({"type": "drop_answer", "when": "after"});
    stack
        .scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": action, "times": 1}))
        .await;
    stack.asleep_for(14).await;
    assert_eq!(tries(stack, &invoice).await, tried(&[("4242", "succeeded"), ("4242", "in_doubt")]));
    for _ in 0..6 {
        stack.work_after(Duration::from_secs(3_600)).await;
    }
    assert_eq!(tries(stack, &invoice).await, tried(&[("4242", "succeeded"), ("4242", "succeeded")]));
    assert_eq!(stack.charges().await.len(), 2);
}

/// The process dies before it knows what became of the backup. Positive control (tried): with a key that is made of the moment, and
/// another charge where the refusal is heard again, there are two.
async fn an_answer_that_is_lost_charges_nobody_twice(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let stack = &keeper.stack;
    let (invoice, _) = keeper.backed_up_plan().await;
    refuse(stack, 1, "insufficient_funds").await;
    // The first charge is the plan's own, and matches that alone; the next one is the backup's.
    let action = json!({"type": "drop_answer", "when": "after"});
    stack
        .scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": action, "times": 1}))
        .await;
    stack.asleep_for(14).await;
    for _ in 0..8 {
        stack.work_after(Duration::from_secs(3_600)).await;
    }
    stack.days_pass(9).await;
    let sent = tries(stack, &invoice).await;
    assert_eq!(sent.iter().filter(|(card, _)| card == "4444").count(), 1, "{sent:?}");
    let first = planned(stack).await.remove(0);
    assert_eq!(first["status"], "paid", "{sent:?}");
    assert_eq!(stack.charges().await.len(), 2, "{sent:?}");
}

async fn one_takes_the_place_of_another_and_moves_and_ends(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let stack = &keeper.stack;
    let (_, first) = keeper.backed_up_plan().await;
    let organization = stack.organization.as_str().to_owned();
    let second = keeper.save("378282246310005", json!({})).await.expect(201).at("/method/id");
    let given = keeper.back_up(&second, &organization).await.expect(201).json();
    assert_eq!(given["method"], keeper.method(&second).await);
    assert_eq!(keeper.method(&first).await["backups"], json!([]), "one for an organization");
    let subjects: Vec<_> = stack.mailbox().await.into_iter().map(|letter| letter.subject).collect();
    assert_eq!(subjects.iter().filter(|subject| subject.contains("has ended")).count(), 1, "{subjects:?}");
    keeper.back_up(&first, keeper.sister.organization.as_str()).await.expect(201);
    // What was agreed to stays.
    let listed = async || {
        let all = stack.send(stack.browser(Method::GET, &keeper.secret, "/v1/wallet/consents")).await;
        let all = all.expect(200).json()["consents"].as_array().unwrap().clone();
        all.into_iter().filter(|consent| consent["what"] == "backup").collect::<Vec<_>>()
    };
    let consents = listed().await;
    assert_eq!(consents.len(), 3);
    assert_eq!(consents.iter().filter(|consent| consent.get("ended_at").is_none()).count(), 2);
    assert!(consents[0]["text"].as_str().unwrap().contains("instead, once"), "{consents:?}");
    // It moves with the card, as it was agreed to.
    let third = keeper.save("4000056655665556", json!({})).await.expect(201).at("/method/id");
    let body = json!({"version": keeper.method(&second).await["version"], "by": third});
    let path = format!("/v1/wallet/methods/{second}/replacement");
    let request = stack.browser(Method::POST, &keeper.secret, &path);
    stack.send(request.header("idempotency-key", fresh("w-")).json(&body)).await.expect(200);
    let moved = keeper.method(&third).await["backups"].clone();
    assert_eq!(
        (&moved[0]["organization"], &moved[0]["since"]),
        (&json!(organization), &given["method"]["backups"][0]["since"])
    );
    // And ends: with a request, twice the same; with the card.
    let id = moved[0]["id"].as_str().unwrap().to_owned();
    keeper.end_backup(&id).await.expect(204);
    keeper.end_backup(&id).await.expect(204);
    assert_eq!(keeper.method(&third).await["backups"], json!([]));
    keeper.remove(&first).await.expect(200);
    assert!(listed().await.iter().all(|consent| consent.get("ended_at").is_some()));
    refuse(stack, 1, "stolen_card").await;
    stack.asleep_for(14).await;
    assert_eq!(stack.action_items().await.len(), 1, "nobody else is charged");
    for sql in ["UPDATE backups SET consent_hash = 'x'", "DELETE FROM backups"] {
        let refused = stack.database.execute_for(stack.organization.as_str(), sql).await;
        assert!(refused.is_err() || engine == Engine::Postgres, "{sql}");
    }
}

async fn what_cannot_be_a_backup(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let stack = &keeper.stack;
    let organization = stack.organization.as_str().to_owned();
    let token = stack.bank_token("pad", "000100000007").await;
    let account =
        stack.send(keeper.saving(&token, &json!({"method_kind": "pad"}))).await.expect(201).at("/method/id");
    assert_eq!(keeper.method(&account).await["can_back_up"], json!([]));
    keeper.back_up(&account, &organization).await.expect_problem(400, "invalid_request");
    let card = keeper.save(CARD, json!({"billing_address": address()})).await.expect(201).at("/method/id");
    let wrong =
        json!({"organization": organization, "consent_version": "authorize-card-1", "consent_locale": "en"});
    let path = format!("/v1/wallet/methods/{card}/backups");
    let request = stack.browser(Method::POST, &keeper.secret, &path);
    let refused = stack.send(request.header("idempotency-key", fresh("w-")).json(&wrong)).await;
    assert_eq!(refused.expect_problem(400, "invalid_request").at("/param"), "consent_version");
    // A plan's own card is no other one.
    keeper.back_up(&card, &organization).await.expect(201);
    let consent =
        json!({"organization": organization, "consent_version": "authorize-card-1", "consent_locale": "en"});
    stack.send(keeper.permission(&card, &consent)).await.expect(201);
    let invoice = stack.installments_with(&keeper.account, &card).await;
    refuse(stack, 1, "stolen_card").await;
    stack.asleep_for(14).await;
    assert_eq!(tries(stack, &invoice).await, tried(&[("4242", "succeeded"), ("4242", "declined")]));
    assert_eq!(planned(stack).await[0]["status"], "failed");
}
