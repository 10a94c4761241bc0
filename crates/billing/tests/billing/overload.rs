//! Three times what the server can take: it refuses what is too much, answers the rest in bounded time, and nothing
//! that it does then is wrong.
//!
//! The program itself is tried, on both databases, so that its memory is its own. How much it can take is measured
//! first and the offer follows from that: the test is the same on a slow machine.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{Server, config_on, organization, serve};
use crate::support::{
    Database, Engine, PROCESSOR_SECRET, STORE, Stack, address, attempt_id, fresh, on_both, scale,
};

on_both! { overload_is_refused_and_nothing_is_wrong; }

/// For how long too much is offered, in the short form and in the long one.
const SECONDS: usize = 6;
const SECONDS_LONG: usize = 60;
/// Confirms on which the capacity is measured.
const MEASURED: usize = 80;
/// Each offers one confirm and one reading.
const TIMES_TOO_MUCH: f64 = 3.0;
/// What a payer waits at most, by the settings below. The figure is told; what fails is only what no machine that does
/// something else as well explains: without a bound it would be the whole time of the test and more.
const CONFIRM_MAX: Duration = Duration::from_secs(2);

/// A payer with an invoice to pay.
#[derive(Clone)]
struct Payer {
    secret: String,
    body: Value,
}

/// What came back.
struct Answer {
    status: u16,
    retry_after: Option<u64>,
    body: Value,
    took: Duration,
}

/// The server under load and what is known of it.
struct Load {
    http: reqwest::Client,
    origin: String,
}

impl Load {
    async fn ask(&self, request: reqwest::RequestBuilder) -> Answer {
        let began = now();
        // No answer at all is as wrong as a false one.
        let response = request.send().await.expect("every request is answered");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let retry_after = headers.get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        let body = response.json().await.expect("every answer is JSON");
        Answer { status, retry_after, body, took: began.elapsed() }
    }

    fn as_browser(&self, request: reqwest::RequestBuilder, secret: &str) -> reqwest::RequestBuilder {
        request.bearer_auth(secret).header("paydesk-parent-origin", STORE)
    }

    async fn confirm(&self, payer: &Payer) -> Answer {
        let request = self.http.post(format!("{}/v1/checkout/confirm", self.origin)).json(&payer.body);
        let key = payer.body["attempt_id"].as_str().unwrap();
        self.ask(self.as_browser(request, &payer.secret).header("idempotency-key", key)).await
    }

    async fn read(&self, payer: &Payer) -> Answer {
        let request = self.http.get(format!("{}/v1/checkout", self.origin));
        self.ask(self.as_browser(request, &payer.secret)).await
    }
}

/// Positive control, each seen to fail this: waiting for a slot instead of refusing (`acquire_owned` in http/limits.rs:
/// nothing is refused, and confirms take as long as the queue is); a refusal without `Retry-After`; a second call to the
/// processor under another key (payers are told that it failed).
async fn overload_is_refused_and_nothing_is_wrong(engine: Engine) {
    let seconds = u32::try_from(scale(SECONDS, SECONDS_LONG)).unwrap();
    let stack = Stack::start(Engine::Sqlite).await;
    let (folder, database) = (TempDir::new().unwrap(), Database::fresh(engine).await);
    let (server, load, key) = start(&database, &folder, &stack.processor, 512).await;
    let measured = payers(&load, &stack, &key, MEASURED).await;
    let capacity = capacity(&load, measured).await;
    server.stop().await;

    // As many at once as are answered in half a second, a confirm and a reading each. With the bound on the wait for the
    // processor, that is what bounds a confirm.
    let at_once = capacity.clamp(4.0, 512.0);
    let at_once: usize = format!("{at_once:.0}").parse().unwrap();
    let (server, load, _) = start(&database, &folder, &stack.processor, at_once).await;
    let wanted = (capacity * f64::from(seconds) * 1.5).min(15_000.0);
    let offered = payers(&load, &stack, &key, format!("{wanted:.0}").parse().unwrap()).await;
    let before = server.resident_kb();
    let told =
        flood(&Arc::new(load), offered, capacity * TIMES_TOO_MUCH, Duration::from_secs(seconds.into())).await;
    let grown = server.resident_kb().saturating_sub(before);
    let p99 = judge(&told);
    tell(&format!(
        "{engine:?}: capacity {capacity:.0} confirms and readings a second, {at_once} at once; offered {} of each; paid \
         {}, refused {}; confirm p99 {} ms; memory + {grown} kB",
        told.confirms.len(),
        told.count(&told.confirms, 200),
        told.refused(),
        p99.as_millis(),
    ));
    assert!(told.refused() > 0, "three times too much is too much");
    assert!(p99 <= CONFIRM_MAX * 3, "a confirm that was taken took {p99:?}");
    assert!(grown < 128 * 1_024, "{grown} kB more than before");
    agree(&stack, &server, &key, &told).await;
    server.stop().await;
}

