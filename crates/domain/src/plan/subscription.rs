//! A subscription: charged once in each period, until it ends.
//!
//! Periods are counted from the anchor, or from the purchase where there is none. The first charge is made at the purchase, or
//! on the first day of a period after it. What a purchase in the middle of a period costs follows one rule: the price,
//! times the days from the purchase (that day included) to the next period, divided by the days of the period that it falls
//! into, rounded half up once, at the end; or the whole price where the organization does not prorate. Later
//! periods, the last one as well, are charged in full.

use jiff::civil::Date;

use super::recurrence::{Interval, Recurrence, days_after, days_between};
use super::{OutOfCalendar, part_of};

/// When a subscription is charged for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstCharge {
    /// At the purchase.
    Now,
    /// On the first day of the next period.
    Later,
}

/// What is agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// How long a period is.
    pub interval: Interval,
    /// A day on which a period begins; the day of the purchase where there is none. No period begins before it.
    pub anchor: Option<Date>,
    /// When it is charged for the first time.
    pub first: FirstCharge,
    /// Whether a first charge in the middle of a period is for the rest of that period alone.
    pub is_prorated: bool,
    /// The last day on which it may be charged.
    pub ends_on: Option<Date>,
}

/// How a subscription begins on a certain day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    /// When the first charge is made; `None` for at the purchase.
    pub first_on: Option<Date>,
    /// The first charge, minor units.
    pub first_amount: i64,
    /// The days on which periods begin.
    pub recurrence: Recurrence,
    /// The number of the period that is charged after the first charge.
    pub next: i64,
}

/// Why a subscription cannot begin on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubscriptionError {
    /// A first charge at the purchase, for periods that begin more than one interval later.
    #[error("charged at the purchase, its first period begins within one interval")]
    AnchorTooFar,
    /// It ends before it is charged once.
    #[error("it ends before it is charged")]
    Over,
    /// A date beyond the calendar.
    #[error(transparent)]
    OutOfCalendar(#[from] OutOfCalendar),
}

impl Subscription {
    /// How it begins with a purchase on a day. `price` is that of a whole period, minor units.
    ///
    /// # Errors
    /// [`SubscriptionError`].
    pub fn begin(&self, price: i64, purchase: Date) -> Result<Begun, SubscriptionError> {
        let recurrence = Recurrence::from_anchor(self.anchor.unwrap_or(purchase), self.interval);
        let begun = match self.first {
            FirstCharge::Later => {
                let first = recurrence.first_from(days_after(purchase, 1)?)?.max(0);
                let first_on = Some(recurrence.nth(first)?);
                Begun { first_on, first_amount: price, recurrence, next: first + 1 }
            }
            FirstCharge::Now => {
                let nearest = recurrence.first_from(purchase)?;
                if nearest < 0 {
                    return Err(SubscriptionError::AnchorTooFar);
                }
                let begins = recurrence.nth(nearest)?;
                let (first_amount, next) = if begins == purchase {
                    (price, nearest + 1)
                } else {
                    (self.rest(price, purchase, recurrence.nth(nearest - 1)?, begins), nearest)
                };
                Begun { first_on: None, first_amount, recurrence, next }
            }
        };
        if self.ends_on.is_some_and(|last| begun.first_on.unwrap_or(purchase) > last) {
            return Err(SubscriptionError::Over);
        }
        Ok(begun)
    }

    /// The day on which the period with this number is charged; `None` once the subscription has ended.
    ///
    /// # Errors
    /// [`OutOfCalendar`].
    pub fn charged_on(&self, recurrence: &Recurrence, n: i64) -> Result<Option<Date>, OutOfCalendar> {
        let day = recurrence.nth(n)?;
        Ok(self.ends_on.is_none_or(|last| day <= last).then_some(day))
    }

    /// What the rest of a period costs.
    fn rest(&self, price: i64, from: Date, began: Date, ends: Date) -> i64 {
        if !self.is_prorated {
            return price;
        }
        part_of(price, days_between(from, ends), days_between(began, ends))
    }
}
