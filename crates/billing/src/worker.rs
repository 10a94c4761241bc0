//! The background tasks of `serve`: they sweep and deliver until they are told to stop.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::App;

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
        if let Err(error) = app.fan_out().await {
            tracing::error!(%error, "events could not be given out");
        }
        let more = app.begin_deliveries().await.map_or_else(
            |error| {
                tracing::error!(%error, "deliveries could not be begun");
                false
            },
            |round| round.more,
        );
        tokio::select! {
            () = stop.cancelled() => {}
            () = webhooks.freed.notified(), if more => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    webhooks.under_way.close();
    webhooks.under_way.wait().await;
}
