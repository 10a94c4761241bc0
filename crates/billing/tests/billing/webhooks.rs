//! Deliveries: once per try, at least once in all, to the end of the schedule, whatever the receiver does or who dies.

use std::time::Duration;

use base64::Engine as _;
use paydesk_billing::app::webhook_schedule::TRY_AFTER_MS;
use paydesk_billing::app::{App, Settings, WebhookSettings};
use paydesk_billing::ports::webhooks::SendError;
use paydesk_billing::seal::SealKeys;
use paydesk_billing::store::Tenant;
use paydesk_billing::worker;
use paydesk_domain::id::OutboxId;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::{Behaviour, Engine, Receiver, Stack, StackOptions, fresh, on_both};

on_both! {
    a_payment_is_told_once_with_a_right_signature;
    failures_are_tried_again_to_the_end_and_then_it_is_disabled;
    an_answer_that_does_not_come_is_a_failure;
    who_is_too_busy_is_left_alone_for_as_long_as_it_asks;
    gone_is_gone;
    two_workers_send_each_try_once;
    a_crash_after_sending_repeats_with_the_same_id;
    a_late_record_writes_nothing;
    a_slow_endpoint_holds_nobody_up;
    replaying_tells_it_again;
    secrets_rotate;
    what_waits_goes_on_when_enabled_again;
    an_endpoint_is_told_what_it_listens_to;
}

/// A key of this byte, as it is written.
pub fn key_text(byte: u8) -> String {
    base64::engine::general_purpose::STANDARD.encode([byte; 32])
}

/// Keys of these bytes: the first one seals.
pub fn seal_keys(bytes: &[u8]) -> SealKeys {
    let keys: Vec<String> = bytes.iter().map(|byte| key_text(*byte)).collect();
    SealKeys::parse(&keys.join(",")).unwrap()
}

pub fn webhook_settings() -> WebhookSettings {
    WebhookSettings {
        secret_key: Some(seal_keys(&[7])),
        allow_loopback_http: true,
        ..WebhookSettings::default()
    }
}

pub async fn start(engine: Engine, webhooks: WebhookSettings) -> Stack {
    let options = StackOptions::default();
    let settings = Settings { webhooks, ..options.settings };
    Stack::start_with(engine, StackOptions { settings, ..options }).await
}

/// An endpoint's id and its secret.
pub async fn endpoint(stack: &Stack, receiver: &Receiver, events: Value) -> (String, String) {
    let made = stack.write("/v1/webhook_endpoints", json!({"url": receiver.url, "events": events})).await;
    let made = made.expect(201);
    (made.at("/endpoint/id"), made.at("/secret"))
}

pub fn tenant(stack: &Stack) -> Tenant {
    stack.app.store.organization(stack.organization.clone())
}

/// Something happens, as a transaction of any use case writes it.
pub async fn happens(stack: &Stack, tenant: &Tenant, topic: &str) -> String {
    let mut tx = tenant.write().await.unwrap();
    let id = stack.app.mint.id(OutboxId::new).unwrap();
    let now = stack.app.mint.now_ms();
    tx.insert_outbox(id.as_str(), topic, "pay_x", &json!({"id": "pay_x"}), now).await.unwrap();
    tx.commit().await.unwrap();
    id.as_str().to_owned()
}

/// One round of the worker, to its end.
pub async fn round(app: &App) {
    app.fan_out().await.unwrap();
    app.begin_deliveries().await.unwrap();
    app.webhooks.under_way.close();
    app.webhooks.under_way.wait().await;
    app.webhooks.under_way.reopen();
}

pub async fn deliveries(stack: &Stack, endpoint: &str) -> Vec<Value> {
    let page =
        stack.read(&format!("/v1/webhook_endpoints/{endpoint}/deliveries?limit=100")).await.expect(200);
    page.json()["data"].as_array().unwrap().clone()
}

