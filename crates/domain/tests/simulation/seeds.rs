//! Runs seeds: all of them hold, and each planted defect is found.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Defect;
use crate::world::{Tally, World};

/// Seeds of the short form: some seconds.
const SEEDS: u64 = 10_000;
/// Seeds of the long form: some minutes.
const SEEDS_LONG: u64 = 1_000_000;

/// Runs a seed. The error is what was broken.
fn run(seed: u64, defect: Option<Defect>) -> Result<Tally, String> {
    let mut world = World::new(seed, defect, false);
    world.live();
    world.broken.map_or(Ok(world.tally), Err)
}

/// The story of a seed.
fn story(seed: u64) -> String {
    let mut world = World::new(seed, None, true);
    world.live();
    world.trace.unwrap().join("\n")
}

/// Runs seeds on two threads until one fails.
fn run_all(seeds: u64) -> Tally {
    let next = AtomicU64::new(0);
    let tally = Mutex::new(Tally::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds {
                        return;
                    }
                    match run(seed, None) {
                        Ok(happened) => {
                            let mut tally = tally.lock().unwrap();
                            for (what, count) in happened {
                                *tally.entry(what).or_default() += count;
                            }
                        }
                        Err(broken) => {
                            next.store(seeds, Ordering::Relaxed);
                            panic!("PAYDESK_SEED={seed}: {broken}\n{}", story(seed));
                        }
                    }
                }
            });
        }
    });
    tally.into_inner().unwrap()
}

#[test]
fn every_seed() {
    if let Ok(seed) = std::env::var("PAYDESK_SEED") {
        let seed = seed.parse().unwrap();
        println!("{}", story(seed));
        assert_eq!(run(seed, None).err(), None, "PAYDESK_SEED={seed}");
        return;
    }
    let is_long = std::env::var("PAYDESK_PROVE").as_deref() == Ok("long");
    let usual = if is_long { SEEDS_LONG } else { SEEDS };
    let seeds = std::env::var("PAYDESK_SEEDS").map_or(usual, |seeds| seeds.parse().unwrap());
    let tally = run_all(seeds);
    println!("{seeds} seeds: {tally:?}");
    // A world in which nothing goes wrong proves nothing.
    for (what, at_least) in [
        ("answered", 200),
        ("asked", 500),
        ("asked_again", 20),
        ("called_off", 100),
        ("cancelled", 200),
        ("cancelled_too_late", 20),
        ("charge", 1_000),
        ("claimed_again", 500),
        ("crash", 500),
        ("event_again", 1_000),
        ("event_too_early", 10),
        ("kept_back", 20),
        ("lease_over", 500),
        ("look_up", 5_000),
        ("lost_fence", 100),
        ("not_covered", 50),
        ("pause", 500),
        ("refund_refused", 500),
        ("refused_second_try", 500),
        ("retry", 500),
        ("sent_after_a_pause", 20),
        ("too_late", 100),
    ] {
        let wanted = at_least * seeds / SEEDS;
        let counted = tally.get(what).copied().unwrap_or_default();
        assert!(counted >= wanted, "{what}: {counted} of {wanted}");
    }
}

/// The positive controls: each defect, planted, is found.
#[test]
fn planted_defects_are_found() {
    for (defect, seeds) in [
        (Defect::KeyOmittedOnResend, 3_000),
        (Defect::FaultIsFailure, 300),
        (Defect::FenceIgnored, 3_000),
        (Defect::NothingBelievedAtOnce, 3_000),
        (Defect::NeverHandedOver, 3_000),
        (Defect::RepetitionIsNews, 300),
        (Defect::DoubtfulRefundsUncounted, 3_000),
        (Defect::EndedBeforeCancelled, 300),
        (Defect::CancelTakenForGranted, 3_000),
    ] {
        let found = (0..seeds).find_map(|seed| Some((seed, run(seed, Some(defect)).err()?)));
        let (seed, broken) = found.unwrap_or_else(|| panic!("nobody noticed {defect:?}"));
        println!("{defect:?}: seed {seed}: {broken}");
    }
}