#[expect(clippy::print_stderr, reason = "the figures are told to whoever wants to see them")]
fn tell(line: &str) {
    eprintln!("{line}");
}

#[expect(clippy::disallowed_methods, reason = "how long an answer takes is measured")]
fn now() -> Instant {
    Instant::now()
}

async fn start(
    database: &Database,
    folder: &TempDir,
    processor: &str,
    at_once: usize,
) -> (Server, Load, String) {
    let config = config_on(&database.url, folder.path(), processor, &limits(at_once));
    let server = serve(&config).await;
    let kept = folder.path().join("key");
    if !kept.exists() {
        std::fs::write(&kept, organization(&config).await.1).unwrap();
    }
    let key = std::fs::read_to_string(kept).unwrap();
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().unwrap();
    let load = Load { http, origin: server.origin.clone() };
    (server, load, key)
}

fn limits(at_once: usize) -> String {
    format!(
        "[limits]\nper_address_per_minute = 0\nper_session_per_minute = 0\nper_key_per_minute = 0\n\
         confirm_wait_ms = 1500\nconcurrent_max = {at_once}\n\n[recovery]\nfirst_look_up_ms = 500\n"
    )
}

/// Payers with an invoice and a token each.
async fn payers(load: &Load, stack: &Stack, key: &str, count: usize) -> Vec<Payer> {
    let client =
        json!({"login": {"name": "Kim Roy", "email": "kim@example.org"}, "people": [{"name": "Kim Roy"}]});
    let account = write(load, key, "/v1/clients", client).await["id"].clone();
    let payers = Mutex::new(Vec::new());
    let work = async || {
        loop {
            let items = json!([{"description": "Swimming", "amount": 1_500}]);
            let invoice = write(load, key, "/v1/invoices", json!({"account": account, "items": items})).await;
            let session = json!({"invoice": invoice["id"], "allowed_origin": STORE});
            let session = write(load, key, "/v1/checkout_sessions", session).await;
            let body = json!({
                "attempt_id": attempt_id(), "amount": 1_500, "currency": "CAD", "billing_address": address(),
                "token": stack.token("4242424242424242").await,
            });
            let mut payers = payers.lock().unwrap();
            if payers.len() == count {
                break;
            }
            payers.push(Payer { secret: session["secret"].as_str().unwrap().to_owned(), body });
        }
    };
    tokio::join!(work(), work(), work(), work());
    payers.into_inner().unwrap()
}

/// Writes, again and again where it is refused for the time being.
async fn write(load: &Load, key: &str, path: &str, body: Value) -> Value {
    loop {
        let request = load.http.post(format!("{}{path}", load.origin)).bearer_auth(key);
        let answer = load.ask(request.header("idempotency-key", fresh("k-")).json(&body)).await;
        if answer.status != 503 {
            assert_eq!(answer.status, 201, "{}", answer.body);
            return answer.body;
        }
    }
}

/// Confirms a second, each with a reading, when nobody offers more than is answered.
async fn capacity(load: &Load, payers: Vec<Payer>) -> f64 {
    let count = f64::from(u32::try_from(payers.len()).unwrap());
    let began = now();
    let queue = Mutex::new(payers);
    let work = async || {
        loop {
            let Some(payer) = queue.lock().unwrap().pop() else { break };
            assert_eq!(load.read(&payer).await.status, 200);
            assert_eq!(load.confirm(&payer).await.status, 200);
        }
    };
    tokio::join!(work(), work(), work(), work(), work(), work(), work(), work());
    count / began.elapsed().as_secs_f64()
}

/// Everything that came back.
#[derive(Default)]
struct Told {
    confirms: Vec<(Payer, Answer)>,
    reads: Vec<Answer>,
}

impl Told {
    fn count(&self, confirms: &[(Payer, Answer)], status: u16) -> usize {
        confirms.iter().filter(|(_, answer)| answer.status == status).count()
    }

    fn refused(&self) -> usize {
        self.count(&self.confirms, 503) + self.count(&self.confirms, 429)
    }
}

