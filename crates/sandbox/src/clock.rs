//! Where the time comes from, so that a test can hold it still or move it.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};

/// The present moment.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Now, in UTC.
    fn now(&self) -> Timestamp;
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine for the time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands still until it is told to go on.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock that shows `start`.
    pub const fn new(start: Timestamp) -> Self {
        Self(Mutex::new(start))
    }

    /// Moves the clock forward (or back, with a negative duration).
    pub fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *now = now.saturating_add(by).unwrap_or(*now);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A clock that is ahead of another one, and can be moved further ahead.
#[derive(Debug)]
pub struct AheadClock {
    base: Arc<dyn Clock>,
    ahead_ms: AtomicI64,
}

impl AheadClock {
    /// A clock that is ahead of `base` by so many milliseconds.
    pub const fn new(base: Arc<dyn Clock>, ahead_ms: i64) -> Self {
        Self { base, ahead_ms: AtomicI64::new(ahead_ms) }
    }

    /// By how many milliseconds it is ahead.
    pub fn ahead_ms(&self) -> i64 {
        self.ahead_ms.load(Ordering::Acquire)
    }

    /// Puts it ahead by so many milliseconds; it never goes back.
    pub fn put_ahead(&self, ahead_ms: i64) {
        self.ahead_ms.fetch_max(ahead_ms, Ordering::AcqRel);
    }
}

impl Clock for AheadClock {
    fn now(&self) -> Timestamp {
        let now = self.base.now();
        now.saturating_add(SignedDuration::from_millis(self.ahead_ms())).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ahead_clock_goes_with_its_base_and_never_back() {
        let base = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
        let shared: Arc<dyn Clock> = Arc::<ManualClock>::clone(&base);
        let clock = AheadClock::new(shared, 500);
        base.advance(SignedDuration::from_millis(100));
        assert_eq!(clock.now().as_millisecond(), 600);
        clock.put_ahead(2_000);
        clock.put_ahead(1_000);
        assert_eq!(clock.now().as_millisecond(), 2_100);
    }
}
