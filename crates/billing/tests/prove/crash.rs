//! The crash matrix: the program is killed at every named place around intent, sending, reply and outcome, and from
//! outside at any moment, while the processor drops, delays and fails; again while it recovers from that; then it is let
//! be, and the processor's journal and our books are joined.
//!
//! A trial is one database and one account at the processor, and many deaths in a row; each death is one crash. A trial
//! that fails names its seed: `PAYDESK_PROVE_SEED=n` makes the same choices again, in that trial alone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use paydesk_billing::failpoint::PLACES;
use rand::RngExt as _;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::database::{Database, Engine};
use crate::join::join;
use crate::processor::Processor;
use crate::scale::{Scale, choices};
use crate::work::{ALL, CHARGES, CONFIRMS, Kind, REFUNDS, Told, Work};
use crate::world::{QUICK, World, settle};

/// Trials on each engine, in the short form and the long one.
const TRIALS: (u64, u64) = (20, 200);
/// Crashes in one trial.
const CRASHES: usize = 25;
/// Trials at once: most of the time a trial waits.
const AT_ONCE: usize = 3;
/// How long a life may go on without coming to its place. After that it is killed from outside.
const LIFE_MAX: Duration = Duration::from_millis(2_500);
/// The longest that a request may lie at the processor before it is carried out: far longer than its call may take, and
/// than the processor promises.
const DELAY_MS_MAX: u64 = 1_200;
/// Everything must be decided by then once nothing dies any more.
const SETTLED_WITHIN: Duration = Duration::from_secs(60);
/// Killed from outside, at any moment.
const ANYWHERE: &str = "anywhere";

/// How one life goes and ends.
#[derive(Clone, Debug)]
struct Death {
    place: &'static str,
    /// At which passing.
    time: u32,
    kinds: Vec<Kind>,
    faults: Vec<Value>,
    /// When it is killed from outside, if it is.
    after_ms: u64,
}

/// What a trial came to.
#[derive(Debug, Default)]
struct Trial {
    died: BTreeMap<&'static str, usize>,
    /// Killed from outside because they did not come to their place.
    missed: BTreeMap<&'static str, usize>,
    ended: BTreeMap<String, usize>,
    charges: usize,
    refunds: usize,
    called_back: usize,
    wrong: Vec<String>,
}

/// Positive controls, each planted in the engine and caught within the short form (all tried):
/// an unknown outcome that is taken for "not sent" (`failed` in `charge_attempt.rs`);
/// a request that is sent again under a fresh key (`key` in `send`);
/// an intent that is committed after the call (`take` in `confirm_checkout.rs` calling the processor before its commit);
/// an unknown outcome of calling a debit back that is taken for "not sent" (`call_refund` in `send_refund.rs`).
#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    prove(Engine::Sqlite).await;
}

/// The same, with the same positive controls.
#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    if Database::postgres_is_wanted() {
        prove(Engine::Postgres).await;
    }
}

async fn prove(engine: Engine) {
    let scale = Scale::asked();
    let processor = Arc::new(Processor::start().await);
    let (mut sum, mut trials) = (Trial::default(), JoinSet::new());
    let seeds = scale.seeds(TRIALS.0, TRIALS.1);
    let is_whole = seeds.len() > 1;
    let mut seeds = seeds.into_iter();
    loop {
        while trials.len() < AT_ONCE
            && let Some(seed) = seeds.next()
        {
            let processor = processor.clone();
            trials.spawn(async move { (seed, trial(engine, &processor, seed).await) });
        }
        let Some(ended) = trials.join_next().await else {
            break;
        };
        let (seed, trial) = ended.unwrap();
        assert!(
            trial.wrong.is_empty(),
            "trial {seed} on {engine:?}; again: PAYDESK_PROVE_SEED={seed} cargo xtask prove crash\n{}\n{:?}",
            trial.wrong.join("\n"),
            deaths(&mut choices(seed)),
        );
        sum.add(trial);
    }
    let crashes: usize = sum.died.values().chain(sum.missed.values()).sum();
    println!(
        "{engine:?}: {crashes} crashes, {} charges, {} refunds and {} debits called back, none twice and none lost\n  \
         died at {:?}\n  killed elsewhere {:?}\n  ended {:?}",
        sum.charges, sum.refunds, sum.called_back, sum.died, sum.missed, sum.ended
    );
    if is_whole {
        let missed: Vec<_> = PLACES.iter().filter(|place| !sum.died.contains_key(*place)).collect();
        assert!(missed.is_empty(), "nothing died at {missed:?}");
        for kind in ["refund", "refund of a debit", "cancel_debit"] {
            let ended = format!("{kind} succeeded");
            assert!(sum.ended.contains_key(&ended), "no {ended}: {:?}", sum.ended);
        }
    }
}

impl Trial {
    fn add(&mut self, other: Self) {
        for (mine, others) in [(&mut self.died, other.died), (&mut self.missed, other.missed)] {
            for (place, times) in others {
                *mine.entry(place).or_default() += times;
            }
        }
        for (status, times) in other.ended {
            *self.ended.entry(status).or_default() += times;
        }
        self.charges += other.charges;
        self.refunds += other.refunds;
        self.called_back += other.called_back;
    }
}

/// The lives of one trial.
fn deaths(random: &mut ChaCha20Rng) -> Vec<Death> {
    let mut places: Vec<&'static str> = Vec::new();
    while places.len() < CRASHES {
        places.extend(PLACES.iter().chain([&ANYWHERE]));
    }
    places.shuffle(random);
    places.truncate(CRASHES);
    places.into_iter().map(|place| death(place, random)).collect()
}

