//! The billing API alone, over loopback: opening a checkout, confirming one, and confirming many at once, on each
//! database, with a sandbox that answers at once.

use std::sync::Arc;
use std::time::Duration;

use paydesk_e2e::clock::Stopwatch;
use paydesk_e2e::postgres::Database;
use paydesk_e2e::sandbox::{Card, answered, client};
use paydesk_e2e::seed::{Checkout, TOTAL};
use paydesk_e2e::stack::Stack;
use paydesk_e2e::{Context, Failure};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{note, stats};

const OPENS: usize = 400;
const CONFIRMS: usize = 200;
const CONFIRMS_AT_ONCE: usize = 400;
const CALLERS: usize = 16;
/// No phase goes on longer than this; what was done by then is what is told.
const PHASE_MAX: Duration = Duration::from_secs(60);
const CARD: Card = Card { number: "4242424242424242", month: "03", year: "2030", cvc: "314" };

/// On SQLite, and on PostgreSQL where `PAYDESK_TEST_POSTGRES_URL` and its superuser's say where one is.
pub async fn measure() -> Result<Value, Failure> {
    note("billing API on SQLite");
    let sqlite = of(Stack::start().await?).await?;
    let postgres = match Database::fresh()? {
        Some(database) => {
            note("billing API on PostgreSQL");
            let folder = tempfile::tempdir().context("a folder")?;
            of(Stack::start_on(folder, &database.url, "").await?).await?
        }
        None => json!(null),
    };
    Ok(json!({"sqlite": sqlite, "postgresql": postgres}))
}

/// A browser's part, without the browser.
#[derive(Clone, Debug)]
pub struct Caller {
    /// What calls.
    pub http: reqwest::Client,
    /// The billing API.
    pub pay: String,
    /// The page that embeds.
    pub parent: String,
}

async fn of(stack: Stack) -> Result<Value, Failure> {
    let account = stack.organization.client().await?;
    let method = stack.sandbox.store_card(&CARD, false).await?;
    stack.organization.save_card(&account, &method).await?;
    let mut checkouts = Vec::new();
    for _ in 0..CONFIRMS + CONFIRMS_AT_ONCE {
        checkouts.push(stack.organization.checkout(&account, "en").await?);
    }
    let caller =
        Caller { http: client()?, pay: stack.pay_url().to_owned(), parent: stack.host.origin.clone() };
    let first = checkouts.first().context("a checkout")?.clone();
    let saved = caller.saved_method(&first).await?;

    let mut opens = Vec::new();
    let phase = Stopwatch::start();
    for checkout in checkouts.iter().cycle().take(OPENS) {
        let watch = Stopwatch::start();
        caller.open(checkout).await?;
        opens.push(stats::ms(watch.elapsed()));
        if phase.elapsed() > PHASE_MAX {
            break;
        }
    }
    let at_once = checkouts.split_off(CONFIRMS);
    let mut confirms = Vec::new();
    let phase = Stopwatch::start();
    for (number, checkout) in checkouts.iter().enumerate() {
        let watch = Stopwatch::start();
        caller.confirm(checkout, &saved, number).await?;
        confirms.push(stats::ms(watch.elapsed()));
        if phase.elapsed() > PHASE_MAX {
            break;
        }
    }
    let rate = many(&caller, at_once, &saved).await?;
    Ok(json!({
        "checkout_open_ms": stats::of_many(opens),
        "confirm_ms": stats::of_many(confirms),
        "confirms_per_second": rate,
    }))
}

/// Confirms from several callers at once.
async fn many(caller: &Caller, checkouts: Vec<Checkout>, saved: &str) -> Result<Value, Failure> {
    let queue = Arc::new(std::sync::Mutex::new(checkouts.into_iter().enumerate().collect::<Vec<_>>()));
    let watch = Stopwatch::start();
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let (queue, caller, saved) = (Arc::clone(&queue), caller.clone(), saved.to_owned());
        callers.spawn(async move {
            let mut done: u32 = 0;
            while watch.elapsed() < PHASE_MAX {
                let next = queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
                let Some((number, checkout)) = next else { break };
                caller.confirm(&checkout, &saved, CONFIRMS + number).await?;
                done += 1;
            }
            Ok::<u32, Failure>(done)
        });
    }
    let mut done = 0;
    while let Some(outcome) = callers.join_next().await {
        done += outcome.context("a caller")??;
    }
    let rate = f64::from(done) / watch.elapsed().as_secs_f64();
    Ok(json!({"rate": (rate * 10.0).round() / 10.0, "callers": CALLERS, "count": done}))
}

impl Caller {
    /// Opens a checkout.
    pub async fn open(&self, checkout: &Checkout) -> Result<Value, Failure> {
        let request = self.http.get(format!("{}/v1/checkout", self.pay)).bearer_auth(&checkout.secret);
        answered("/v1/checkout", request.header("paydesk-parent-origin", &self.parent)).await
    }

    /// The payer's first saved method.
    pub async fn saved_method(&self, checkout: &Checkout) -> Result<String, Failure> {
        let opened = self.open(checkout).await?;
        opened.pointer("/methods/0/id").and_then(Value::as_str).map(str::to_owned).context("a saved method")
    }

    /// Pays with a saved method; anything but success is a failure of the whole measurement.
    pub async fn confirm(&self, checkout: &Checkout, saved: &str, number: usize) -> Result<(), Failure> {
        self.confirm_with(checkout, &json!({"saved_method": saved}), number).await
    }

    /// Pays with what is named; each `number` is another try.
    pub async fn confirm_with(
        &self,
        checkout: &Checkout,
        with: &Value,
        number: usize,
    ) -> Result<(), Failure> {
        let attempt =
            format!("att_{}", paydesk_domain::id::spell(u128::try_from(number).unwrap_or_default() + 1));
        let mut body = json!({"attempt_id": attempt, "amount": TOTAL, "currency": "CAD"});
        if let (Some(body), Some(with)) = (body.as_object_mut(), with.as_object()) {
            body.extend(with.clone());
        }
        let request = self
            .http
            .post(format!("{}/v1/checkout/confirm", self.pay))
            .bearer_auth(&checkout.secret)
            .header("paydesk-parent-origin", &self.parent)
            .header("idempotency-key", &attempt)
            .json(&body);
        let answer = answered("/v1/checkout/confirm", request).await?;
        if answer.get("status") == Some(&json!("succeeded")) {
            Ok(())
        } else {
            Err(Failure::new(format!("not paid: {answer}")))
        }
    }
}
