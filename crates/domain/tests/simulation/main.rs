//! The engine's rules under chance: an adversarial processor, network, clock and store, and workers that die and stop.
//!
//! Each seed is one debt, and what is given back of it, from its first attempt to the day when nothing is left to happen. What fails prints its seed:
//!
//! ```text
//! PAYDESK_SEED=1234 cargo test -p paydesk-domain --test simulation every_seed -- --nocapture    # that one, with its story
//! PAYDESK_SEEDS=50000 cargo test -p paydesk-domain --test simulation every_seed                 # so many
//! cargo xtask prove simulation                                                                  # a million
//! ```
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod books;
mod challenges;
mod check;
mod dice;
mod processor;
mod refunds;
mod seeds;
mod worker;
mod world;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Midnight at the end of 25 November 2026.
const START_MS: i64 = 1_795_651_200_000;
/// How long a charge may exist before a look-up shows it.
const LAG_MS: i64 = MINUTE_MS;

/// A rule that is broken on purpose, to see that somebody notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// A request that is sent again carries another key.
    KeyOmittedOnResend,
    /// 5xx is taken for a failure.
    FaultIsFailure,
    /// Whoever lost their claim writes all the same.
    FenceIgnored,
    /// "No record" is believed before the processor has had the time to show one.
    NothingBelievedAtOnce,
    /// No human is ever asked.
    NeverHandedOver,
    /// What is told twice is done twice.
    RepetitionIsNews,
    /// A refund whose outcome is not known does not hold its amount.
    DoubtfulRefundsUncounted,
    /// A challenge that is given up ends before the processor has cancelled it.
    EndedBeforeCancelled,
    /// The refusal to cancel is taken for its success.
    CancelTakenForGranted,
}
