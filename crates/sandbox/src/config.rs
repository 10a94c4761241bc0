//! What an operator or a test can choose.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

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
            seed: None,
            clock: Arc::new(SystemClock),
        }
    }
}
