//! Four worker processes on one database: killed, and stopped for longer than their leases last, at random, while
//! thousands of charges fall due at once; then the processor's journal and our books are joined.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rand::RngExt as _;
use serde_json::json;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::database::{Database, Engine};
use crate::join::join;
use crate::life::Life;
use crate::processor::Processor;
use crate::scale::{Scale, choices};
use crate::work::{Kind, Told};
use crate::world::{Times, World, settle};

/// Charges in one trial. There are not more at one account of the processor within minutes, because whoever looks for a
/// charge that never came reads all of them.
const CHARGES: u64 = 250;
/// Trials, in the short form and the long one.
const TRIALS: (u64, u64) = (8, 40);
/// Organizations that they are of: what is written of one of them is written one after the other.
const ORGANIZATIONS: usize = 4;
/// Processes.
const WORKERS: u64 = 4;
/// Prepared at once.
const AT_ONCE: usize = 24;
/// Calm enough that five processes, and the look-ups of whatever they leave behind, do not drown the processor.
const TIMES: Times = Times {
    call_ms: 1_500,
    lease_ms: 4_000,
    visible_ms: 1_000,
    look_up_ms: 100,
    look_up_ms_max: 2_000,
    calls_max: 4,
};
/// How long a worker stops: longer than a lease lasts.
const STOPPED_MS: std::ops::Range<u64> = 4_100..5_500;
/// Everything must be decided by then once nothing happens to the workers any more.
const SETTLED_WITHIN: Duration = Duration::from_secs(60);
/// And before that, within this.
const DRAINED_WITHIN: Duration = Duration::from_secs(10 * 60);

/// What was done to the workers.
#[derive(Debug, Default)]
struct Done {
    killed: usize,
    stopped: usize,
}

/// Positive control: without the comparison of fences in `in_one_transaction`, a worker that goes on after
/// its lease contradicts the one that took over (tried).
#[tokio::test(flavor = "multi_thread")]
async fn four_of_them_share_one_database() {
    if Database::postgres_is_wanted() {
        for seed in Scale::asked().seeds(TRIALS.0, TRIALS.1) {
            trial(seed).await;
        }
    }
}

async fn trial(seed: u64) {
    let processor = Processor::start().await;
    let mut first = World::make(Engine::Postgres, &processor, "workers", TIMES).await;
    let server = first.live(None).await;
    first.open_wallets(2).await;
    let mut worlds = vec![Arc::new(first)];
    while worlds.len() < ORGANIZATIONS {
        let mut next = worlds[0].beside().await;
        next.open_wallets(2).await;
        worlds.push(Arc::new(next));
    }
    let told = order(&worlds, seed).await;

    let world = &worlds[0];
    world.account.faults(&faults(seed)).await;
    let done = drain(&worlds, seed).await;
    world.account.faults(&[]).await;
    let (mut wrong, mut ended) = (Vec::new(), BTreeMap::<String, usize>::new());
    for (world, told) in worlds.iter().zip(&told) {
        wrong.extend(settle(world, SETTLED_WITHIN).await);
        let findings = join(world, told).await;
        wrong.extend(findings.wrong);
        for (status, times) in findings.ended {
            *ended.entry(status).or_default() += times;
        }
    }
    let looked_up = world.workers_books().await.count("attempts WHERE look_ups > 0").await;
    let Done { killed, stopped } = done;
    println!(
        "{CHARGES} charges by {WORKERS} workers that were killed {killed} times and stopped {stopped} times; {looked_up} \
         looked up, ended {ended:?}"
    );
    assert!(
        wrong.is_empty(),
        "trial {seed}; again: PAYDESK_PROVE_SEED={seed} cargo xtask prove workers\n{}\nlog:\n{}",
        wrong.join("\n"),
        std::fs::read_to_string(world.folder.path().join("log")).unwrap(),
    );
    assert!(killed > 3 && stopped > 1 && looked_up > 0, "too little happened to prove anything");
    server.stop().await;
}

/// Lets everything fall due at once, and torments the workers until it is decided.
async fn drain(worlds: &[Arc<World>], seed: u64) -> Done {
    let (is_over, one_stops) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(())));
    let mut workers = JoinSet::new();
    for worker in 1..=WORKERS {
        let (world, is_over, one_stops) = (worlds[0].clone(), is_over.clone(), one_stops.clone());
        workers.spawn(async move { torment(&world, seed * 10 + worker, &is_over, &one_stops).await });
    }
    for world in worlds {
        let fall_due = "UPDATE attempts SET due_at_ms = 0 WHERE status = 'created'";
        world.books().await.execute(fall_due).await;
    }
    let mut books = worlds[0].workers_books().await;
    for _ in 0..DRAINED_WITHIN.as_millis() / 100 {
        if books.count("attempts WHERE status IN ('created', 'sending', 'in_doubt')").await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    is_over.store(true, Ordering::SeqCst);
    workers.join_all().await.into_iter().fold(Done::default(), |sum, done| Done {
        killed: sum.killed + done.killed,
        stopped: sum.stopped + done.stopped,
    })
}

/// Charges that are due some day, as many of each organization.
async fn order(worlds: &[Arc<World>], seed: u64) -> Vec<Vec<Told>> {
    let mut told: Vec<Vec<Told>> = worlds.iter().map(|_| Vec::new()).collect();
    let mut asking = JoinSet::new();
    for (number, at) in (0..CHARGES).zip((0..worlds.len()).cycle()) {
        if asking.len() >= AT_ONCE {
            let (at, one): (usize, Told) = asking.join_next().await.unwrap().unwrap();
            told[at].push(one);
        }
        let world = worlds[at].clone();
        asking.spawn(async move {
            let mut random = choices(seed * 1_000_000 + number);
            let work = world.prepare(Kind::Merchant, &mut random).await;
            (at, world.ask(work.due("2099-01-01T00:00:00Z")).await)
        });
    }
    for (at, one) in asking.join_all().await {
        told[at].push(one);
    }
    assert!(told.iter().flatten().all(|told| told.order().is_some()), "each of them is taken");
    told
}

/// Answers get lost, calls take long, the processor fails.
fn faults(seed: u64) -> Vec<serde_json::Value> {
    let share = |probability: f64, action: serde_json::Value| json!({"match": {"share": {"probability": probability, "seed": seed}}, "action": action});
    vec![
        share(0.03, json!({"type": "drop_answer"})),
        share(0.02, json!({"type": "drop_answer", "when": "before"})),
        share(0.02, json!({"type": "server_error", "when": "after"})),
        share(0.03, json!({"type": "delay", "ms": 2_000, "when": "before"})),
    ]
}

/// A worker, and what happens to it again and again. One is stopped at a time: the locks of its transactions hold the others
/// up until the database ends its sessions.
async fn torment(world: &World, seed: u64, is_over: &AtomicBool, one_stops: &Mutex<()>) -> Done {
    let (mut random, mut done) = (choices(seed), Done::default());
    let live = async || Life::start(world.folder.path(), "work", None).await;
    let mut life = live().await;
    while !is_over.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_millis(random.random_range(200..2_500))).await;
        let stops = random.random_bool(0.3).then(|| one_stops.try_lock().ok()).flatten();
        if stops.is_some() {
            life.signal("-STOP").await;
            tokio::time::sleep(Duration::from_millis(random.random_range(STOPPED_MS))).await;
            life.signal("-CONT").await;
            done.stopped += 1;
        } else {
            life.kill().await;
            life = live().await;
            done.killed += 1;
        }
    }
    life.stop().await;
    done
}
