//! The use cases, one verb per file. No HTTP and no SQL: they decide, the store keeps, the processor acts.

pub mod add_method;
pub mod add_origin;
pub mod address;
pub mod authenticate;
pub mod charge_attempt;
pub mod confirm_checkout;
pub mod create_client;
pub mod create_invoice;
pub mod create_key;
pub mod create_organization;
pub mod create_session;
pub mod error;
pub mod look_up_attempt;
pub mod open_checkout;
pub mod read_clients;
pub mod read_confirmation;
pub mod read_invoices;
pub mod read_keys;
pub mod read_payments;
pub mod record_outcome;
pub mod revoke_key;
pub mod sweep;
pub mod text;
pub mod view;
pub mod write_once;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::clock::Mint;
use crate::metrics::Metrics;
use crate::ports::processor::Processor;
use crate::store::Store;

pub use error::{AppError, Refusal};

/// Everything that the use cases share.
#[derive(Clone, Debug)]
pub struct App {
    /// The database.
    pub store: Store,
    /// The processor.
    pub processor: Arc<dyn Processor>,
    /// Time, ids and secrets.
    pub mint: Mint,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// The figures that the rules take.
    pub settings: Settings,
    /// Charges that go on although the browser has hung up: a stopping server waits for them.
    pub charges: TaskTracker,
    /// How many charges may be under way at once.
    pub charge_slots: Arc<Semaphore>,
    /// Who holds this process's leases.
    pub owner: Arc<str>,
}

/// The figures that the rules take.
#[derive(Clone, Debug)]
pub struct Settings {
    /// For how long an attempt belongs to whoever sends it.
    pub lease: Duration,
    /// How long one call to the processor may take. Twice of it and a half must fit into the lease.
    pub call_timeout: Duration,
    /// How long a confirm waits for the processor before it answers that it is still under way.
    pub confirm_wait: Duration,
    /// When an attempt in doubt is looked up: after each of these in turn, then after the last of them again and again.
    pub look_up_after: Vec<Duration>,
    /// After how long a created attempt that nobody sends is taken up by the worker.
    pub orphan_after: Duration,
    /// After how long an attempt in doubt is no longer sent again by itself: before the processor forgets its key.
    pub resend_within: Duration,
    /// How long a session lasts after each use.
    pub session_slide: Duration,
    /// How long a session lasts at most.
    pub session_max: Duration,
    /// How many cards a wallet holds.
    pub cards_max: i64,
    /// How long a write may take before another process may take it over.
    pub write_lease: Duration,
    /// How long an answer to a write is kept.
    pub answer_kept: Duration,
    /// Which account at the processor this server uses: methods of another are not offered.
    pub vault: String,
}

impl Default for Settings {
    fn default() -> Self {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 60 * MINUTE;
        let seconds = Duration::from_secs;
        Self {
            lease: seconds(MINUTE),
            call_timeout: seconds(20),
            confirm_wait: seconds(10),
            look_up_after: [30, 2 * MINUTE, 5 * MINUTE, HOUR].map(seconds).to_vec(),
            orphan_after: seconds(15),
            resend_within: seconds(20 * HOUR),
            session_slide: seconds(30 * MINUTE),
            session_max: seconds(24 * HOUR),
            cards_max: 10,
            write_lease: seconds(MINUTE),
            answer_kept: seconds(24 * HOUR),
            vault: "default".to_owned(),
        }
    }
}

/// A duration in whole milliseconds.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
