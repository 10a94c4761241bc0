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
    let hand_over_at_ms = hand_over_at_ms(key_window_ms, first_sent_at_ms);
    if now_ms >= hand_over_at_ms {
        return Step::HandOver;
    }
    let passed_ms = now_ms.saturating_sub(first_sent_at_ms);
    let after_ms =
        if look_ups == 0 { offset_ms(0).max(passed_ms) } else { next_offset_ms(look_ups, passed_ms) };
    Step::LookUp { at_ms: first_sent_at_ms.saturating_add(after_ms).min(hand_over_at_ms) }
}

/// When an attempt that was first sent at `first_sent_at_ms` goes to a human, at a processor that keeps keys for
/// `key_window_ms`. From then on it is never sent again.
pub fn hand_over_at_ms(key_window_ms: i64, first_sent_at_ms: i64) -> i64 {
    let margin_ms = HAND_OVER_BEFORE_END_MS.min(key_window_ms / 2);
    first_sent_at_ms.saturating_add(key_window_ms.saturating_sub(margin_ms))
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SENT_MS: i64 = 1_790_000_000_000;

    /// Every look-up of an attempt that never gets an answer, in milliseconds after the sending, each done
    /// `slow_ms` after its time; and when it was handed over.
    fn lifetime(key_window_ms: i64, slow_ms: i64) -> (Vec<i64>, i64) {
        let mut now_ms = SENT_MS;
        let mut done = Vec::new();
        loop {
            match next_step_within(key_window_ms, SENT_MS, u32::try_from(done.len()).unwrap(), now_ms) {
                Step::HandOver => return (done, now_ms - SENT_MS),
                Step::LookUp { at_ms } => {
                    now_ms = at_ms + slow_ms;
                    done.push(now_ms - SENT_MS);
                }
            }
        }
    }

    #[test]
    fn the_schedule_of_a_day() {
        let (done, handed_over) = lifetime(KEY_WINDOW_MS, 0);
        let mut planned = vec![30 * SECOND_MS, 2 * MINUTE_MS, 5 * MINUTE_MS];
        planned.extend((1..=20).map(|hour| hour * HOUR_MS));
        assert_eq!(done, planned);
        assert_eq!(handed_over, 20 * HOUR_MS);
        assert_eq!(
            next_step(SENT_MS, 22, SENT_MS + 20 * HOUR_MS - 1),
            Step::LookUp { at_ms: SENT_MS + 20 * HOUR_MS }
        );
        assert_eq!(next_step(SENT_MS, 0, SENT_MS + 20 * HOUR_MS), Step::HandOver);
    }

    #[test]
    fn the_key_window_moves_the_end() {
        for (window_hours, hours) in [(48, 44), (24, 20), (12, 8), (8, 4), (2, 1)] {
            assert_eq!(lifetime(window_hours * HOUR_MS, 0).1, hours * HOUR_MS, "{window_hours}");
        }
        // Qonto keeps keys for half an hour.
        let (done, handed_over) = lifetime(30 * MINUTE_MS, 0);
        assert_eq!(done, [30 * SECOND_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS]);
        assert_eq!(handed_over, 15 * MINUTE_MS);
    }

    #[test]
    fn what_was_missed_is_not_made_up_for() {
        // The answer was given up on late, or nobody could look for five hours.
        assert_eq!(next_step(SENT_MS, 0, SENT_MS + 45_000), Step::LookUp { at_ms: SENT_MS + 45_000 });
        let late_ms = SENT_MS + 5 * HOUR_MS + 7;
        assert_eq!(next_step(SENT_MS, 0, late_ms), Step::LookUp { at_ms: late_ms });
        assert_eq!(next_step(SENT_MS, 1, late_ms), Step::LookUp { at_ms: SENT_MS + 6 * HOUR_MS });
        assert_eq!(
            next_step(SENT_MS, 1, SENT_MS + 3 * MINUTE_MS),
            Step::LookUp { at_ms: SENT_MS + 5 * MINUTE_MS }
        );
    }

    proptest! {
        #[test]
        fn every_attempt_is_handed_over_before_the_key_dies(window_min in 10i64..5_000, slow_ms in 0i64..1_200_000) {
            let window_ms = window_min * MINUTE_MS;
            let (done, handed_over) = lifetime(window_ms, slow_ms);
            let deadline_ms = window_ms - HAND_OVER_BEFORE_END_MS.min(window_ms / 2);
            prop_assert!(handed_over >= deadline_ms && handed_over <= deadline_ms + slow_ms);
            prop_assert!(done.windows(2).all(|pair| pair[0] < pair[1]), "no two at the same moment");
            let hours = usize::try_from(window_ms / HOUR_MS).unwrap();
            prop_assert!(done.len() <= hours + 5, "no bursts");
        }

        #[test]
        fn the_next_step_is_never_in_the_past(sent_ms in any::<i64>(), look_ups in any::<u32>(), now_ms in any::<i64>()) {
            if let Step::LookUp { at_ms } = next_step(sent_ms, look_ups, now_ms) {
                prop_assert!(at_ms >= now_ms);
            }
        }
    }
}
