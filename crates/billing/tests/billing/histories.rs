//! What the processor tells by itself, in every order: told once to five times, late, before the reply and between
//! look-ups. Whatever the order, the books end as if everything had come once and in order.
//!
//! The short form plays 500 histories on each database: a history is about thirty durable commits, and a disk gives a few
//! hundred a second. `cargo xtask prove histories` plays 10,000 on each, `PAYDESK_HISTORIES=n` as many as it says.

pub mod cast;
pub mod script;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use paydesk_billing::app::App;
use paydesk_billing::store::{ActionItemFilter, Page, Tenant};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::support::{Engine, Stack, WEBHOOK_SECRET, attempt_id, on_both, scale};
use cast::{AMOUNT, Client};
use script::{Fate, Judge, Reply, Script, Scripted, bring, letter, sign};

on_both! {
    every_history_ends_alike;
    what_is_not_genuine_is_refused;
}

const HISTORIES: usize = 500;
const HISTORIES_LONG: usize = 10_000;
/// Rounds in which things are told, a minute each, before everything is given the time to be heard.
const ROUNDS: usize = 12;

/// SplitMix64: the same histories on every machine.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(sides).unwrap()).unwrap()
    }
}

/// One charge and what is told of it.
struct History {
    fate: Fate,
    attempt: String,
    /// What is brought in which round.
    letters: Vec<(usize, Vec<u8>)>,
    story: String,
}

pub struct Stage {
    pub app: App,
    pub tenant: Tenant,
    pub scripted: Arc<Scripted>,
    organization: String,
}

pub fn stage(stack: &Stack, judge: Option<Judge>) -> Stage {
    let scripted = Arc::new(Scripted {
        real: stack.app.processor.clone(),
        fates: Mutex::default(),
        app: OnceLock::new(),
        judge,
        sent: Mutex::default(),
    });
    // Four at once: so many lost answers in a row do not open the circuit breaker, which is not what is tested here.
    let charge_slots = Arc::new(Semaphore::new(4));
    let app = App { processor: scripted.clone(), charge_slots, ..stack.app.clone() };
    scripted.app.set(app.clone()).unwrap();
    let tenant = app.store.organization(stack.organization.clone());
    Stage { app, tenant, scripted, organization: stack.organization.as_str().to_owned() }
}

/// The history of a fate: everything once and in order, or as the dice have it.
fn history(stage: &Stage, fate: Fate, dice: Option<&mut Dice>) -> (History, Script) {
    let attempt = attempt_id();
    let now = stage.app.mint.now();
    let events = fate.events(&stage.organization, &attempt);
    let bodies: Vec<Vec<u8>> = events
        .iter()
        .enumerate()
        .map(|(index, (kind, object))| letter(&format!("evt_{attempt}_{index}"), kind, object, now))
        .collect();
    let mut script = Script::default();
    let mut letters: Vec<(usize, Vec<u8>)> = Vec::new();
    match dice {
        None => letters.extend((2..).zip(bodies)),
        Some(dice) => {
            for _ in 0..dice.below(4) {
                let reply = [Reply::LostAfter, Reply::LostAfter, Reply::LostBefore][dice.below(3)];
                script.replies.push(reply);
            }
            if dice.below(2) == 0 {
                script.replies.push(Reply::Overtaken);
                script.early = bodies.iter().filter(|_| dice.below(2) == 0).cloned().collect();
            }
            for _ in 0..dice.below(4) {
                script.look_ups.push([Reply::Blind, Reply::LostAfter][dice.below(2)]);
            }
            for body in bodies {
                for _ in 0..=dice.below(5) {
                    letters.push((dice.below(ROUNDS), body.clone()));
                }
            }
            for index in (1..letters.len()).rev() {
                letters.swap(index, dice.below(index + 1));
            }
        }
    }
    let order: Vec<String> =
        letters.iter().map(|(round, body)| format!("{round}:{}", name_of(body))).collect();
    let early: Vec<String> = script.early.iter().map(|body| name_of(body)).collect();
    let story = format!(
        "{fate:?}: replies {:?}, look-ups {:?}, early {early:?}, told {order:?}",
        script.replies, script.look_ups
    );
    (History { fate, attempt, letters, story }, script)
}

fn name_of(body: &[u8]) -> String {
    serde_json::from_slice::<Value>(body).unwrap()["type"].as_str().unwrap().to_owned()
}

