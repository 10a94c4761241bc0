//! The ways in which an organization lets something be paid in parts.

use jiff::civil::Date;

use super::part_of;
use super::recurrence::{Interval, Unit};

/// How many options a configuration has at most.
pub const OPTIONS_MAX: usize = 12;
/// How many future installments there are at most.
pub const COUNT_MAX: u16 = 120;

/// A part of the whole, in hundredths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u16);

impl Share {
    /// All of it.
    pub const WHOLE: Self = Self(10_000);

    /// So many hundredths of a percent, 0 to 10,000. `None` for more.
    pub const fn new(basis_points: u16) -> Option<Self> {
        if basis_points <= Self::WHOLE.0 { Some(Self(basis_points)) } else { None }
    }

    /// Hundredths of a percent.
    pub const fn basis_points(self) -> u16 {
        self.0
    }

    /// This part of an amount, rounded half up to the minor unit.
    pub fn of(self, amount: i64) -> i64 {
        part_of(amount, i64::from(self.0), i64::from(Self::WHOLE.0))
    }
}

/// What is paid first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initial {
    /// So much for each eligible item, minor units: three activities at 50.00 make 150.00. Never more than an item costs.
    PerItem(i64),
    /// A part of what each item costs.
    Share(Share),
}

/// When the first of several future installments is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// One interval after the purchase.
    AfterInterval,
    /// On this day. Where it is over or too near, the first day that the interval comes to from there.
    On(Date),
    /// On this day of a month, 1 to 31: the last day of a month that has no such day.
    DayOfMonth(i8),
}

/// What is paid after the initial amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Future {
    /// Nothing: the initial amount is everything, on a day that is fixed.
    Nothing,
    /// In equal parts, at an interval.
    Recurring {
        /// How many there are at most: fewer where the activity ends earlier.
        count_max: u16,
        /// How long it is from one to the next.
        interval: Interval,
        /// When the first one is due.
        first: First,
    },
    /// In equal parts, on these days. Days that are over or too near fall away.
    On(Vec<Date>),
}

/// Why something is no option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    /// An initial amount below zero.
    #[error("the initial amount is below zero")]
    BelowZero,
    /// Without future installments the initial amount must be everything, on a fixed day: anything else is paying now.
    #[error("without future installments the initial amount is 100 percent, on a fixed date")]
    NothingDeferred,
    /// All of it is paid first, so that there is nothing to plan.
    #[error("after 100 percent there is nothing left for future installments")]
    NothingLeft,
    /// No number of installments, or too many.
    #[error("1 to {COUNT_MAX} future installments")]
    Count,
    /// Fixed days that do not ascend.
    #[error("fixed dates ascend, each once")]
    Order,
    /// A day that no month has, or a day of the month for weeks.
    #[error("a day of the month is 1 to 31, and needs an interval of months")]
    DayOfMonth,
    /// No options, or too many.
    #[error("1 to {OPTIONS_MAX} options")]
    Options,
}

/// One way to pay in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstallmentOption {
    pub(super) initial: Initial,
    pub(super) initial_on: Option<Date>,
    pub(super) future: Future,
    pub(super) ends_with_activity: bool,
    pub(super) ten_day_rule: bool,
}

impl InstallmentOption {
    /// The initial amount is due at checkout, or on `initial_on` as long as that day is still to come. Future installments
    /// stop at an item's last day where `ends_with_activity` says so. `ten_day_rule` keeps ten days between the purchase
    /// and the first future installment.
    ///
    /// # Errors
    /// [`OptionError`]: what cannot be an option, whatever is bought.
    pub fn new(
        initial: Initial,
        initial_on: Option<Date>,
        future: Future,
        ends_with_activity: bool,
        ten_day_rule: bool,
    ) -> Result<Self, OptionError> {
        let is_whole = initial == Initial::Share(Share::WHOLE);
        if matches!(initial, Initial::PerItem(amount) if amount < 0) {
            return Err(OptionError::BelowZero);
        }
        match &future {
            Future::Nothing if !is_whole || initial_on.is_none() => {
                return Err(OptionError::NothingDeferred);
            }
            Future::Recurring { .. } | Future::On(_) if is_whole => return Err(OptionError::NothingLeft),
            Future::Nothing => {}
            Future::Recurring { count_max, interval, first } => {
                if !(1..=COUNT_MAX).contains(count_max) {
                    return Err(OptionError::Count);
                }
                if let First::DayOfMonth(day) = first
                    && (!(1..=31).contains(day) || interval.unit() != Unit::Month)
                {
                    return Err(OptionError::DayOfMonth);
                }
            }
            Future::On(days) => {
                if days.is_empty() || days.len() > usize::from(COUNT_MAX) {
                    return Err(OptionError::Count);
                }
                if !days.is_sorted_by(|a, b| a < b) {
                    return Err(OptionError::Order);
                }
            }
        }
        Ok(Self { initial, initial_on, future, ends_with_activity, ten_day_rule })
    }
}

/// What an organization offers for some of what it sells: one or several options. The full price is always offered besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstallmentConfiguration {
    options: Vec<InstallmentOption>,
}

impl InstallmentConfiguration {
    /// These options, in the order in which they are shown.
    ///
    /// # Errors
    /// [`OptionError::Options`].
    pub fn new(options: Vec<InstallmentOption>) -> Result<Self, OptionError> {
        if (1..=OPTIONS_MAX).contains(&options.len()) {
            Ok(Self { options })
        } else {
            Err(OptionError::Options)
        }
    }

    /// The options, in the order in which they are shown.
    pub fn options(&self) -> &[InstallmentOption] {
        &self.options
    }
}
