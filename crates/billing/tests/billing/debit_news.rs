//! What is told of debits besides their end: by replies, events and look-ups, late, in part, or by one of them alone.

use std::time::Duration;

use paydesk_billing::app::Settings;
use paydesk_billing::app::record_outcome::Applied;
use paydesk_billing::app::report::Report;
use paydesk_domain::attempt::{AttemptEvent, ProcessorReference};
use paydesk_domain::debit::DebitEvent;
use paydesk_domain::return_code::ReturnCode;
use serde_json::json;

use crate::histories::script::{bring, letter};
use crate::support::{Debit, Engine, PROCESSOR_SECRET, Stack, StackOptions, on_both};

on_both! {
    a_refusal_at_once_ends_alike_however_it_is_heard;
    a_refusal_at_once_is_no_contradiction_when_it_is_told_again;
    the_first_reading_of_the_events_begins_with_the_first_charge;
    a_reading_of_the_events_goes_on_where_it_stopped;
    an_event_names_the_mandate_where_the_answer_was_lost;
    news_of_a_mandate_waits_for_the_debit_that_names_it;
    what_a_bank_corrects_is_kept_and_told;
}

/// Positive control: an adapter that takes every word for a bank's (no `AT_ONCE`) makes it a debit that was submitted and
/// came back (tried).
async fn a_refusal_at_once_ends_alike_however_it_is_heard(engine: Engine) {
    let stack = Stack::start(engine).await;
    for kind in ["ach", "pad"] {
        let mut ends = Vec::new();
        for heard in ["reply", "event", "look-up"] {
            let debit = stack.debit(kind, "000777777771", &[5_000], false).await;
            if heard != "reply" {
                let lost = json!({"match": "every", "on": ["payment_intents.create"], "action": {"type": "drop_answer"}, "times": 1});
                stack.scenario(lost).await;
            }
            let reply = stack.confirm(&debit.secret, &debit.body).await;
            assert_eq!(reply.at("/status"), if heard == "reply" { "declined" } else { "checking" });
            match heard {
                "event" => assert!(stack.app.poll_events().await.unwrap() > 0),
                "look-up" => stack.clock.advance(Duration::from_secs(30)),
                _ => {}
            }
            stack.work().await;
            assert!(stack.app.poll_events().await.is_ok());
            stack.work().await;
            let charge = stack.read(&format!("/v1/charges/{}", debit.attempt())).await.expect(200);
            assert_eq!(charge.at("/status"), "declined", "heard by {heard}");
            let figures = stack.three_figures(&debit.invoice).await;
            ends.push((
                charge.at("/decline_code"),
                charge.at("/payment"),
                figures,
                stack.action_items().await,
            ));
        }
        assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
        assert_eq!(ends[0].2, (5_000, 0, 5_000));
    }
    assert!(stack.debit_journal().await.is_empty());
}

/// Positive control: without `is_debit_without_money` in `record_outcome.rs` a human is asked about a contradiction
/// (found by the crash matrix, and tried).
async fn a_refusal_at_once_is_no_contradiction_when_it_is_told_again(engine: Engine) {
    let stack = Stack::start(engine).await;
    for kind in ["ach", "pad"] {
        let debit = stack.debit(kind, "000777777771", &[5_000], false).await;
        assert_eq!(stack.confirm(&debit.secret, &debit.body).await.expect(200).at("/status"), "declined");
        assert!(stack.app.poll_events().await.unwrap() > 0);
        stack.work().await;
        // And by a processor that has another word for it afterwards.
        let tenant = stack.app.store.organization(stack.organization.clone());
        let returned = DebitEvent::Return(ReturnCode::parse("R01").unwrap());
        let told = AttemptEvent::Succeed(ProcessorReference("pi_1".to_owned()));
        let told = Report::from(told).with_debit(Some(returned));
        assert_eq!(stack.app.apply_report(&tenant, debit.attempt(), told).await.unwrap(), Applied::Known);
        assert!(stack.action_items().await.is_empty());
        assert_eq!(stack.three_figures(&debit.invoice).await, (5_000, 0, 5_000));
    }
    assert!(stack.debit_journal().await.is_empty());
}