async fn a_payment_is_told_once_with_a_right_signature(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let receiver = Receiver::start(Behaviour::Answer(204)).await;
    let (id, secret) = endpoint(&stack, &receiver, json!(["payment.succeeded"])).await;
    let (invoice, session) = stack.open().await;
    let body = stack.with_card("4242424242424242", 6_250).await;
    let paid = stack.confirm(&session, &body).await.expect(200);
    assert_eq!(receiver.count(), 0);
    for _ in 0..3 {
        round(&stack.app).await;
    }
    let seen = receiver.seen();
    assert_eq!(seen.len(), 1);
    let event = stack.read("/v1/events?type=payment.succeeded").await.expect(200).json()["data"][0].clone();
    assert_eq!(seen[0].id(), event["id"]);
    assert_eq!(seen[0].path, "/hooks");
    assert_eq!(seen[0].header("content-type"), "application/json");
    assert_eq!(seen[0].header("webhook-timestamp"), stack.app.mint.now().as_second().to_string());
    assert!(seen[0].is_signed_by(&secret));
    // Positive control: any other secret, and the same with a body that differs in one letter, do not fit.
    assert!(!seen[0].is_signed_by("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    let mut changed = seen[0].clone();
    changed.body = changed.body.replace("6250", "6251");
    assert!(!changed.is_signed_by(&secret));

    let told = seen[0].json();
    assert_eq!((&told["type"], &told["timestamp"]), (&event["type"], &event["timestamp"]));
    assert_eq!(told["data"], event["data"]);
    let payment =
        stack.read(&format!("/v1/payments/{}", paid.at("/receipt/payment"))).await.expect(200).json();
    for field in
        ["id", "account", "invoice", "attempt", "amount", "currency", "brand", "last4", "paid_at", "receipt"]
    {
        assert_eq!(told["data"][field], payment[field], "{field}");
    }
    assert_eq!(told["data"]["receipt_number"], paid.at("/receipt/number"));
    assert_eq!(told["data"]["invoice"], invoice);
    for private in ["Kim", "120 Rue", &session, body["token"].as_str().unwrap(), "pi_", "cus_"] {
        assert!(!seen[0].body.contains(private), "{private} in {}", seen[0].body);
    }
    let rows = deliveries(&stack, &id).await;
    assert_eq!((rows.len(), &rows[0]["status"], &rows[0]["tries"]), (1, &json!("delivered"), &json!(1)));
}

/// Positive control: counting 3xx as success ends it at the second try (tried).
async fn failures_are_tried_again_to_the_end_and_then_it_is_disabled(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let receiver = Receiver::start(Behaviour::Answer(500)).await;
    let elsewhere = Receiver::start(Behaviour::Answer(200)).await;
    let owner = Receiver::start(Behaviour::Answer(200)).await;
    let (id, secret) = endpoint(&stack, &receiver, json!(["payment.succeeded"])).await;
    endpoint(&stack, &owner, json!(["webhook_endpoint.disabled"])).await;
    let event = happens(&stack, &tenant(&stack), "payment.succeeded").await;
    let answers = [
        Behaviour::Answer(500),
        Behaviour::Redirect(elsewhere.url.clone()),
        Behaviour::Answer(404),
        Behaviour::Answer(301),
        Behaviour::Answer(429),
        Behaviour::Answer(503),
        Behaviour::Answer(400),
        Behaviour::Answer(304),
        Behaviour::Answer(401),
        Behaviour::Answer(502),
    ];
    for (tries, (wait, answer)) in TRY_AFTER_MS.into_iter().zip(answers).enumerate() {
        receiver.behave(answer);
        if wait > 0 {
            let wait = u64::try_from(wait).unwrap();
            stack.clock.advance(Duration::from_millis(wait - 1));
            round(&stack.app).await;
            assert_eq!(receiver.count(), tries, "not before its time");
            stack.clock.advance(Duration::from_millis(1 + wait / 10));
        }
        round(&stack.app).await;
        assert_eq!(receiver.count(), tries + 1);
        let view = stack.read(&format!("/v1/webhook_endpoints/{id}")).await.expect(200);
        assert_eq!(view.at("/enabled"), (tries < 9).to_string(), "after {} tries", tries + 1);
    }
    let seen = receiver.seen();
    for message in &seen {
        assert_eq!((message.id(), message.body.as_str()), (event.as_str(), seen[0].body.as_str()));
        assert!(message.is_signed_by(&secret));
    }
    assert_ne!(
        seen[0].header("webhook-timestamp"),
        seen[9].header("webhook-timestamp"),
        "signed anew each time"
    );
    assert_eq!(elsewhere.count(), 0, "no redirect is followed");
    let rows = deliveries(&stack, &id).await;
    assert_eq!((&rows[0]["status"], &rows[0]["tries"]), (&json!("failed"), &json!(10)));
    assert_eq!((&rows[0]["last_status"], &rows[0]["last_error"]), (&json!(502), &json!("status")));
    let view = stack.read(&format!("/v1/webhook_endpoints/{id}")).await.expect(200);
    assert_eq!(view.at("/disabled_reason"), "exhausted");
    // The owner is told, once, and nothing more is sent.
    stack.clock.advance(Duration::from_secs(1_000_000));
    happens(&stack, &tenant(&stack), "payment.succeeded").await;
    for _ in 0..3 {
        round(&stack.app).await;
    }
    assert_eq!(receiver.count(), 10);
    assert_eq!(owner.count(), 1);
    let told = owner.seen()[0].json();
    assert_eq!((&told["type"], &told["data"]["id"]), (&json!("webhook_endpoint.disabled"), &json!(id)));
    assert_eq!(told["data"]["reason"], "exhausted");
    let told = stack.read("/v1/events?type=webhook_endpoint.disabled").await.expect(200).json();
    assert_eq!(told["data"].as_array().unwrap().len(), 1);
}

async fn an_answer_that_does_not_come_is_a_failure(engine: Engine) {
    let settings = WebhookSettings { timeout: Duration::from_millis(300), ..webhook_settings() };
    let stack = start(engine, settings).await;
    let receiver = Receiver::start(Behaviour::Hang).await;
    let (id, _) = endpoint(&stack, &receiver, json!(["*"])).await;
    happens(&stack, &tenant(&stack), "payment.succeeded").await;
    round(&stack.app).await;
    let rows = deliveries(&stack, &id).await;
    assert_eq!((&rows[0]["status"], &rows[0]["last_error"]), (&json!("waiting"), &json!("timed_out")));
    assert_eq!(rows[0]["last_status"], Value::Null);
    // Nobody there at all.
    let nobody = json!({"url": "http://127.0.0.1:1/", "events": ["*"]});
    let nobody = stack.write("/v1/webhook_endpoints", nobody).await.expect(201).at("/endpoint/id");
    happens(&stack, &tenant(&stack), "payment.succeeded").await;
    round(&stack.app).await;
    assert_eq!(deliveries(&stack, &nobody).await[0]["last_error"], "not_reached");
}

/// Positive control: without the header the second message comes after five seconds, as it did (found so).
async fn who_is_too_busy_is_left_alone_for_as_long_as_it_asks(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let receiver = Receiver::start(Behaviour::Busy(503, "3600".to_owned())).await;
    let (id, _) = endpoint(&stack, &receiver, json!(["payment.succeeded"])).await;
    happens(&stack, &tenant(&stack), "payment.succeeded").await;
    let http_date = |seconds: i64| {
        let at = jiff::Timestamp::from_second(stack.app.mint.now().as_second() + seconds).unwrap();
        at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    };
    let come_again_after = async |seconds: u64, count: usize| {
        stack.clock.advance(Duration::from_secs(seconds - 2));
        round(&stack.app).await;
        assert_eq!(receiver.count(), count - 1, "not before its time");
        stack.clock.advance(Duration::from_secs(2));
        round(&stack.app).await;
        assert_eq!(receiver.count(), count);
    };
    round(&stack.app).await;
    assert_eq!(receiver.count(), 1);
    receiver.behave(Behaviour::Busy(429, http_date(3_600 + 7_200)));
    come_again_after(3_600, 2).await;
    let rows = deliveries(&stack, &id).await;
    assert_eq!((&rows[0]["last_status"], &rows[0]["last_error"]), (&json!(429), &json!("status")));
    receiver.behave(Behaviour::Busy(503, "172800".to_owned()));
    come_again_after(7_200, 3).await;
    receiver.behave(Behaviour::Busy(200, "3600".to_owned()));
    come_again_after(86_400, 4).await;
    assert_eq!(deliveries(&stack, &id).await[0]["status"], "delivered");
}

async fn gone_is_gone(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let receiver = Receiver::start(Behaviour::Answer(410)).await;
    let (id, _) = endpoint(&stack, &receiver, json!(["payment.succeeded"])).await;
    happens(&stack, &tenant(&stack), "payment.succeeded").await;
    round(&stack.app).await;
    let view = stack.read(&format!("/v1/webhook_endpoints/{id}")).await.expect(200);
    assert_eq!((view.at("/enabled"), view.at("/disabled_reason")), ("false".into(), "gone".into()));
    let rows = deliveries(&stack, &id).await;
    assert_eq!((&rows[0]["status"], &rows[0]["tries"]), (&json!("failed"), &json!(1)));
}

/// Positive control: leaving `AND due_at_ms <= $5` out of `CLAIM_DELIVERY` sends some twice, and so does leaving
/// `AND done_at_ms IS NULL` out of `GIVE_OUT_EVENT` together with the index `webhook_deliveries_once` (tried).
async fn two_workers_send_each_try_once(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let (other, _) = stack.second_process().await;
    let receivers =
        [Receiver::start(Behaviour::Answer(200)).await, Receiver::start(Behaviour::Answer(500)).await];
    for receiver in &receivers {
        endpoint(&stack, receiver, json!(["payment.succeeded"])).await;
    }
    let mut events = Vec::new();
    for _ in 0..25 {
        events.push(happens(&stack, &tenant(&stack), "payment.succeeded").await);
    }
    for _ in 0..40 {
        tokio::join!(round(&stack.app), round(&other));
    }
    events.sort();
    for receiver in &receivers {
        let mut ids: Vec<String> = receiver.seen().iter().map(|message| message.id().to_owned()).collect();
        ids.sort();
        assert_eq!(ids, events, "each once: the clock stands still, so that nothing is due a second time");
    }
}

/// The message has arrived, and nobody wrote it down: it comes once more, with the same id.
async fn a_crash_after_sending_repeats_with_the_same_id(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let receiver = Receiver::start(Behaviour::Answer(200)).await;
    let (id, secret) = endpoint(&stack, &receiver, json!(["*"])).await;
    happens(&stack, &tenant(&stack), "payment.succeeded").await;
    stack.app.fan_out().await.unwrap();
    let delivery = deliveries(&stack, &id).await[0]["id"].as_str().unwrap().to_owned();
    let claimed = stack.app.claim_delivery(&tenant(&stack), &delivery).await.unwrap().unwrap();
    assert_eq!(stack.app.send_delivery(&claimed).await, Ok(200.into()));
    drop(claimed);
    // It dies here.
    let (other, _) = stack.second_process().await;
    stack.clock.advance(Duration::from_secs(59));
    round(&other).await;
    assert_eq!(receiver.count(), 1, "the lease still runs");
    stack.clock.advance(Duration::from_secs(1));
    round(&other).await;
    round(&other).await;
    let seen = receiver.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!((seen[0].id(), &seen[0].body), (seen[1].id(), &seen[1].body));
    assert!(seen.iter().all(|message| message.is_signed_by(&secret)));
    assert_eq!(deliveries(&stack, &id).await[0]["tries"], 2);
}

/// Positive control: leaving `AND fence = $3` out of `RECORD_DELIVERY` lets the stalled worker undo what the other one
/// is about to record (tried).
async fn a_late_record_writes_nothing(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let receiver = Receiver::start(Behaviour::Answer(200)).await;
    let (id, _) = endpoint(&stack, &receiver, json!(["*"])).await;
    happens(&stack, &tenant(&stack), "payment.succeeded").await;
    stack.app.fan_out().await.unwrap();
    let delivery = deliveries(&stack, &id).await[0]["id"].as_str().unwrap().to_owned();
    let tenant = tenant(&stack);
    let stalled = stack.app.claim_delivery(&tenant, &delivery).await.unwrap().unwrap();
    assert!(stack.app.claim_delivery(&tenant, &delivery).await.unwrap().is_none(), "it is claimed");
    stack.clock.advance(Duration::from_secs(60));
    let other = stack.app.claim_delivery(&tenant, &delivery).await.unwrap().unwrap();
    // It wakes up with an answer of another time, which would disable the endpoint.
    stack.app.record_delivery(&tenant, &stalled, Ok(410.into())).await.unwrap();
    let rows = deliveries(&stack, &id).await;
    assert_eq!((&rows[0]["status"], &rows[0]["last_status"]), (&json!("waiting"), &Value::Null));
    assert_eq!(stack.read(&format!("/v1/webhook_endpoints/{id}")).await.at("/enabled"), "true");
    stack.app.record_delivery(&tenant, &other, Ok(200.into())).await.unwrap();
    stack.app.record_delivery(&tenant, &stalled, Err(SendError::TimedOut)).await.unwrap();
    assert_eq!(deliveries(&stack, &id).await[0]["status"], "delivered");
}

/// Positive control: with `per_endpoint_max` as large as `concurrent_max` the slow one takes every place, and the quick
/// one waits for its time-outs (tried).
async fn a_slow_endpoint_holds_nobody_up(engine: Engine) {
    let settings = WebhookSettings { concurrent_max: 6, per_endpoint_max: 3, ..webhook_settings() };
    let stack = start(engine, settings).await;
    let slow = Receiver::start(Behaviour::Hang).await;
    let quick = Receiver::start(Behaviour::Answer(200)).await;
    endpoint(&stack, &slow, json!(["payment.succeeded"])).await;
    endpoint(&stack, &quick, json!(["payment.succeeded"])).await;
    for _ in 0..40 {
        happens(&stack, &tenant(&stack), "payment.succeeded").await;
    }
    let stop = CancellationToken::new();
    let worker =
        tokio::spawn(worker::run_webhooks(stack.app.clone(), Duration::from_millis(50), stop.clone()));
    let all = async {
        while quick.count() < 40 || slow.count() < 3 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    // Less than one time-out of the slow one.
    tokio::time::timeout(Duration::from_secs(15), all).await.expect("the quick one is served");
    assert_eq!((slow.most_at_once(), slow.count()), (3, 3), "the slow one fills its own lane");
    assert!(quick.most_at_once() <= 3);
    stop.cancel();
    worker.abort();
}

async fn replaying_tells_it_again(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let early = happens(&stack, &tenant(&stack), "payment.succeeded").await;
    stack.clock.advance(Duration::from_secs(1));
    let (one, two) =
        (Receiver::start(Behaviour::Answer(200)).await, Receiver::start(Behaviour::Answer(200)).await);
    let (first, _) = endpoint(&stack, &one, json!(["payment.succeeded"])).await;
    endpoint(&stack, &two, json!(["webhook_endpoint.disabled"])).await;
    let event = happens(&stack, &tenant(&stack), "payment.succeeded").await;
    round(&stack.app).await;
    let ids =
        |receiver: &Receiver| receiver.seen().iter().map(|seen| seen.id().to_owned()).collect::<Vec<_>>();
    assert_eq!(ids(&one), [event.as_str()], "what happened before the endpoint was made is not told");
    // To all that listen; the same request is the same replay.
    let key = fresh("k-");
    for _ in 0..2 {
        let path = format!("/v1/events/{event}/replay");
        let replayed = stack.write_as(&stack.key, &key, &path, &json!({})).await.expect(201).json();
        assert_eq!(replayed["deliveries"].as_array().unwrap().len(), 1);
        assert_eq!(
            (&replayed["deliveries"][0]["endpoint"], &replayed["deliveries"][0]["replay"]),
            (&json!(first), &json!(true))
        );
        round(&stack.app).await;
    }
    assert_eq!(ids(&one), [event.as_str(), event.as_str()]);
    let seen = one.seen();
    assert_eq!(seen[0].body, seen[1].body);
    // To one, whatever it listens to and since when.
    let wanted = json!({"endpoint": first});
    stack.write(&format!("/v1/events/{early}/replay"), wanted).await.expect(201);
    round(&stack.app).await;
    assert_eq!(ids(&one).len(), 3);
    assert_eq!(ids(&one)[2], early);
    assert_eq!(two.count(), 0);
    let unknown = json!({"endpoint": "whe_x"});
    let refused = stack.write(&format!("/v1/events/{event}/replay"), unknown).await;
    assert_eq!(refused.expect_problem(400, "invalid_request").at("/param"), "endpoint");
    stack.write("/v1/events/out_x/replay", json!({})).await.expect_problem(404, "not_found");
}

async fn secrets_rotate(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let receiver = Receiver::start(Behaviour::Answer(200)).await;
    let (id, old) = endpoint(&stack, &receiver, json!(["*"])).await;
    let path = format!("/v1/webhook_endpoints/{id}/rotate_secret");
    let key = fresh("k-");
    let rotated = stack.write_as(&stack.key, &key, &path, &json!({})).await.expect(201);
    let new = rotated.at("/secret");
    assert_ne!(new, old);
    let again = stack.write_as(&stack.key, &key, &path, &json!({})).await.expect(201);
    assert_eq!(again.text, rotated.text, "the same write is answered the same");
    let tell = async || {
        happens(&stack, &tenant(&stack), "payment.succeeded").await;
        round(&stack.app).await;
        receiver.seen().last().cloned().unwrap()
    };
    stack.clock.advance(Duration::from_secs(24 * 3_600 - 1));
    let seen = tell().await;
    assert!(seen.is_signed_by(&old) && seen.is_signed_by(&new) && seen.signatures() == 2);
    stack.clock.advance(Duration::from_secs(1));
    let seen = tell().await;
    assert!(!seen.is_signed_by(&old) && seen.is_signed_by(&new) && seen.signatures() == 1);
    for _ in 0..3 {
        stack.write(&path, json!({})).await.expect(201);
    }
    stack.write(&path, json!({})).await.expect_problem(400, "invalid_request");
    assert_eq!(tell().await.signatures(), 4);
}

async fn what_waits_goes_on_when_enabled_again(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let receiver = Receiver::start(Behaviour::Answer(500)).await;
    let (id, _) = endpoint(&stack, &receiver, json!(["*"])).await;
    let path = format!("/v1/webhook_endpoints/{id}");
    let event = happens(&stack, &tenant(&stack), "payment.succeeded").await;
    round(&stack.app).await;
    let off = stack.write(&path, json!({"enabled": false})).await.expect(200);
    assert_eq!(off.at("/disabled_reason"), "requested");
    let missed = happens(&stack, &tenant(&stack), "payment.succeeded").await;
    stack.clock.advance(Duration::from_secs(3_600));
    round(&stack.app).await;
    assert_eq!(receiver.count(), 1, "a disabled endpoint is told nothing");
    receiver.behave(Behaviour::Answer(200));
    let on = stack.write(&path, json!({"enabled": true})).await.expect(200).json();
    assert_eq!((&on["enabled"], &on["disabled_reason"]), (&json!(true), &Value::Null));
    round(&stack.app).await;
    round(&stack.app).await;
    let ids: Vec<String> = receiver.seen().iter().map(|seen| seen.id().to_owned()).collect();
    assert_eq!(ids, [event.as_str(), event.as_str()]);
    stack.write(&format!("/v1/events/{missed}/replay"), json!({})).await.expect(201);
    round(&stack.app).await;
    assert_eq!(receiver.seen()[2].id(), missed, "what happened meanwhile can be replayed");
}

async fn an_endpoint_is_told_what_it_listens_to(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let (one, all) =
        (Receiver::start(Behaviour::Answer(200)).await, Receiver::start(Behaviour::Answer(200)).await);
    endpoint(&stack, &one, json!(["webhook_endpoint.disabled"])).await;
    endpoint(&stack, &all, Value::Null).await;
    happens(&stack, &tenant(&stack), "payment.succeeded").await;
    happens(&stack, &tenant(&stack), "webhook_endpoint.disabled").await;
    happens(&stack, &tenant(&stack), "something.later").await;
    // A body without an end is cut off; its status has come.
    one.behave(Behaviour::Endless);
    round(&stack.app).await;
    let types = |receiver: &Receiver| {
        let mut types: Vec<String> =
            receiver.seen().iter().map(|seen| seen.json()["type"].as_str().unwrap().to_owned()).collect();
        types.sort();
        types
    };
    assert_eq!(types(&one), ["webhook_endpoint.disabled"]);
    assert_eq!(types(&all), ["payment.succeeded", "something.later", "webhook_endpoint.disabled"]);
    stack.clock.advance(Duration::from_secs(1_000_000));
    round(&stack.app).await;
    assert_eq!((one.count(), all.count()), (1, 3), "all of them arrived");
}
