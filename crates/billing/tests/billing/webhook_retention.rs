//! Old events and deliveries are deleted, a few at a time; what is still to be done never is.

use std::time::Duration;

use paydesk_domain::id::OutboxId;
use serde_json::json;

use crate::support::{Behaviour, Engine, Receiver, Stack, on_both, organization};
use crate::webhooks::{endpoint, happens, round, start, webhook_settings};

on_both! {
    what_is_over_is_deleted_after_its_time;
    what_waits_is_never_deleted;
    it_is_done_in_small_batches_by_one_process;
}

const DAY_S: u64 = 86_400;

async fn is_there(stack: &Stack, event: &str) -> bool {
    stack.read(&format!("/v1/events/{event}")).await.status == 200
}

async fn deliveries(stack: &Stack, endpoint: &str) -> usize {
    let page = stack.read(&format!("/v1/webhook_endpoints/{endpoint}/deliveries")).await.expect(200);
    page.json()["data"].as_array().unwrap().len()
}

async fn what_is_over_is_deleted_after_its_time(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let tenant = stack.app.store.organization(stack.organization.clone());
    let receiver = Receiver::start(Behaviour::Answer(200)).await;
    let (id, _) = endpoint(&stack, &receiver, json!(["payment.succeeded"])).await;
    let told = happens(&stack, &tenant, "payment.succeeded").await;
    let unheard = happens(&stack, &tenant, "refund.succeeded").await;
    let (other, _) = organization(&stack.app, "Elsewhere").await;
    let theirs = happens(&stack, &stack.app.store.organization(other.clone()), "payment.succeeded").await;
    round(&stack.app).await;
    stack.clock.advance(Duration::from_secs(30 * DAY_S));
    assert_eq!(stack.app.forget_old().await.unwrap(), 0, "they are not older than that");
    assert!(is_there(&stack, &told).await && is_there(&stack, &unheard).await);
    let young = happens(&stack, &tenant, "payment.succeeded").await;
    round(&stack.app).await;
    // A replay is a delivery of its own, with a time of its own.
    stack.write(&format!("/v1/events/{told}/replay"), json!({})).await.expect(201);
    round(&stack.app).await;
    stack.clock.advance(Duration::from_secs(1));
    assert_eq!(stack.app.forget_old().await.unwrap(), 3, "a delivery, and two events that have none");
    assert!(is_there(&stack, &told).await && !is_there(&stack, &unheard).await);
    let mut theirs_left = stack.app.store.organization(other).read().await.unwrap();
    assert!(theirs_left.find_event(&theirs).await.unwrap().is_none());
    drop(theirs_left);
    assert_eq!(deliveries(&stack, &id).await, 2, "the replay and the young one");
    assert_eq!(stack.app.forget_old().await.unwrap(), 0);
    stack.clock.advance(Duration::from_secs(30 * DAY_S));
    while stack.app.forget_old().await.unwrap() > 0 {}
    assert!(!is_there(&stack, &told).await && !is_there(&stack, &young).await);
    assert_eq!((deliveries(&stack, &id).await, receiver.count()), (0, 3));
}

/// Positive control: going by when a row was written, instead of when it was over, deletes what waits (tried).
async fn what_waits_is_never_deleted(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let tenant = stack.app.store.organization(stack.organization.clone());
    let failing = Receiver::start(Behaviour::Answer(500)).await;
    let good = Receiver::start(Behaviour::Answer(200)).await;
    let (id, _) = endpoint(&stack, &failing, json!(["payment.succeeded"])).await;
    let (good_id, _) = endpoint(&stack, &good, json!(["payment.succeeded"])).await;
    let event = happens(&stack, &tenant, "payment.succeeded").await;
    round(&stack.app).await;
    let path = format!("/v1/webhook_endpoints/{id}");
    stack.write(&path, json!({"enabled": false})).await.expect(200);
    let not_given_out = happens(&stack, &tenant, "payment.succeeded").await;
    stack.clock.advance(Duration::from_secs(400 * DAY_S));
    assert_eq!(stack.app.forget_old().await.unwrap(), 1, "what has arrived at the good one");
    while stack.app.forget_old().await.unwrap() > 0 {}
    assert!(is_there(&stack, &event).await && is_there(&stack, &not_given_out).await);
    assert_eq!((deliveries(&stack, &id).await, deliveries(&stack, &good_id).await), (1, 0));
    // It is still told, after all that time.
    failing.behave(Behaviour::Answer(200));
    stack.write(&path, json!({"enabled": true})).await.expect(200);
    // One at a time, until it has shown that it works.
    round(&stack.app).await;
    round(&stack.app).await;
    let seen: Vec<String> = failing.seen().iter().map(|message| message.id().to_owned()).collect();
    assert_eq!(seen, [event.clone(), event.clone(), not_given_out.clone()]);
    assert_eq!(good.seen()[1].id(), not_given_out);
    stack.clock.advance(Duration::from_secs(31 * DAY_S));
    while stack.app.forget_old().await.unwrap() > 0 {}
    assert!(!is_there(&stack, &event).await && !is_there(&stack, &not_given_out).await);
}

async fn it_is_done_in_small_batches_by_one_process(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let tenant = stack.app.store.organization(stack.organization.clone());
    let mut tx = tenant.write().await.unwrap();
    for _ in 0..450 {
        let id = stack.app.mint.id(OutboxId::new).unwrap();
        let now = stack.app.mint.now_ms();
        tx.insert_outbox(id.as_str(), "payment.succeeded", "pay_x", &json!({}), now).await.unwrap();
    }
    tx.commit().await.unwrap();
    while stack.app.fan_out().await.unwrap() > 0 {}
    stack.clock.advance(Duration::from_secs(31 * DAY_S));
    let (other, _) = stack.second_process().await;
    let mut gone = Vec::new();
    for _ in 0..4 {
        gone.push(stack.app.forget_old().await.unwrap());
        assert_eq!(other.forget_old().await.unwrap(), 0, "one leads");
    }
    assert_eq!(gone, [200, 200, 50, 0]);
    // The one that leads has died.
    stack.clock.advance(Duration::from_secs(DAY_S));
    happens(&stack, &tenant, "payment.succeeded").await;
    stack.app.fan_out().await.unwrap();
    stack.clock.advance(Duration::from_secs(31 * DAY_S));
    assert_eq!(other.forget_old().await.unwrap(), 1);
}
