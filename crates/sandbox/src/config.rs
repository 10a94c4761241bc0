//! What an operator or a test can choose.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::banks::Rail;
use crate::clock::{Clock, SystemClock};

/// How the processor is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the log lies.
    pub data: PathBuf,
    /// Where the vault's key lies; without it the key is made anew at each start and kept in memory only.
    pub vault_key_file: Option<PathBuf>,
    /// How long each call takes at least.
    pub latency: Duration,
    /// How long a search is blind to what is new.
    pub search_lag: Duration,
    /// How long to wait after each failed try of a webhook; after the last it is given up.
    pub webhook_waits: Vec<Duration>,
    /// When debits and refunds are due.
    pub debits: DebitTimes,
    /// Repeats the ids of an earlier run; only together with an empty data directory.
    pub seed: Option<u64>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Config {
    /// The usual: no delays, the machine's clock, webhooks tried eight times in about twenty minutes.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            vault_key_file: None,
            latency: Duration::ZERO,
            search_lag: Duration::ZERO,
            webhook_waits: [1, 2, 5, 15, 60, 300, 900].map(Duration::from_secs).to_vec(),
            debits: DebitTimes::default(),
            seed: None,
            clock: Arc::new(SystemClock),
        }
    }
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// When debits and refunds are due. A processor knows of no weekends and holidays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DebitTimes {
    /// When a US debit settles or fails, after it was accepted. Four days (Stripe: up to four business days).
    pub ach_settle: Duration,
    /// When a Canadian debit settles or fails, after it was accepted. Five days (Stripe: up to five business days).
    pub pad_settle: Duration,
    /// For how long a debit can be taken back after it was accepted. One day.
    pub cancel: Duration,
    /// When a debit of the account that disputes comes back, after it settled. One day.
    pub come_back: Duration,
    /// When a refund that is on its way arrives, or fails. Three days.
    pub refund: Duration,
}

impl Default for DebitTimes {
    fn default() -> Self {
        Self { ach_settle: DAY * 4, pad_settle: DAY * 5, cancel: DAY, come_back: DAY, refund: DAY * 3 }
    }
}

impl DebitTimes {
    /// When a debit on this rail settles or fails, after it was accepted.
    pub const fn settle(&self, rail: Rail) -> Duration {
        match rail {
            Rail::Ach => self.ach_settle,
            Rail::Pad => self.pad_settle,
        }
    }
}

/// A duration in milliseconds, as moments are counted.
pub fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
