//! The key that seals endpoints' secrets: replaced while deliveries go on, and none is lost over a key that does not open.

use std::time::Duration;

use paydesk_billing::app::reseal_secrets::reseal_secrets;
use paydesk_billing::app::{App, WebhookSettings, Webhooks};
use serde_json::json;

use crate::support::{Behaviour, Engine, Receiver, Stack, on_both};
use crate::webhooks::{deliveries, endpoint, happens, round, seal_keys, start, tenant, webhook_settings};

on_both! {
    a_secret_that_does_not_open_costs_no_try;
    the_sealing_key_is_replaced_without_a_pause;
}

/// A process with these sealing keys.
fn with_keys(stack: &Stack, bytes: &[u8]) -> App {
    let settings = WebhookSettings { secret_key: Some(seal_keys(bytes)), ..webhook_settings() };
    let webhooks = Webhooks::new(stack.app.webhooks.sender.clone(), settings);
    App { webhooks: webhooks.into(), ..stack.app.clone() }
}

/// Positive control: keeping the old seal (`reseal_secret` with what was there before) leaves the new key without a secret
/// to sign with (tried).
async fn the_sealing_key_is_replaced_without_a_pause(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let receiver = Receiver::start(Behaviour::Answer(200)).await;
    let (id, old) = endpoint(&stack, &receiver, json!(["payment.succeeded"])).await;
    let rotated = stack.write(&format!("/v1/webhook_endpoints/{id}/rotate_secret"), json!({})).await;
    let secret = rotated.expect(201).at("/secret");
    let tenant = tenant(&stack);
    let tell = async |app: &App| {
        happens(&stack, &tenant, "payment.succeeded").await;
        round(app).await;
        stack.clock.advance(Duration::from_secs(300));
        receiver.seen().last().is_some_and(|seen| seen.is_signed_by(&secret) && seen.is_signed_by(&old))
    };
    // Both open what the old one has sealed, and the new one alone does not.
    let (only_new, both) = (with_keys(&stack, &[8]), with_keys(&stack, &[8, 7]));
    assert!(!tell(&only_new).await && receiver.count() == 0);
    assert!(tell(&both).await);

    let reseal = async |keys: &[u8]| {
        let done = reseal_secrets(&tenant, &stack.app.mint, &seal_keys(keys)).await.unwrap();
        (done.resealed, done.kept, done.unreadable)
    };
    assert_eq!(reseal(&[9]).await, (0, 0, 2), "they stay as they are");
    assert_eq!(reseal(&[8, 7]).await, (2, 0, 0), "the one that ends in a day as well");
    assert_eq!(reseal(&[8, 7]).await, (0, 2, 0));
    let seen = receiver.count();
    assert!(tell(&only_new).await && receiver.count() > seen, "the secrets are what they were");
    let seen = receiver.count();
    tell(&stack.app).await;
    assert_eq!(receiver.count(), seen, "and nothing opens with the old key any more");

    let page = stack.read("/v1/audit_entries?action=webhook_secrets.resealed").await.expect(200).json();
    let rows = page["data"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["detail"]), (1, &json!({"secrets": 2})));
}

async fn a_secret_that_does_not_open_costs_no_try(engine: Engine) {
    let stack = start(engine, webhook_settings()).await;
    let receiver = Receiver::start(Behaviour::Answer(200)).await;
    let (id, _) = endpoint(&stack, &receiver, json!(["*"])).await;
    happens(&stack, &tenant(&stack), "payment.succeeded").await;
    // A worker with another key, as after a mistake in its configuration.
    let wrong = with_keys(&stack, &[8]);
    round(&wrong).await;
    let rows = deliveries(&stack, &id).await;
    assert_eq!((receiver.count(), &rows[0]["tries"], &rows[0]["status"]), (0, &json!(0), &json!("waiting")));
    stack.clock.advance(Duration::from_secs(300));
    round(&stack.app).await;
    assert_eq!(receiver.count(), 1);
}
