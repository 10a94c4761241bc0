//! How long to wait for what is under way, whichever page asks: between one question and the next, and before giving up.

use std::slice::Iter;

/// How long to wait before each question: a minute and a half in all.
const WAITS_MS: [i32; 24] = [
    600, 900, 1_300, 2_000, 2_500, 3_000, 3_000, 4_000, 4_000, 4_000, 4_000, 4_000, 4_000, 4_000, 4_000,
    4_000, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000,
];

/// And then, while somebody is at their bank, for as long as the server lets them.
const CHALLENGED_WAIT_MS: i32 = 5_000;

/// How long to wait before each time that the same is asked for, where the answer is in doubt.
pub(crate) const INSIST_WAITS_MS: [i32; 5] = [0, 1_000, 2_000, 4_000, 8_000];

/// The patience that is left.
pub(crate) struct Patience {
    waits_ms: Iter<'static, i32>,
    was_challenged: bool,
}

impl Patience {
    /// All of it.
    pub fn new() -> Self {
        Self { waits_ms: WAITS_MS.iter(), was_challenged: false }
    }

    /// How long to wait before the next question; `None` when the patience is over.
    pub fn next(&mut self, is_challenged: bool) -> Option<i32> {
        if self.was_challenged && !is_challenged {
            // The time at the bank does not count.
            self.waits_ms = WAITS_MS.iter();
        }
        self.was_challenged = is_challenged;
        self.waits_ms.next().copied().or(is_challenged.then_some(CHALLENGED_WAIT_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Positive control (tried): with the time at the bank counted, nothing is left after it.
    #[test]
    fn the_time_at_a_bank_does_not_count() {
        let mut patience = Patience::new();
        let at_bank: Vec<_> = (0..WAITS_MS.len() + 9).map_while(|_| patience.next(true)).collect();
        assert_eq!((at_bank.len(), at_bank.last()), (WAITS_MS.len() + 9, Some(&CHALLENGED_WAIT_MS)));
        let after: Vec<_> = (0..99).map_while(|_| patience.next(false)).collect();
        assert_eq!(after, WAITS_MS);
    }
}