/// Lets days pass at the processor and here, in which nobody works.
async fn nobody_works_for(stack: &Stack, days: u64) {
    let url = format!("{}/sandbox/clock", stack.processor);
    let request = stack.http.post(url).bearer_auth(PROCESSOR_SECRET);
    stack.send(request.json(&json!({"advance_s": days * 86_400}))).await.expect(200);
    stack.clock.advance(Duration::from_secs(days * 86_400));
}

/// Positive control: a first reading of the last ten minutes leaves the debit as it was (tried).
async fn the_first_reading_of_the_events_begins_with_the_first_charge(engine: Engine) {
    let stack = Stack::start(engine).await;
    let debit = stack.debit("ach", "000123456789", &[5_000], false).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    nobody_works_for(&stack, 6).await;
    assert!(stack.app.poll_events().await.unwrap() > 0);
    stack.work().await;
    assert_eq!(stack.payment_of(debit.attempt()).await["status"], "settled");
    assert_eq!(stack.app.poll_events().await.unwrap(), 0, "everything was read");
}

/// Positive control: without `keep_events_pass` each reading begins with the newest ones again, and never comes to the
/// debit's (tried).
async fn a_reading_of_the_events_goes_on_where_it_stopped(engine: Engine) {
    let settings = Settings { poll_pages_max: 1, ..StackOptions::default().settings };
    let stack = Stack::start_with(engine, StackOptions { settings, ..StackOptions::default() }).await;
    let debit = stack.debit("ach", "000123456789", &[5_000], false).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    nobody_works_for(&stack, 5).await;
    // What others do, newer than the debit's end: two pages of events and more.
    for index in 0..260 {
        let customer = stack.http.post(format!("{}/v1/customers", stack.processor));
        let customer = customer.bearer_auth(PROCESSOR_SECRET).form(&[("name", index.to_string())]);
        stack.send(customer).await.expect(200);
    }
    assert!(read_until_settled(&stack, debit.attempt()).await > 1, "one reading is not enough");
    // What is new is read when that pass is at its end.
    let late = stack.debit("ach", "000123456789", &[700], false).await;
    stack.confirm(&late.secret, &late.body).await.expect(200);
    nobody_works_for(&stack, 5).await;
    read_until_settled(&stack, late.attempt()).await;
}

/// Reads the processor's events until a debit has settled, and answers how many readings that took.
async fn read_until_settled(stack: &Stack, attempt: &str) -> usize {
    for reading in 1..=20 {
        stack.app.poll_events().await.unwrap();
        stack.work().await;
        if stack.payment_of(attempt).await["status"] == "settled" {
            return reading;
        }
    }
    panic!("it comes to no end");
}

/// A debit whose answer is lost, the id of its mandate, and the processor's name for that.
async fn lost_debit(stack: &Stack) -> (Debit, String, String) {
    let debit = stack.debit("ach", "000123456789", &[5_000], true).await;
    let lost = json!({"match": "every", "on": ["payment_intents.create"], "action": {"type": "drop_answer"}, "times": 1});
    stack.scenario(lost).await;
    assert_eq!(stack.confirm(&debit.secret, &debit.body).await.expect(202).at("/status"), "checking");
    let intent = stack.intent_of(debit.attempt()).await;
    let name = intent["latest_charge"]["payment_method_details"]["us_bank_account"]["mandate"].as_str();
    let tenant = stack.app.store.organization(stack.organization.clone());
    let row = tenant.read().await.unwrap().find_attempt(debit.attempt()).await.unwrap().unwrap();
    let name = name.unwrap().to_owned();
    (debit, row.mandate_id.unwrap(), name)
}

/// The name that the processor has told for a mandate, and why it ended.
async fn known_of(stack: &Stack, mandate: &str) -> (Option<String>, Option<String>) {
    let tenant = stack.app.store.organization(stack.organization.clone());
    let row = tenant.read().await.unwrap().find_mandate(mandate).await.unwrap().unwrap();
    (row.processor_reference, row.ended_because)
}

