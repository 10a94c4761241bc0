//! When a delivery is tried again, and when it is given up. Pure: the clock and the dice are parameters.

use jiff::Timestamp;

use crate::ports::webhooks::{Answer, RetryAfter, SendError};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// How long to wait before each try, in milliseconds: ten tries over three days and a little. The schedule is the
/// example of the Standard Webhooks specification.
pub const TRY_AFTER_MS: [i64; 10] =
    [0, 5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

/// An endpoint that asks for more time than this gets this much.
const ASKED_MS_MAX: i64 = 24 * HOUR;

/// What follows from a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It arrived.
    Delivered,
    /// It is tried again after so many milliseconds.
    Again(i64),
    /// It is given up, and its endpoint is told nothing any more.
    Disable(DisableReason),
}

/// Why an endpoint is told nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisableReason {
    /// Its organization wanted it so.
    Requested,
    /// It answered 410.
    Gone,
    /// Every try of a delivery failed.
    Exhausted,
}

impl DisableReason {
    /// The reason as it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Gone => "gone",
            Self::Exhausted => "exhausted",
        }
    }
}

/// How long to wait after so many failed tries, with up to a tenth more by `dice`, so that what failed together does
/// not come back together. `None` when there is no further try.
pub fn wait_ms(tries: i64, dice: u16) -> Option<i64> {
    let wait = *TRY_AFTER_MS.get(usize::try_from(tries).ok()?)?;
    Some(wait + wait / 10 * i64::from(dice) / i64::from(u16::MAX))
}

/// What follows from a try, the `tries`th: only 2xx is success, a redirect is a failure like any other. An endpoint that is
/// too busy gets the time that it asks for, where that is more than the schedule gives, and never another try for it.
pub fn judge(answer: Result<Answer, SendError>, tries: i64, dice: u16, now: Timestamp) -> Verdict {
    match status(answer) {
        Ok(200..=299) => Verdict::Delivered,
        Ok(410) => Verdict::Disable(DisableReason::Gone),
        _ => match wait_ms(tries, dice) {
            Some(wait_ms) => Verdict::Again(wait_ms.max(asked_ms(answer, now))),
            None => Verdict::Disable(DisableReason::Exhausted),
        },
    }
}

/// How long an endpoint that is too busy (429, 503) asks to be left alone from now on; 0 for any other.
fn asked_ms(answer: Result<Answer, SendError>, now: Timestamp) -> i64 {
    let asked_ms = match answer {
        Ok(Answer { status: 429 | 503, retry_after: Some(RetryAfter::Seconds(seconds)) }) => {
            seconds.saturating_mul(SECOND)
        }
        Ok(Answer { status: 429 | 503, retry_after: Some(RetryAfter::At(at)) }) => {
            at.as_millisecond().saturating_sub(now.as_millisecond())
        }
        _ => 0,
    };
    asked_ms.clamp(0, ASKED_MS_MAX)
}

fn status(answer: Result<Answer, SendError>) -> Result<u16, SendError> {
    answer.map(|answer| answer.status)
}

/// Why a try failed, in one word; `None` for success.
pub fn problem(answer: Result<Answer, SendError>) -> Option<&'static str> {
    match status(answer) {
        Ok(200..=299) => None,
        Ok(300..=399) => Some("redirect"),
        Ok(410) => Some("gone"),
        Ok(_) => Some("status"),
        Err(error) => Some(error.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_tries_over_three_days() {
        let waits: Vec<i64> = (1..).map_while(|tries| wait_ms(tries, 0)).collect();
        assert_eq!(waits.len(), 9, "after the first one");
        assert_eq!(wait_ms(0, u16::MAX), Some(0), "the first one at once");
        let seconds = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
        assert_eq!(waits, seconds.map(|seconds| seconds * 1_000));
        assert_eq!(waits.iter().sum::<i64>() / 1_000, 75 * 3_600 + 35 * 60 + 5);
        for tries in [10, 11, i64::MAX, -1] {
            assert_eq!(wait_ms(tries, 0), None, "{tries}");
        }
    }

    #[test]
    fn the_dice_add_a_tenth_at_most() {
        for tries in 0..10 {
            let (least, most) = (wait_ms(tries, 0).unwrap(), wait_ms(tries, u16::MAX).unwrap());
            assert_eq!(most - least, least / 10);
            let between = wait_ms(tries, 30_000).unwrap();
            assert!((least..=most).contains(&between));
        }
    }

    #[test]
    fn only_2xx_is_success() {
        for status in 100..600 {
            let verdict = judge(Ok(status.into()), 1, 0, now());
            let wanted = match status {
                200..=299 => Verdict::Delivered,
                410 => Verdict::Disable(DisableReason::Gone),
                _ => Verdict::Again(5_000),
            };
            assert_eq!(verdict, wanted, "{status}");
            assert_eq!(problem(Ok(status.into())).is_none(), verdict == Verdict::Delivered, "{status}");
        }
        let timed_out = Err(SendError::TimedOut);
        assert_eq!(judge(timed_out, 9, 0, now()), Verdict::Again(86_400_000));
        assert_eq!(judge(timed_out, 10, 0, now()), Verdict::Disable(DisableReason::Exhausted));
        assert_eq!(judge(Ok(200.into()), 10, 0, now()), Verdict::Delivered);
    }

    fn now() -> Timestamp {
        "2026-11-23T15:04:05Z".parse().unwrap()
    }

    /// Positive control: waiting for what is asked alone comes sooner than the schedule says (tried).
    #[test]
    fn who_is_too_busy_gets_the_time_that_it_asks_for() {
        let seconds = |seconds: i64| Some(RetryAfter::Seconds(seconds));
        let after =
            |seconds: i64| Some(RetryAfter::At(Timestamp::from_second(now().as_second() + seconds).unwrap()));
        for (status, retry_after, tries, wanted_s) in [
            (503, seconds(600), 1, 600),
            (429, after(600), 1, 600),
            // Never sooner than the schedule says, and no longer than a day.
            (429, seconds(2), 1, 5),
            (503, seconds(600), 3, 1_800),
            (503, after(-600), 1, 5),
            (429, seconds(86_401), 1, 86_400),
            (503, seconds(i64::MAX), 1, 86_400),
            (429, Some(RetryAfter::At(Timestamp::MAX)), 1, 86_400),
            (429, Some(RetryAfter::At(Timestamp::MIN)), 1, 5),
            // It is a word of those that are too busy, and of no others.
            (500, seconds(600), 1, 5),
            (301, seconds(600), 1, 5),
            (503, None, 1, 5),
        ] {
            let answer = Ok(Answer { status, retry_after });
            assert_eq!(
                judge(answer, tries, 0, now()),
                Verdict::Again(wanted_s * 1_000),
                "{answer:?} {tries}"
            );
        }
        let busy = Ok(Answer { status: 503, retry_after: seconds(600) });
        assert_eq!(judge(busy, 10, 0, now()), Verdict::Disable(DisableReason::Exhausted), "no try more");
        // The tenth that the dice add is the schedule's.
        assert_eq!(judge(busy, 9, u16::MAX, now()), Verdict::Again(86_400_000 + 8_640_000));
    }
}
