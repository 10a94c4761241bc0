//! How long to wait for what is under way, whichever page asks: between one question and the next, and before giving up.

use std::slice::Iter;

use crate::client::clock::sleep;

/// How long to wait before each question: a minute and a half in all.
const WAITS_MS: [i32; 24] = [
    600, 900, 1_300, 2_000, 2_500, 3_000, 3_000, 4_000, 4_000, 4_000, 4_000, 4_000, 4_000, 4_000, 4_000,
    4_000, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000,
];

/// And then, while somebody is at their bank, for as long as the server lets them.
const CHALLENGED_WAIT_MS: i32 = 5_000;

/// How long to wait before each time that the same is asked for, where the answer is in doubt.
const INSIST_WAITS_MS: [i32; 5] = [0, 1_000, 2_000, 4_000, 8_000];

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

    /// Waits until the next question; false when the patience is over.
    pub async fn wait(&mut self, is_challenged: bool) -> bool {
        if self.was_challenged && !is_challenged {
            // The time at the bank does not count.
            self.waits_ms = WAITS_MS.iter();
        }
        self.was_challenged = is_challenged;
        let wait_ms = match self.waits_ms.next() {
            Some(wait_ms) => *wait_ms,
            None if is_challenged => CHALLENGED_WAIT_MS,
            None => return false,
        };
        sleep(wait_ms).await;
        true
    }
}

/// Asks the same again while the answer is in doubt, which has to be one thing for who is asked; `None` when it stayed so.
pub(crate) async fn insist<T, E>(
    ask: impl AsyncFn() -> Result<T, E>,
    in_doubt: impl Fn(&E) -> bool,
) -> Option<Result<T, E>> {
    for wait_ms in INSIST_WAITS_MS {
        if wait_ms > 0 {
            sleep(wait_ms).await;
        }
        match ask().await {
            Err(error) if in_doubt(&error) => {}
            decided => return Some(decided),
        }
    }
    None
}
