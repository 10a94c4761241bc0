//! The background tasks of `serve` and of `work`: they sweep and deliver until they are told to stop.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::app::deliver::Round;
use crate::app::fan_out::BATCH;
use crate::app::sweep::Sent;

/// How much a pause may be longer or shorter, in hundredths: processes that started together drift apart.
const JITTER: u64 = 25;
/// How long it rests after the database has failed.
const PAUSE_AFTER_FAULT: Duration = Duration::from_secs(1);
/// How long it rests between two batches of old rows, so that what somebody waits for goes first.
const PAUSE_BETWEEN_BATCHES: Duration = Duration::from_millis(500);
/// How often it is looked for clients to remind: what one day asks for is written once, whoever looks.
const PAUSE_BETWEEN_REMINDERS_MS: i64 = 60 * 60 * 1_000;
/// How long it rests when there were none.
const PAUSE_WHEN_NOTHING_IS_OLD: Duration = Duration::from_secs(60 * 60);

/// Sends what is due and looks after the rest: now, again at once while there was much to do, and else after `pause` or as
/// soon as something is heard of, until `stop`. What is under way when it stops is finished first.
pub async fn run(app: App, pause: Duration, stop: CancellationToken) {
    let listener = tokio::spawn(listen(app.clone(), stop.clone()));
    let sender = tokio::spawn(send(app.clone(), pause, stop.clone()));
    while !stop.is_cancelled() {
        let rest = match app.look_after().await {
            Ok(0) => jittered(pause, &app),
            // Where there was something, there may be more.
            Ok(_) => Duration::ZERO,
            Err(error) => {
                tracing::error!(%error, "the sweep failed");
                PAUSE_AFTER_FAULT
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = app.work.notified() => {}
            () = tokio::time::sleep(rest) => {}
        }
    }
    listener.abort();
    let _ = sender.await;
}

/// Sends what is due. Apart from the rest: neither waits for the other's slow answers. While there is more than there is
/// room for, the next ones are claimed when half of those under way are done: one commit claims many, and the
/// processor has something to do meanwhile.
async fn send(app: App, pause: Duration, stop: CancellationToken) {
    let mut sending = JoinSet::new();
    while !stop.is_cancelled() {
        let sent = app.send_due(&mut sending).await.unwrap_or_else(|error| {
            tracing::error!(%error, "what is due could not be claimed");
            Sent::default()
        });
        tokio::select! {
            () = stop.cancelled() => {}
            () = half_done(&mut sending), if sent.more => {}
            () = app.to_send.notified() => {}
            () = tokio::time::sleep(jittered(pause, &app)) => {}
        }
        while sending.try_join_next().is_some() {}
    }
    while sending.join_next().await.is_some() {}
}

async fn half_done(sending: &mut JoinSet<()>) {
    let half = sending.len() / 2;
    while sending.len() > half {
        let _ = sending.join_next().await;
    }
}

/// Reads the processor's own list of events now and then, until `stop`; only in the process that leads.
pub async fn run_poller(app: App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = app.poll_events().await {
            tracing::error!(%error, "the processor's events could not be kept");
        }
        let pause = jittered(app.settings.poll_every, &app);
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Deletes old events and deliveries, and records of what was agreed to that have been over for long enough, until `stop`: every hour,
/// and while there are more of them a few a second. Only in the process that leads.
pub async fn run_forgetting(app: App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let mut gone = 0;
        for (what, done) in [
            ("events", app.forget_old().await),
            ("records", app.forget_records().await),
            ("kept cards", app.let_kept_cards_go().await),
        ] {
            match done {
                Ok(count) => gone += count,
                Err(error) => tracing::error!(%error, what, "what is old could not be deleted"),
            }
        }
        let pause = match gone {
            0 => jittered(PAUSE_WHEN_NOTHING_IS_OLD, &app),
            _ => PAUSE_BETWEEN_BATCHES,
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Passes on what other processes hint at. Without it everything is found as well, only later.
async fn listen(app: App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let wake = || {
            app.work.notify_one();
            app.to_send.notify_one();
            app.to_mail.notify_one();
        };
        if let Err(error) = app.store.hear_hints(wake).await {
            tracing::warn!(%error, "hints of other processes are not heard: looking regularly instead");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE_AFTER_FAULT) => {}
        }
    }
}

fn jittered(pause: Duration, app: &App) -> Duration {
    let hundredths = u64::from(app.mint.random_byte()) * 2 * JITTER / 255;
    pause * u32::try_from(100 - JITTER + hundredths).unwrap_or(100) / 100
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

/// Sends mails to clients, now, whenever one is written here, and every `pause`, until `stop`; and every hour writes to those who are
/// to be reminded of something. Apart from the sweep: an SMTP server that answers slowly holds nothing else up.
pub async fn run_mails(app: App, pause: Duration, stop: CancellationToken) {
    let mut reminded_at_ms = i64::MIN;
    while !stop.is_cancelled() {
        let now = app.mint.now_ms();
        if now.saturating_sub(reminded_at_ms) >= PAUSE_BETWEEN_REMINDERS_MS {
            match app.remind_of_expiry().await {
                Ok(_) => reminded_at_ms = now,
                Err(error) => tracing::error!(%error, "clients could not be reminded"),
            }
        }
        let sent = app.send_mails().await.unwrap_or_else(|error| {
            tracing::error!(%error, "mails could not be sent");
            0
        });
        tokio::select! {
            () = stop.cancelled() => {}
            () = app.to_mail.notified() => {}
            () = tokio::time::sleep(jittered(pause, &app)), if sent == 0 => {}
            () = std::future::ready(()), if sent > 0 => {}
        }
    }
}
