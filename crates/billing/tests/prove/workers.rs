//! Four worker processes on one database: killed, and stopped for longer than their leases last, at random, while
//! thousands of charges fall due at once; then the processor's journal and our books are joined.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rand::RngExt as _;
use serde_json::json;
use tokio::task::JoinSet;

use crate::database::{Database, Engine};
use crate::join::join;
use crate::life::Life;
use crate::processor::Processor;
use crate::scale::{Scale, choices};
use crate::work::{Kind, Told};
use crate::world::{Times, World, settle};

/// Charges, in the short form and the long one.
const CHARGES: (u64, u64) = (2_000, 10_000);
/// Processes.
const WORKERS: u64 = 4;
/// Prepared at once.
const AT_ONCE: usize = 24;
/// Calm enough that five processes, and the look-ups of whatever they leave behind, do not drown the processor.
const TIMES: Times = Times {
    call_ms: 1_000,
    lease_ms: 2_500,
    visible_ms: 1_000,
    look_up_ms: 100,
    look_up_ms_max: 2_000,
    calls_max: 4,
};
/// How long a worker stops: longer than a lease lasts.
const STOPPED_MS: std::ops::Range<u64> = 2_600..4_000;
/// Everything must be decided by then once nothing happens to the workers any more.
const SETTLED_WITHIN: Duration = Duration::from_secs(60);

/// What was done to the workers.
#[derive(Debug, Default)]
struct Done {
    killed: usize,
    stopped: usize,
}

/// Positive control: without the fence in `RECORD_OUTCOME` and before it in `record_outcome`, a worker that goes on after
/// its lease contradicts the one that took over (tried).
#[tokio::test(flavor = "multi_thread")]
async fn four_of_them_share_one_database() {
    if !Database::postgres_is_wanted() {
        return;
    }
    let scale = Scale::asked();
    let seed = scale.seeds(1, 1).first().copied().unwrap();
    let count = scale.of(CHARGES.0, CHARGES.1);
    let processor = Processor::start().await;
    let mut world = World::make(Engine::Postgres, &processor, "workers", TIMES).await;
    let server = world.live(None).await;
    world.open_wallets(4).await;
    let world = Arc::new(world);
    let told = order(&world, count, seed).await;

    let mut books = world.books().await;
    world.account.faults(&faults(seed)).await;
    let is_over = Arc::new(AtomicBool::new(false));
    let mut workers = JoinSet::new();
    for worker in 1..=WORKERS {
        let (world, is_over) = (world.clone(), is_over.clone());
        workers.spawn(async move { torment(&world, seed * 10 + worker, &is_over).await });
    }
    books.execute("UPDATE attempts SET due_at_ms = 0 WHERE status = 'created'").await;
    // Half a minute for each thousand is far more than it takes.
    for _ in 0..count * 3 {
        if books.count("attempts WHERE status IN ('created', 'sending', 'in_doubt')").await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    is_over.store(true, Ordering::SeqCst);
    let done = workers.join_all().await;
    world.account.faults(&[]).await;
    let mut wrong = settle(&world, SETTLED_WITHIN).await;
    let findings = join(&world, &told).await;
    wrong.extend(findings.wrong);
    let (killed, stopped) =
        done.iter().fold((0, 0), |(killed, stopped), done| (killed + done.killed, stopped + done.stopped));
    let looked_up = books.count("attempts WHERE look_ups > 0").await;
    println!(
        "{count} charges by {WORKERS} workers that were killed {killed} times and stopped {stopped} times: {looked_up} \
         looked up, none twice and none lost\n  ended {:?}",
        findings.ended
    );
    assert!(
        wrong.is_empty(),
        "again: PAYDESK_PROVE_SEED={seed} cargo xtask prove workers\n{}\n{}",
        wrong.join("\n"),
        std::fs::read_to_string(world.folder.path().join("log")).unwrap(),
    );
    assert!(killed > 3 && stopped > 3 && looked_up > 0, "too little happened to prove anything");
    server.stop().await;
}

/// Charges that are due some day.
async fn order(world: &Arc<World>, count: u64, seed: u64) -> Vec<Told> {
    let (mut told, mut asking) = (Vec::new(), JoinSet::new());
    for number in 0..count {
        if asking.len() >= AT_ONCE {
            told.push(asking.join_next().await.unwrap().unwrap());
        }
        let world = world.clone();
        asking.spawn(async move {
            let mut random = choices(seed * 1_000_000 + number);
            let work = world.prepare(Kind::Merchant, &mut random).await;
            world.ask(work.due("2099-01-01T00:00:00Z")).await
        });
    }
    told.extend(asking.join_all().await);
    assert!(told.iter().all(|told| told.order().is_some()), "each of them is taken");
    told
}

/// Answers get lost, calls take long, the processor fails.
fn faults(seed: u64) -> Vec<serde_json::Value> {
    let share = |probability: f64, action: serde_json::Value| json!({"match": {"share": {"probability": probability, "seed": seed}}, "action": action});
    vec![
        share(0.03, json!({"type": "drop_answer"})),
        share(0.02, json!({"type": "drop_answer", "when": "before"})),
        share(0.02, json!({"type": "server_error", "when": "after"})),
        share(0.03, json!({"type": "delay", "ms": 3_000, "when": "before"})),
    ]
}

/// A worker, and what happens to it again and again.
async fn torment(world: &World, seed: u64, is_over: &AtomicBool) -> Done {
    let (mut random, mut done) = (choices(seed), Done::default());
    let live = async || Life::start(world.folder.path(), "work", None).await;
    let mut life = live().await;
    while !is_over.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_millis(random.random_range(300..2_500))).await;
        if random.random_bool(0.7) {
            life.kill().await;
            life = live().await;
            done.killed += 1;
        } else {
            life.signal("-STOP").await;
            tokio::time::sleep(Duration::from_millis(random.random_range(STOPPED_MS))).await;
            life.signal("-CONT").await;
            done.stopped += 1;
        }
    }
    life.stop().await;
    done
}