/// Offers so much a second whatever comes back: a payer who was refused comes again with the same try.
async fn flood(load: &Arc<Load>, offered: Vec<Payer>, per_second: f64, duration: Duration) -> Told {
    let queue = Arc::new(Mutex::new(VecDeque::from(offered)));
    let mut under_way = tokio::task::JoinSet::new();
    let (began, mut sent) = (now(), 0_u32);
    let mut told = Told::default();
    while began.elapsed() < duration {
        tokio::time::sleep(Duration::from_millis(5)).await;
        while f64::from(sent) < began.elapsed().as_secs_f64() * per_second {
            sent += 1;
            let Some(payer) = queue.lock().unwrap().pop_front() else { break };
            let (load, queue) = (load.clone(), queue.clone());
            under_way.spawn(async move {
                let (confirmed, read) = tokio::join!(load.confirm(&payer), load.read(&payer));
                if !matches!(confirmed.status, 200 | 202) {
                    queue.lock().unwrap().push_back(payer.clone());
                }
                (payer, confirmed, read)
            });
        }
        while let Some(done) = under_way.try_join_next() {
            let (payer, confirmed, read) = done.unwrap();
            told.confirms.push((payer, confirmed));
            told.reads.push(read);
        }
    }
    while let Some(done) = under_way.join_next().await {
        let (payer, confirmed, read) = done.unwrap();
        told.confirms.push((payer, confirmed));
        told.reads.push(read);
    }
    told
}

/// Every answer is a true one or a refusal that says when to come back. Returns how long the slowest of a hundred
/// confirms took that were taken.
fn judge(told: &Told) -> Duration {
    let confirms = told.confirms.iter().map(|(_, answer)| (answer, ["succeeded", "processing"].as_slice()));
    let reads = told.reads.iter().map(|answer| (answer, [].as_slice()));
    let mut took = Vec::new();
    for (answer, states) in confirms.chain(reads) {
        match answer.status {
            200 | 202 if states.is_empty() => {
                assert_eq!(answer.body["invoice"]["total"], 1_500, "{}", answer.body)
            }
            200 | 202 => {
                let state = answer.body["status"].as_str().unwrap();
                assert!(states.contains(&state), "{}", answer.body);
                took.push(answer.took);
            }
            429 | 503 => assert!(answer.retry_after.is_some_and(|seconds| seconds > 0), "{}", answer.body),
            status => panic!("{status}: {}", answer.body),
        }
    }
    took.sort();
    let rank = (took.len() * 99).div_ceil(100).max(1);
    *took.get(rank - 1).expect("some confirms were taken")
}

/// Once everything is decided, the processor's journal and the books say the same.
async fn agree(stack: &Stack, server: &Server, key: &str, told: &Told) {
    let read = async |path: String| {
        let request = stack.http.get(format!("{}{path}", server.origin)).bearer_auth(key);
        stack.send(request).await.expect(200).json()
    };
    for status in ["created", "sending", "in_doubt"] {
        let decided = async {
            while !read(format!("/v1/charges?status={status}")).await["data"].as_array().unwrap().is_empty() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(180), decided).await.expect("everything is decided");
    }
    let mut booked: BTreeMap<String, String> = BTreeMap::new();
    let mut after = String::new();
    loop {
        let page = read(format!("/v1/payments?limit=100{after}")).await;
        for payment in page["data"].as_array().unwrap() {
            let (charge, invoice) = (payment["processor_reference"].as_str(), payment["invoice"].as_str());
            let twice = booked.insert(charge.unwrap().to_owned(), invoice.unwrap().to_owned());
            assert_eq!(twice, None, "{payment}");
        }
        match page["next_cursor"].as_str() {
            Some(next) => after = format!("&cursor={next}"),
            None => break,
        }
    }
    let taken = journal(stack).await;
    assert_eq!(booked.keys().cloned().collect::<BTreeSet<_>>(), taken, "journal and books");
    assert_eq!(booked.values().collect::<BTreeSet<_>>().len(), booked.len(), "no invoice is paid twice");
    let paid: BTreeSet<&str> = told
        .confirms
        .iter()
        .filter(|(_, answer)| answer.body["status"] == "succeeded")
        .map(|(payer, _)| payer.body["attempt_id"].as_str().unwrap())
        .collect();
    assert!(paid.len() + MEASURED <= booked.len(), "{} were told that they paid", paid.len());
}

/// The processor's name for every charge that it made.
async fn journal(stack: &Stack) -> BTreeSet<String> {
    let mut taken = BTreeSet::new();
    let mut after = String::new();
    loop {
        let url = format!("{}/sandbox/journal?limit=1000{after}", stack.processor);
        let reply = stack.send(stack.http.get(url).bearer_auth(PROCESSOR_SECRET)).await.expect(200).json();
        let rows = reply["data"].as_array().unwrap().clone();
        for row in rows.iter().filter(|row| row["op"] == "charge" && row["status"] == "succeeded") {
            assert!(taken.insert(row["payment_intent"].as_str().unwrap().to_owned()), "{row}");
        }
        match rows.last() {
            Some(last) if rows.len() == 1_000 => after = format!("&after={}", last["seq"]),
            _ => return taken,
        }
    }
}
