//! The background task of `serve`: sweeps until it is told to stop.

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
