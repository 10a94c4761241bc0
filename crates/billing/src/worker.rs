//! The background tasks of `serve`: they sweep and deliver until they are told to stop.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::app::deliver::Round;
use crate::app::fan_out::BATCH;

/// Sweeps now and then every `pause`, until `stop`. What is under way when it stops is finished first.
pub async fn run(app: App, pause: Duration, stop: CancellationToken) {
    loop {
        if let Err(error) = app.sweep().await {
            tracing::error!(%error, "the sweep failed");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Gives events out and sends what is due, now, whenever a delivery under way has made room, and every `pause`, until
/// `stop`. Apart from the sweep: an endpoint that answers slowly holds nothing else up. Deliveries under way when it
/// stops are finished first.
pub async fn run_webhooks(app: App, pause: Duration, stop: CancellationToken) {
    let webhooks = app.webhooks.clone();
    while !stop.is_cancelled() {
        let given = app.fan_out().await.unwrap_or_else(|error| {
            tracing::error!(%error, "events could not be given out");
            0
        });
        let round = app.begin_deliveries().await.unwrap_or_else(|error| {
            tracing::error!(%error, "deliveries could not be begun");
            Round::default()
        });
        tokio::select! {
            () = stop.cancelled() => {}
            () = std::future::ready(()), if given >= BATCH => {}
            () = webhooks.freed.notified(), if round.more => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    webhooks.under_way.close();
    webhooks.under_way.wait().await;
}
