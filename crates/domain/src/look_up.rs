//! When an attempt of unknown outcome is looked up again, and when it goes to a human.
//!
//! The processor forgets our key after a while (24 hours at the shortest of those that we speak to), and from then
//! on sending again could charge again. So doubt ends well before: by an answer, or in somebody's hands.

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// How long the processors that we know keep an idempotency key at least (Stripe, Checkout.com: 24 hours).
pub const KEY_WINDOW_MS: i64 = 24 * HOUR_MS;

/// How long before the key's end a human gets the attempt. Half the window where that is less.
pub const HAND_OVER_BEFORE_END_MS: i64 = 4 * HOUR_MS;

/// How long after the sending the first look-ups are. Later ones follow every hour.
const FIRST_MS: [i64; 4] = [30 * SECOND_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, HOUR_MS];

/// What to do about an attempt whose outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Ask the processor.
    LookUp {
        /// When, in milliseconds since 1970.
        at_ms: i64,
    },
    /// Nothing more can be found out in time: a human must.
    HandOver,
}

/// The next step for an attempt that was first sent at `first_sent_at_ms` and has been looked up `look_ups`
/// times since, at a processor that keeps keys for [`KEY_WINDOW_MS`].
///
/// Asked when the answer is lost, and after each look-up that decided nothing.
pub fn next_step(first_sent_at_ms: i64, look_ups: u32, now_ms: i64) -> Step {
    next_step_within(KEY_WINDOW_MS, first_sent_at_ms, look_ups, now_ms)
}

/// [`next_step`] for a processor that keeps keys for `key_window_ms`.
///
/// The times are counted from the sending, so that slow look-ups do not push the later ones back. What was missed
/// while nobody could look is not made up for: one look-up tells as much as five at the same moment. The last
/// one falls on the moment of handing over at the latest.
pub fn next_step_within(key_window_ms: i64, first_sent_at_ms: i64, look_ups: u32, now_ms: i64) -> Step {
    let margin_ms = HAND_OVER_BEFORE_END_MS.min(key_window_ms / 2);
    let hand_over_at_ms = first_sent_at_ms.saturating_add(key_window_ms.saturating_sub(margin_ms));
    if now_ms >= hand_over_at_ms {
        return Step::HandOver;
    }
    let passed_ms = now_ms.saturating_sub(first_sent_at_ms);
    let after_ms =
        if look_ups == 0 { offset_ms(0).max(passed_ms) } else { next_offset_ms(look_ups, passed_ms) };
    Step::LookUp { at_ms: first_sent_at_ms.saturating_add(after_ms).min(hand_over_at_ms) }
}

/// The first time of the schedule from number `look_ups` on that is still to come.
fn next_offset_ms(look_ups: u32, passed_ms: i64) -> i64 {
    let planned_ms = offset_ms(look_ups);
    if planned_ms > passed_ms {
        return planned_ms;
    }
    let hour_ms = passed_ms.saturating_sub(passed_ms.rem_euclid(HOUR_MS)).saturating_add(HOUR_MS);
    FIRST_MS.into_iter().find(|offset_ms| *offset_ms > passed_ms).unwrap_or(hour_ms)
}

/// How long after the sending look-up number `index` is planned.
fn offset_ms(index: u32) -> i64 {
    let index = usize::try_from(index).unwrap_or(usize::MAX);
    FIRST_MS.get(index).copied().unwrap_or_else(|| {
        let hours = index.saturating_sub(FIRST_MS.len()).saturating_add(2);
        i64::try_from(hours).unwrap_or(i64::MAX).saturating_mul(HOUR_MS)
    })
}
