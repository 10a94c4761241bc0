//! When a charge that failed is sent again without the payer, and when never.
//!
//! Policy is data: the constants below, each with its source and the day it was read. They stay below what the
//! networks themselves allow (Visa 20 tries in 30 days, Mastercard 10 in 24 hours and 35 in 30 days), because a
//! debt is one of several that may fall on the same card.

use jiff::{SignedDuration, Timestamp};

use crate::decline::{Decline, Softness};
use crate::return_code::{Consequence, Rail, ReturnCode};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How often one debt may be sent, and with which pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often one debt is sent at most, the first time included. What people start by hand counts too.
    pub tries_max: usize,
    /// How long after the first time it may be sent for the last time.
    pub window: SignedDuration,
    /// How long after the last time it is sent again: after the first time, the second, and so on.
    pub pauses: &'static [SignedDuration],
    /// Where the ceiling and the pauses come from.
    pub source: &'static str,
    /// The day that the source was read.
    pub as_of: &'static str,
}

/// A card whose bank or processor had a fault.
pub const CARD_FAULT: RetryPolicy = RetryPolicy {
    tries_max: 4,
    window: SignedDuration::from_hours(30 * 24),
    pauses: &[SignedDuration::from_hours(1), DAY, SignedDuration::from_hours(3 * 24)],
    source: "Ceiling: our own, below Visa's 20 tries in 30 days (Checkout.com, Cielo, TabaPay). Pauses: our choice, \
             after the waits that Mastercard's advice codes 24 to 27 ask for (1 hour, 1, 2 and 4 days): a fault is \
             mostly over within the hour, and one that is not is an outage",
    as_of: "2026-11-22",
};

/// A card without the money, or over a limit of its bank.
pub const CARD_FUNDS: RetryPolicy = RetryPolicy {
    tries_max: 4,
    window: SignedDuration::from_hours(30 * 24),
    pauses: &[
        SignedDuration::from_hours(3 * 24),
        SignedDuration::from_hours(5 * 24),
        SignedDuration::from_hours(7 * 24),
    ],
    source: "Ceiling: our own, below Visa's 20 tries in 30 days (Checkout.com, Cielo, TabaPay). Pauses: our choice; \
             days 3, 8 and 15 after the first try reach over a weekly and a two-weekly pay day",
    as_of: "2026-11-22",
};

/// A card whose bank gave no reason.
pub const CARD_UNEXPLAINED: RetryPolicy = RetryPolicy {
    tries_max: 4,
    window: SignedDuration::from_hours(30 * 24),
    pauses: &[DAY, SignedDuration::from_hours(4 * 24), SignedDuration::from_hours(8 * 24)],
    source: "Ceiling: our own, below Visa's 20 tries in 30 days (Checkout.com, Cielo, TabaPay). Pauses: our choice, \
             among the waits that Mastercard's advice codes 25 to 29 ask for (1 to 8 days)",
    as_of: "2026-11-22",
};

/// A US bank debit without the money.
pub const ACH: RetryPolicy = RetryPolicy {
    tries_max: 3,
    window: SignedDuration::from_hours(180 * 24),
    pauses: &[WEEK, SignedDuration::from_hours(14 * 24)],
    source: "Ceiling: Nacha, at most 2 re-presentments within 180 days of the original entry, as five US banks publish \
             it. Pauses: our choice, see `decide_debit`",
    as_of: "2026-11-22",
};

/// A Canadian bank debit without the money.
pub const PAD: RetryPolicy = RetryPolicy {
    tries_max: 2,
    window: SignedDuration::from_hours(30 * 24),
    pauses: &[WEEK],
    source: "Ceiling: Payments Canada's Rule H1; within 30 days by Rotessa's page on rejections, once and for the same \
             amount [M]: from memory, to be confirmed with the processor. Pauses: our choice, see `decide_debit`",
    as_of: "2026-11-22",
};

/// Whether and when a charge is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryDecision {
    /// Not before this moment.
    At(Timestamp),
    /// Not by itself: it becomes an action item.
    Never(NoRetry),
}

/// Why a charge is not sent again by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoRetry {
    /// The answer says that it is of no use, or not allowed.
    Hard,
    /// The debt was sent as often as it may be.
    CeilingReached,
    /// The next time would fall outside the window.
    TooLate,
}

impl NoRetry {
    /// The reason as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::CeilingReached => "ceiling_reached",
            Self::TooLate => "too_late",
        }
    }
}

/// Whether and when a card charge is sent again.
///
/// `sent` is every time that this debt was sent, ascending, the one that just failed included.
pub fn decide_card(decline: &Decline, sent: &[Timestamp], now: Timestamp) -> RetryDecision {
    let policy = match decline.softness() {
        None => return RetryDecision::Never(NoRetry::Hard),
        Some(Softness::Fault) => &CARD_FAULT,
        Some(Softness::Funds) => &CARD_FUNDS,
        Some(Softness::Unexplained) => &CARD_UNEXPLAINED,
    };
    decide(policy, sent, now, |planned| planned.max(now))
}

/// Whether and when a bank debit is presented again.
///
/// `sent` is every time that this debt was sent, ascending, the one that just came back included.
///
/// The pauses are whole weeks. There is no calendar of bank holidays here, and none is needed: the first debit was
/// sent on a day that somebody chose, and whole weeks keep that day of the week, so that a debit sent on a banking
/// day is not presented again on a weekend. One week is longer than a return takes to arrive (two banking days,
/// four days over a long weekend), and one or three weeks reach over a pay day. A return that was heard of late
/// waits for the next such day.
pub fn decide_debit(code: &ReturnCode, sent: &[Timestamp], now: Timestamp) -> RetryDecision {
    let policy = match code.rule() {
        Some(rule) if rule.consequence == Consequence::Retry => match rule.rail {
            Rail::Ach => &ACH,
            Rail::Pad => &PAD,
        },
        _ => return RetryDecision::Never(NoRetry::Hard),
    };
    decide(policy, sent, now, |planned| next_in_whole_weeks(planned, now))
}

fn decide(
    policy: &RetryPolicy,
    sent: &[Timestamp],
    now: Timestamp,
    not_in_the_past: impl Fn(Timestamp) -> Timestamp,
) -> RetryDecision {
    let first = sent.iter().min().copied().unwrap_or(now);
    let last = sent.iter().max().copied().unwrap_or(now);
    let tries = sent.len().max(1);
    let pause = policy.pauses.get(tries - 1);
    let Some(pause) = pause.filter(|_| tries < policy.tries_max) else {
        return RetryDecision::Never(NoRetry::CeilingReached);
    };
    // A date beyond the calendar's end is too late as well.
    let ends_at = first.saturating_add(policy.window).unwrap_or(Timestamp::MAX);
    let at = not_in_the_past(last.saturating_add(*pause).unwrap_or(Timestamp::MAX));
    if at > ends_at { RetryDecision::Never(NoRetry::TooLate) } else { RetryDecision::At(at) }
}

/// `planned`, or as many weeks later as it takes not to lie before `now`.
fn next_in_whole_weeks(planned: Timestamp, now: Timestamp) -> Timestamp {
    let late_s = now.as_second().saturating_sub(planned.as_second()).max(0);
    let weeks = late_s.div_euclid(WEEK.as_secs());
    let at =
        planned.saturating_add(SignedDuration::from_secs(weeks * WEEK.as_secs())).unwrap_or(Timestamp::MAX);
    if at < now { at.saturating_add(WEEK).unwrap_or(Timestamp::MAX) } else { at }
}

#[cfg(test)]
mod tests;
