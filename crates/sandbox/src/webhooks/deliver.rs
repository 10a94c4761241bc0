//! Sends letters that are due, and notes what became of each.

use std::collections::HashSet;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::{loopback_url, signature};
use crate::engine::{Account, Engine};
use crate::model::Delivery;
use crate::store::Change;

/// Letters that are on their way at the same time.
const UNDER_WAY_MAX: usize = 16;
/// How long an endpoint has for its answer.
const ANSWER_TIME: Duration = Duration::from_secs(10);
/// How long to sleep at most while letters wait: their time is told by a clock that a test may move.
const NAP: Duration = Duration::from_millis(100);

/// Sends letters until the task is aborted.
///
/// # Errors
/// When no HTTP client can be made.
pub async fn deliver_until(engine: Arc<Engine>) -> Result<(), reqwest::Error> {
    let here = [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), SocketAddr::from((Ipv6Addr::LOCALHOST, 0))];
    let client = reqwest::Client::builder()
        .timeout(ANSWER_TIME)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        // Whatever a name server says, `localhost` is this machine.
        .resolve_to_addrs("localhost", &here)
        .build()?;
    let mut under_way: HashSet<String> = HashSet::new();
    let mut tasks: JoinSet<String> = JoinSet::new();
    loop {
        let mut waiting = false;
        let now_ms = engine.config.clock.now().as_millisecond();
        for account in engine.accounts() {
            let due = due_letters(&account, now_ms, &under_way, UNDER_WAY_MAX.saturating_sub(tasks.len()));
            waiting |= !account.book().deliveries.is_empty();
            for letter in due {
                under_way.insert(letter.id.clone());
                tasks.spawn(send(Arc::clone(&engine), Arc::clone(&account), client.clone(), letter));
            }
        }
        tokio::select! {
            Some(done) = tasks.join_next() => {
                if let Ok(id) = done {
                    under_way.remove(&id);
                }
            }
            () = engine.letters.notified() => {}
            () = tokio::time::sleep(NAP), if waiting => {}
        }
    }
}

fn due_letters(account: &Account, now_ms: i64, under_way: &HashSet<String>, count: usize) -> Vec<Delivery> {
    let book = account.book();
    let due = book.deliveries.values().filter(|letter| {
        letter.due_ms.is_some_and(|due_ms| due_ms <= now_ms) && !under_way.contains(&letter.id)
    });
    due.take(count).cloned().collect()
}

/// Tries one letter once, and returns its id.
async fn send(
    engine: Arc<Engine>,
    account: Arc<Account>,
    client: reqwest::Client,
    mut letter: Delivery,
) -> String {
    let accepted = try_once(&engine, &account, &client, &letter).await;
    letter.tries += 1;
    let wait =
        usize::try_from(letter.tries - 1).ok().and_then(|tries| engine.config.webhook_waits.get(tries));
    letter.due_ms = match (accepted, wait) {
        (false, Some(wait)) => {
            let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
            Some(engine.config.clock.now().as_millisecond().saturating_add(wait_ms))
        }
        (true, _) | (false, None) => None,
    };
    tracing::debug!(letter = %letter.id, accepted, tries = letter.tries, "webhook");
    let id = letter.id.clone();
    let mut book = account.book();
    book.apply(Change::Delivery(letter.clone()));
    // Not waited for: a letter whose fate is lost in a crash is sent again, as webhooks may be.
    if let Err(why) = engine.log().append(&account.id, &[Change::Delivery(letter)]) {
        tracing::error!(error = %why, "a webhook's fate could not be noted");
    }
    id
}

/// Whether the endpoint accepted it. A letter whose event or endpoint is gone counts as accepted.
async fn try_once(engine: &Engine, account: &Account, client: &reqwest::Client, letter: &Delivery) -> bool {
    let (event, endpoint) = {
        let book = account.book();
        (book.events.row(&letter.event).cloned(), book.webhook_endpoints.row(&letter.endpoint).cloned())
    };
    let (Some(event), Some(endpoint)) = (event, endpoint) else {
        return true;
    };
    let Some(url) = loopback_url(&endpoint.url) else {
        return true;
    };
    let body = event.view().to_string();
    let Some(signature) = signature(&endpoint.secret, engine.config.clock.now().as_second(), &body) else {
        return true;
    };
    let sent = client
        .post(url)
        .header("content-type", "application/json; charset=utf-8")
        .header("stripe-signature", signature)
        .header("user-agent", "Paydesk-Sandbox/1.0")
        .body(body)
        .send();
    matches!(sent.await, Ok(response) if response.status().is_success())
}