/// Positive control: an event about a charge that says nothing (`names` in the adapter's events) leaves the mandate without
/// a name for ever (tried).
async fn an_event_names_the_mandate_where_the_answer_was_lost(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (debit, mandate, name) = lost_debit(&stack).await;
    assert_eq!(known_of(&stack, &mandate).await, (None, None));
    // Decided by what the processor tells by itself: nobody looks it up any more.
    assert!(stack.app.poll_events().await.unwrap() > 0);
    stack.work().await;
    stack.work_after(Duration::from_secs(60)).await;
    let charge = stack.read(&format!("/v1/charges/{}", debit.attempt())).await.expect(200);
    assert_eq!(charge.at("/status"), "succeeded");
    assert_eq!(known_of(&stack, &mandate).await, (Some(name), None));
}

/// Positive control: without `may_fit_yet` in `app/apply_event.rs` it is given up after half a day, and the mandate goes on
/// (tried).
async fn news_of_a_mandate_waits_for_the_debit_that_names_it(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, mandate, name) = lost_debit(&stack).await;
    for on in ["payment_intents.search", "payment_intents.list"] {
        let blind = json!({"type": "server_error", "when": "before"});
        stack.scenario(json!({"match": "every", "on": [on], "action": blind})).await;
    }
    let ended = json!({"id": name, "status": "inactive"});
    bring(&stack.app, &letter("evt_ended", "mandate.updated", &ended, stack.app.mint.now())).await;
    // More tries than an event gets that fits nothing, and more than half a day.
    for tries in 0..30_u32 {
        stack.work_after(Duration::from_secs((5 << tries.min(9)) + 10)).await;
    }
    assert_eq!(known_of(&stack, &mandate).await, (None, None));
    let later = stack.app.mint.now_ms() + 3_600_000;
    assert_eq!(stack.app.store.due_processor_events(later, 10).await.unwrap().len(), 1, "it is not given up");
    stack.forget_scenarios().await;
    for _ in 0..3 {
        stack.work_after(Duration::from_secs(3_600)).await;
    }
    assert_eq!(known_of(&stack, &mandate).await, (Some(name), Some("processor".to_owned())));
}

/// Positive control: without `payment_method.automatically_updated` in the adapter's events the wallet keeps the old digits
/// (tried).
async fn what_a_bank_corrects_is_kept_and_told(engine: Engine) {
    let stack = Stack::start(engine).await;
    let debit = stack.debit("ach", "000999999993", &[5_000], true).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    let method = async || {
        let invoice = stack.debit_of(&debit.account, "ach", "000123456789", &[700], false).await;
        stack.view(&invoice.secret).await.json()["accounts"][0].clone()
    };
    let before = method().await;
    assert_eq!(before["last4"], "9993");
    stack.pass(5).await;
    let after = method().await;
    assert_eq!((&after["id"], &after["last4"]), (&before["id"], &json!("6789")));
    let items = stack.action_items().await;
    assert_eq!(items.len(), 1, "{items:?}");
    assert_eq!((&items[0]["kind"], &items[0]["subject"]), (&json!("account_corrected"), &before["id"]));
    let action = "/v1/audit_entries?action=payment_method.corrected";
    let entries = stack.read(action).await.expect(200).json();
    let detail = &entries["data"][0]["detail"];
    assert_eq!((&detail["from"]["last4"], &detail["to"]["last4"]), (&json!("9993"), &json!("6789")));
    // Told twice, it is the same; and the account is debited as before.
    stack.pass(1).await;
    assert_eq!(stack.action_items().await.len(), 1);
    let body = json!({"account": debit.account, "items": [{"description": "Swimming", "amount": 700}], "currency": "USD"});
    let invoice = stack.write("/v1/invoices", body).await.expect(201).at("/id");
    let charge = stack.charge_saved(&invoice, before["id"].as_str().unwrap(), "unscheduled").await;
    stack.pass(5).await;
    assert_eq!(stack.payment_of(&charge).await["status"], "settled");
}
