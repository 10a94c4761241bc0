//! What is paid later: a purchase in installments, and subscriptions. Pure rules: what is due on which day, to the cent.
//!
//! Days are civil days where the organization is; whoever asks says which day the purchase is made on. Amounts are whole
//! minor units. Nothing here rounds twice: the last installment of each line absorbs what does not divide.
//!
//! What the rules are taken from: SmartRec's help pages on installments and subscriptions, read in November 2026 (a fixed
//! initial amount counts for each eligible item, a fixed date that is over means at checkout, ten days between the purchase
//! and the first future installment unless that is switched off, each installment goes to its own item).

mod option;
mod recurrence;
mod schedule;
mod subscription;
#[cfg(test)]
mod tests;

use jiff::civil::Date;

use crate::card::Expiry;

pub use option::{
    COUNT_MAX, First, Future, Initial, InstallmentConfiguration, InstallmentOption, OPTIONS_MAX, OptionError,
    Share,
};
pub use recurrence::{Interval, Recurrence, Unit};
pub use schedule::{Installment, Item, MINIMUM_DAYS, NotOffered, Part, Schedule};
pub use subscription::{Begun, FirstCharge, Subscription, SubscriptionError};

/// Where a date lies beyond the calendar that this program knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a date beyond the calendar")]
pub struct OutOfCalendar;

/// The first of these days on which a card has expired already: a payment that is planned for it would be refused. A card
/// is good until the last day of its month.
pub fn expires_before(card: Expiry, days: impl IntoIterator<Item = Date>) -> Option<Date> {
    days.into_iter().filter(|day| card.is_past(*day)).min()
}

/// So many of so many parts of an amount, minor units, rounded half up once. No more than all of them are asked for, so that what
/// comes out is no more than the amount.
fn part_of(amount: i64, parts: i64, whole: i64) -> i64 {
    let (amount_wide, parts, whole) = (i128::from(amount), i128::from(parts), i128::from(whole));
    i64::try_from((amount_wide * parts * 2 + whole).div_euclid(whole * 2)).unwrap_or(amount)
}