/// Plays histories side by side, and answers how the books stand for each.
async fn play(
    stage: &Stage,
    clock: &paydesk_billing::clock::ManualClock,
    histories: &[History],
) -> Vec<Value> {
    let mut clients = Vec::new();
    for chunk in histories.chunks(50) {
        let mut tx = stage.tenant.write().await.unwrap();
        for history in chunk {
            let client = Client::write(&stage.app, &mut tx, history.fate.kind()).await;
            client.owe(&stage.app, &mut tx, &history.attempt).await;
            clients.push(client);
        }
        tx.commit().await.unwrap();
    }
    let mut letters: BTreeMap<usize, Vec<&[u8]>> = BTreeMap::new();
    for (round, body) in histories.iter().flat_map(|history| &history.letters) {
        letters.entry(*round).or_default().push(body);
    }
    for round in 0..ROUNDS {
        for body in letters.remove(&round).unwrap_or_default() {
            bring(&stage.app, body).await;
        }
        while stage.app.sweep().await.unwrap() > 0 {}
        clock.advance(Duration::from_secs(60));
    }
    assert!(letters.is_empty(), "everything was told");
    for _ in 0..8 {
        clock.advance(Duration::from_secs(3_600));
        while stage.app.sweep().await.unwrap() > 0 {}
    }
    let mut states = Vec::new();
    let ledger = ledger(stage).await;
    let items = items(stage).await;
    for (history, client) in histories.iter().zip(&clients) {
        states.push(state(stage, history, client, &ledger, &items).await);
    }
    states
}

async fn ledger(stage: &Stage) -> HashMap<String, i64> {
    let mut sums: HashMap<String, i64> = HashMap::new();
    for entry in stage.tenant.read().await.unwrap().list_entries().await.unwrap() {
        *sums.entry(entry.account).or_default() += entry.amount;
    }
    assert_eq!(sums.values().sum::<i64>(), 0);
    sums
}

async fn items(stage: &Stage) -> HashMap<String, Vec<String>> {
    let mut items: HashMap<String, Vec<String>> = HashMap::new();
    let mut tx = stage.tenant.read().await.unwrap();
    let mut page = Page { after: String::new(), limit: 500 };
    loop {
        let rows = tx.list_action_items(&page, &ActionItemFilter::default()).await.unwrap();
        let Some(last) = rows.last() else {
            return items;
        };
        page.after = last.id.clone();
        for row in rows {
            items.entry(row.subject).or_default().push(format!("{} {:?}", row.kind, row.code));
        }
    }
}

/// Everything that must not depend on the order: what is owed, the attempt, the payment, its lines, the ledger, the
/// agreement, the method, what a human must do and what is planned.
async fn state(
    stage: &Stage,
    history: &History,
    client: &Client,
    ledger: &HashMap<String, i64>,
    items: &HashMap<String, Vec<String>>,
) -> Value {
    let mut tx = stage.tenant.read().await.unwrap();
    let attempt = tx.find_attempt(&history.attempt).await.unwrap().unwrap();
    let invoice = tx.find_invoice(&attempt.invoice_id).await.unwrap().unwrap();
    let payment = tx.payment_of_attempt(&history.attempt).await.unwrap();
    let mut lines: BTreeMap<String, i64> = BTreeMap::new();
    if let Some(payment) = &payment {
        for line in tx.list_allocations(&payment.id).await.unwrap() {
            *lines.entry(line.item_id).or_default() += line.amount;
        }
    }
    let items_of = tx.list_items(&attempt.invoice_id).await.unwrap();
    let lines: Vec<i64> =
        items_of.iter().map(|item| lines.get(&item.id).copied().unwrap_or_default()).collect();
    assert_eq!(lines, items_of.iter().map(|item| item.covered).collect::<Vec<_>>());
    let planned = tx.planned_retry(&history.attempt).await.unwrap().is_some();
    let mandate = match &attempt.mandate_id {
        Some(id) => tx.find_mandate(id).await.unwrap(),
        None => None,
    };
    tx.act_for_login(&client.login).await.unwrap();
    let method =
        tx.method_by_reference(&client.login, "default", attempt.processor_method.as_deref().unwrap());
    let method = method.await.unwrap().unwrap();
    let mandate_is_known = mandate.as_ref().is_some_and(|mandate| mandate.processor_reference.is_some());
    let facts_known = mandate_is_known || method.network_transaction_id.is_some();
    let of_client =
        |kind: &str| ledger.get(&format!("{kind}:{}", client.account)).copied().unwrap_or_default();
    let of_client = ["receivable", "unsettled", "credit"].map(of_client);
    let is_taken = payment.is_some();
    let mandate_ended = mandate.and_then(|mandate| mandate.ended_because);
    json!({
        "invoice": [invoice.total, invoice.paid, invoice.pending],
        "attempt": [attempt.status, attempt.processor_reference.is_some(), attempt.decline_code, attempt.failure],
        "payment": payment.map(|payment| json!([payment.status, payment.return_code, payment.amount])),
        "lines": lines,
        "ledger": of_client,
        "facts_missing": is_taken && !facts_known,
        "mandate_ended": mandate_ended,
        "blocked_by": method.blocked_by,
        "items": items.get(&history.attempt),
        "planned": planned,
    })
}

