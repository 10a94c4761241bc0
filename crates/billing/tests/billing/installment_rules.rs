//! What each installment is owed by the rules: tries of its own, and no charge while the bank may still bring its money.

use serde_json::{Value, json};

use crate::support::{Engine, Stack, on_both};

on_both! {
    each_has_tries_of_its_own;
    it_waits_for_a_debit_on_its_way;
    a_new_day_closes_what_a_human_was_asked;
}

const CARD: &str = "4242424242424242";

/// A purchase of 200.00 with 50.00 now and three installments of 50.00 every two weeks, paid with a saved card; its account and
/// invoice.
async fn purchase(stack: &Stack) -> (String, String) {
    let account = stack.client().await;
    let card = stack.saved_card(&account, CARD).await;
    let options = json!([{"initial_amount": 5_000, "recurring": {"count_max": 3, "interval": {"unit": "week", "every": 2}}}]);
    let configuration = stack.configuration(options).await;
    let items =
        json!([{"description": "Camp", "amount": 20_000, "installment_configuration": configuration}]);
    let (invoice, secret) = stack.buy(&account, items).await;
    let way = stack.ways(&secret).await[1].clone();
    stack.confirm(&secret, &stack.choosing(&way, &card)).await.expect(200);
    (account, invoice)
}

fn states(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["status"].as_str().unwrap()).collect()
}

async fn decline_with(stack: &Stack, code: &str, times: u32) {
    let decline = json!({"match": "every", "on": ["payment_intents.create"], "times": times,
        "action": {"type": "decline", "code": code}});
    stack.scenario(decline).await;
}

/// Positive control: counting the tries of the invoice (`sent_by_merchant`) for installments as well leaves the second of them a
/// single try (tried).
async fn each_has_tries_of_its_own(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, invoice) = purchase(&stack).await;
    let planned = stack.planned("").await;
    let path = |index: usize| format!("/v1/planned_payments/{}", planned[index]["id"].as_str().unwrap());
    stack.patch(&path(1), json!({"amount": 4_000})).await.expect(200);
    stack.write(&format!("{}/cancel", path(2)), json!({})).await.expect(200);
    decline_with(&stack, "insufficient_funds", 100).await;
    stack.days_pass(60).await;
    assert_eq!(states(&stack.planned("").await), ["failed", "failed", "canceled"]);
    let attempts = stack.attempts_of(&invoice).await;
    let tries = |amount: i64| {
        attempts
            .iter()
            .filter(|attempt| attempt["amount"] == amount && attempt["initiation"] != "payer")
            .count()
    };
    assert!(tries(5_000) > 1, "{attempts:?}");
    assert_eq!(tries(4_000), tries(5_000), "{attempts:?}");
}

/// Positive control: without `waits_for_debit` in `take_planned` the first installment is taken for paid, and when the bank sends
/// the debit back nobody asks for it any more (tried).
async fn it_waits_for_a_debit_on_its_way(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (account, invoice) = purchase(&stack).await;
    stack.pass(13).await;
    // The client pays all of the rest from an account that is closed, which its bank says only days later.
    let mut debit = stack.debit_of(&account, "pad", "000111111113", &[100], false).await;
    debit.body["amount"] = json!(15_000);
    let secret = stack.session(&invoice).await;
    let reply = stack.confirm(&secret, &debit.body).await.expect(200);
    assert_eq!(reply.at("/receipt/status"), "submitted");
    assert_eq!(stack.three_figures(&invoice).await, (15_000, 15_000, 0));
    stack.pass(1).await;
    assert_eq!(states(&stack.planned("").await), ["planned", "planned", "planned"]);
    stack.pass(8).await;
    assert_eq!(states(&stack.planned("").await), ["paid", "planned", "planned"]);
    assert_eq!(stack.covered(&invoice).await, [10_000]);
}

/// Positive control: without `close_items_of_planned` in `update_planned_payment` the question stays open (tried).
async fn a_new_day_closes_what_a_human_was_asked(engine: Engine) {
    let stack = Stack::start(engine).await;
    purchase(&stack).await;
    decline_with(&stack, "stolen_card", 2).await;
    stack.days_pass(28).await;
    let planned = stack.planned("").await;
    assert_eq!(states(&planned), ["failed", "failed", "planned"]);
    assert_eq!(stack.action_items().await.len(), 2);
    let path = format!("/v1/planned_payments/{}", planned[0]["id"].as_str().unwrap());
    stack.patch(&path, json!({"due_on": stack.in_days(1)})).await.expect(200);
    let items = stack.action_items().await;
    assert_eq!((items.len(), &items[0]["subject"]), (1, &planned[1]["charge"]), "the other one stays");
    stack.days_pass(1).await;
    assert_eq!(states(&stack.planned("").await)[0], "paid");
}