fn death(place: &'static str, random: &mut ChaCha20Rng) -> Death {
    let kinds: &[Kind] = match place {
        "charge.before_intent" | "charge.after_intent" => &CONFIRMS,
        place if place.starts_with("challenge.") => &[Kind::Asked],
        "retry.before_commit" => &[Kind::Merchant],
        place if place.starts_with("charge.") => &CHARGES,
        place if place.starts_with("refund.") => &REFUNDS,
        _ => &ALL,
    };
    let on = ["payment_intents.create", "payment_intents.cancel", "refunds.create"];
    let mut faults = match place {
        "look_up.before_outcome" => {
            vec![json!({"match": "every", "on": on, "times": 2, "action": {"type": "drop_answer"}})]
        }
        "retry.before_commit" => {
            let action = json!({"type": "decline", "code": "insufficient_funds"});
            // The cards' alone.
            vec![json!({"match": {"card": "4242"}, "on": on, "times": 2, "action": action})]
        }
        _ => Vec::new(),
    };
    // One that is refused must not be lost as well.
    let is_retry = place == "retry.before_commit";
    if random.random_bool(0.6) && !is_retry {
        faults.push(fault(random));
    }
    Death {
        place,
        time: if is_retry { 1 } else { random.random_range(1..=2) },
        kinds: (0..random.random_range(2..=3)).map(|_| *kinds.choose(random).unwrap()).collect(),
        faults,
        after_ms: random.random_range(0..150),
    }
}

/// A fault of the processor or of the way to it.
fn fault(random: &mut ChaCha20Rng) -> Value {
    let ms = random.random_range(250..=DELAY_MS_MAX);
    let (on, action) = match random.random_range(0..10) {
        0 | 1 => (None, json!({"type": "drop_answer"})),
        2 => (None, json!({"type": "drop_answer", "when": "before"})),
        3 => (None, json!({"type": "server_error", "when": "before"})),
        4 => (None, json!({"type": "server_error", "when": "after", "remembered": random.random_bool(0.5)})),
        5..=7 => (None, json!({"type": "delay", "ms": ms, "when": "before"})),
        8 => (None, json!({"type": "delay", "ms": ms, "when": "after"})),
        _ => (Some("any"), json!({"type": "drop_answer"})),
    };
    let share = json!({"probability": 0.4, "seed": random.random_range(0..1_000_000)});
    let mut fault = json!({"match": {"share": share}, "action": action});
    if let Some(on) = on {
        fault["on"] = json!([on]);
    }
    fault
}

async fn trial(engine: Engine, processor: &Processor, seed: u64) -> Trial {
    let mut random = choices(seed);
    let deaths = deaths(&mut random);
    let name = format!("crash{engine:?}{seed}").to_lowercase();
    let mut world = World::make(engine, processor, &name, QUICK).await;
    let life = world.live(None).await;
    world.open_wallets(3).await;
    let mut works = Vec::new();
    for death in &deaths {
        let mut asked = Vec::new();
        for kind in &death.kinds {
            asked.push(world.prepare(*kind, &mut random).await);
        }
        works.push(asked);
    }
    life.kill().await;

    let (world, mut trial) = (Arc::new(world), Trial::default());
    let (mut told, mut unanswered): (Vec<Told>, Vec<Work>) = (Vec::new(), Vec::new());
    for (death, mut asked) in deaths.iter().zip(works) {
        world.account.faults(&death.faults).await;
        // Whoever heard nothing asks again, or does not.
        asked.extend(unanswered.drain(..).filter(|_| random.random_bool(0.5)));
        for one in live_and_die(&world, death, asked, &mut trial).await {
            if one.reply.is_none() {
                unanswered.push(one.work.clone());
            }
            told.push(one);
        }
    }

    world.account.faults(&[]).await;
    let life = world.live(None).await;
    for work in unanswered {
        told.push(world.ask(work).await);
    }
    // What still lies at the processor will be carried out by then, once more if it can be.
    tokio::time::sleep(Duration::from_millis(DELAY_MS_MAX)).await;
    trial.wrong.extend(settle(&world, SETTLED_WITHIN).await);
    let findings = join(&world, &told).await;
    trial.wrong.extend(findings.wrong);
    (trial.ended, trial.charges) = (findings.ended, findings.charges);
    (trial.refunds, trial.called_back) = (findings.refunds, findings.called_back);
    life.stop().await;
    if !trial.wrong.is_empty() {
        let log = std::fs::read_to_string(world.folder.path().join("log")).unwrap();
        trial.wrong.push(format!("its log:\n{log}"));
    }
    trial
}

/// One life: work until it dies.
async fn live_and_die(world: &Arc<World>, death: &Death, asked: Vec<Work>, trial: &mut Trial) -> Vec<Told> {
    let place = format!("{}:{}", death.place, death.time);
    let mut life = world.live((death.place != ANYWHERE).then_some(&place)).await;
    let mut asking = JoinSet::new();
    for work in asked {
        let world = world.clone();
        asking.spawn(async move { world.ask(work).await });
    }
    if death.place == "retry.before_commit" {
        let_retries_fall_due(world).await;
    }
    let patience = if death.place == ANYWHERE { Duration::from_millis(death.after_ms) } else { LIFE_MAX };
    let dies = life.dies_within(patience).await;
    let count = if dies || death.place == ANYWHERE { &mut trial.died } else { &mut trial.missed };
    *count.entry(death.place).or_default() += 1;
    life.kill().await;
    asking.join_all().await
}

/// The rules plan another try in days; here they are over at once.
async fn let_retries_fall_due(world: &World) {
    let mut books = world.books().await;
    for _ in 0..30 {
        if books.count("retries WHERE done_at_ms IS NULL").await > 0 {
            return books.execute("UPDATE retries SET due_at_ms = 0 WHERE done_at_ms IS NULL").await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