/// Positive controls: ignoring what a charge's events call its mandate, ignoring news of a mandate whose name is not known
/// yet, or (in the domain) taking a late `Settle` for news after a return, each makes a history differ (tried).
async fn every_history_ends_alike(engine: Engine) {
    let count = std::env::var("PAYDESK_HISTORIES")
        .map_or(scale(HISTORIES, HISTORIES_LONG), |count| count.parse().unwrap());
    let stack = Stack::start(engine).await;
    let stage = stage(&stack, None);
    let cast = |histories: Vec<(History, Script)>| {
        let mut fates = stage.scripted.fates.lock().unwrap();
        let keep = |(history, script): (History, Script)| {
            fates.insert(history.attempt.clone(), (history.fate, script));
            history
        };
        histories.into_iter().map(keep).collect::<Vec<_>>()
    };
    let ordered = cast(Fate::ALL.into_iter().map(|fate| history(&stage, fate, None)).collect());
    let wanted: HashMap<Fate, Value> =
        Fate::ALL.into_iter().zip(play(&stage, &stack.clock, &ordered).await).collect();
    assert!(wanted.values().all(|state| state["facts_missing"] == json!(false)), "{wanted:?}");
    let mut dice = Dice(20_261_125);
    let mut done = 0;
    while done < count {
        let batch = (count - done).min(1_000);
        let made = (0..batch).map(|index| {
            let fate = Fate::ALL[index % Fate::ALL.len()];
            history(&stage, fate, Some(&mut dice))
        });
        let histories = cast(made.collect());
        let states = play(&stage, &stack.clock, &histories).await;
        for (history, state) in histories.iter().zip(states) {
            assert_eq!(wanted[&history.fate], state, "{}", history.story);
        }
        // The batches take hours of the clock each, and some rules plan another try for the day after: it is in nobody's script.
        let over = "UPDATE retries SET done_at_ms = 0 WHERE done_at_ms IS NULL";
        stack.database.execute_for(stack.organization.as_str(), over).await.unwrap();
        done += batch;
    }
}

/// Positive control: a window of ten minutes lets the delivery of 301 seconds ago through (tried).
async fn what_is_not_genuine_is_refused(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret) = stack.open().await;
    let body = stack.with_card("4242424242424242", AMOUNT).await;
    let silent =
        json!({"match": "every", "on": ["payment_intents.create"], "action": {"type": "rate_limit"}});
    stack.scenario(silent).await;
    stack.confirm(&secret, &body).await;
    let attempt = body["attempt_id"].as_str().unwrap();
    let (kind, object) = Fate::CardTaken.events(stack.organization.as_str(), attempt).remove(0);
    let genuine = letter("evt_genuine", &kind, &object, stack.app.mint.now());
    let now_s = stack.app.mint.now().as_second();
    let signature = sign(&genuine, WEBHOOK_SECRET, now_s);
    let post = async |signature: Option<&str>, body: &[u8]| {
        let request = stack.http.post(format!("{}/processor/webhooks", stack.billing)).body(body.to_vec());
        let request =
            signature.into_iter().fold(request, |request, value| request.header("stripe-signature", value));
        stack.send(request).await.status
    };
    assert_eq!(post(None, &genuine).await, 400, "unsigned");
    for (age_s, fresh_enough) in [(301, false), (-301, false), (299, true), (-299, true)] {
        let old = letter(&format!("evt_{age_s}"), "kind.of_2031", &json!({}), stack.app.mint.now());
        let signature = sign(&old, WEBHOOK_SECRET, now_s - age_s);
        assert_eq!(post(Some(&signature), &old).await, if fresh_enough { 204 } else { 400 }, "{age_s} s");
    }
    assert_eq!(post(Some(&sign(&genuine, "whsec_of_somebody_else", now_s)), &genuine).await, 400, "forged");
    // Every bit of the body, of the time and of the signature.
    for bit in (0..genuine.len() * 8).step_by(7) {
        let mut flipped = genuine.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(post(Some(&signature), &flipped).await, 400, "bit {bit} of the body");
    }
    for index in 0..signature.len() {
        let mut flipped = signature.clone().into_bytes();
        flipped[index] ^= 1;
        let Ok(flipped) = String::from_utf8(flipped) else { continue };
        let refused = reqwest::header::HeaderValue::from_str(&flipped).is_ok();
        if refused && flipped.starts_with("t=") {
            assert_eq!(post(Some(&flipped), &genuine).await, 400, "{flipped}");
        }
    }
    // Nothing of all that was kept: the genuine one is news.
    let tenant = stack.app.store.organization(stack.organization.clone());
    let before = tenant.read().await.unwrap().find_attempt(attempt).await.unwrap().unwrap();
    assert!(before.processor_reference.is_none());
    assert_eq!(stack.app.store.due_processor_events(i64::MAX, 100).await.unwrap().len(), 0);
    assert_eq!(post(Some(&signature), &genuine).await, 204);
    assert_eq!(post(Some(&signature), &genuine).await, 204, "told again: taken, and kept once");
    assert_eq!(stack.app.store.due_processor_events(i64::MAX, 100).await.unwrap().len(), 1);
}
