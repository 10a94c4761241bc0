//! Keeps charges back while the processor does not answer, so that payers are told at once instead of waiting for
//! nothing, and so that no attempt is put in doubt that need not be.

use std::sync::Mutex;

use paydesk_domain::engine::KEPT_BACK_MS;

/// After how many calls in a row without an answer it opens.
const FAILURES_MAX: u32 = 5;
/// For how long it stays open before one call is let through to see.
const OPEN_MS: i64 = KEPT_BACK_MS;

/// A circuit breaker for one account at a processor.
#[derive(Debug, Default)]
pub struct Breaker {
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct State {
    /// Calls in a row without an answer.
    failures: u32,
    /// Until when nothing is let through; none while it is closed.
    open_until_ms: Option<i64>,
}

impl State {
    /// Whether a call may go now, and the state after letting it: in an open breaker whose time is up, one may, and
    /// the next one waits for its outcome.
    const fn admit(self, now_ms: i64) -> (bool, Self) {
        match self.open_until_ms {
            None => (true, self),
            Some(until) if now_ms < until => (false, self),
            Some(_) => (true, Self { open_until_ms: Some(now_ms.saturating_add(OPEN_MS)), ..self }),
        }
    }

    const fn answered(self) -> Self {
        Self { failures: 0, open_until_ms: None }
    }

    const fn unanswered(self, now_ms: i64) -> Self {
        let failures = self.failures.saturating_add(1);
        let open_until_ms =
            if failures >= FAILURES_MAX { Some(now_ms.saturating_add(OPEN_MS)) } else { None };
        Self { failures, open_until_ms }
    }
}

impl Breaker {
    /// Whether a call may go now.
    pub fn admits(&self, now_ms: i64) -> bool {
        self.with(|state| {
            let (admitted, next) = state.admit(now_ms);
            *state = next;
            admitted
        })
    }

    /// Whether calls are kept back now. Asking does not let one through.
    pub fn is_open(&self, now_ms: i64) -> bool {
        self.with(|state| !state.admit(now_ms).0)
    }

    /// How many calls it would let through now, up to `wanted`. Asking does not let one through. Once its time is up that
    /// is one: what else were claimed would only be kept back.
    pub fn room(&self, wanted: usize, now_ms: i64) -> usize {
        self.with(|state| match state.open_until_ms {
            None => wanted,
            Some(_) => wanted.min(usize::from(state.admit(now_ms).0)),
        })
    }

    /// A call was answered, whatever the answer was.
    pub fn answered(&self) {
        self.with(|state| *state = state.answered());
    }

    /// A call was not answered, or did not reach the processor.
    pub fn unanswered(&self, now_ms: i64) {
        self.with(|state| *state = state.unanswered(now_ms));
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_after_failures_in_a_row_and_tries_one() {
        let breaker = Breaker::default();
        for _ in 0..FAILURES_MAX - 1 {
            breaker.unanswered(0);
        }
        breaker.answered();
        for _ in 0..FAILURES_MAX {
            assert!(breaker.admits(0));
            breaker.unanswered(0);
        }
        assert!(breaker.is_open(OPEN_MS - 1) && !breaker.admits(OPEN_MS - 1));
        assert_eq!((breaker.room(64, OPEN_MS - 1), breaker.room(64, OPEN_MS)), (0, 1));
        assert!(breaker.admits(OPEN_MS), "one goes to see");
        assert!(!breaker.admits(OPEN_MS), "the next one waits for it");
        breaker.unanswered(OPEN_MS);
        assert!(!breaker.admits(2 * OPEN_MS - 1));
        assert!(breaker.admits(2 * OPEN_MS));
        assert_eq!(breaker.room(64, 2 * OPEN_MS), 0, "that one is under way");
        breaker.answered();
        assert_eq!(breaker.room(64, 2 * OPEN_MS), 64);
        assert!(breaker.admits(2 * OPEN_MS) && breaker.admits(2 * OPEN_MS));
    }
}
