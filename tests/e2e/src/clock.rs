//! Time for tests: waiting for a condition, never for a moment; and measuring.

use std::time::{Duration, Instant};

use crate::Failure;

/// How often a condition is looked at. Short beside what a browser takes for anything.
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// A running measurement.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring now.
    #[expect(clippy::disallowed_methods, reason = "measuring is what this module is for")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Looks until there is something to see, and returns it.
///
/// # Errors
/// Where the look fails, or where `patience` ends first: the sentence then names `what`.
pub async fn until<T>(
    what: &str,
    patience: Duration,
    mut look: impl AsyncFnMut() -> Result<Option<T>, Failure>,
) -> Result<T, Failure> {
    let watch = Stopwatch::start();
    loop {
        if let Some(seen) = look().await? {
            return Ok(seen);
        }
        if watch.elapsed() > patience {
            return Err(Failure::new(format!("waited {} s for {what}", patience.as_secs_f32())));
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}
