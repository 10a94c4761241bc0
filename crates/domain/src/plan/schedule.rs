//! What is due on which day when something is paid in parts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::OutOfCalendar;
use super::option::{First, Future, Initial, InstallmentOption};
use super::recurrence::{Recurrence, days_after};

/// How many days lie between a purchase and its first future installment, unless the option switches that off.
pub const MINIMUM_DAYS: i64 = 10;

/// A line of what is bought, as far as it is to be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// What is still open of it, minor units.
    pub open: i64,
    /// Whether the option is one for this line.
    pub is_eligible: bool,
    /// The last day of the activity.
    pub ends_on: Option<Date>,
}

/// What a payment is for: a line, by its place among the items, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The place of the line.
    pub item: usize,
    /// Minor units, above zero.
    pub amount: i64,
}

/// A payment that is planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installment {
    /// When it is due.
    pub on: Date,
    /// Which lines it pays, in their order.
    pub parts: Vec<Part>,
}

impl Installment {
    /// Minor units, above zero.
    pub fn amount(&self) -> i64 {
        sum(&self.parts)
    }
}

/// Everything that will be paid, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// What is paid at checkout.
    pub now: Vec<Part>,
    /// What is paid later, one payment a day at most, in the order of the days.
    pub later: Vec<Installment>,
}

/// Why an option cannot be offered for these items on this day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOffered {
    /// Nothing would be paid later: no line is eligible and open, or every day is over or too near.
    #[error("nothing would be paid later")]
    NothingLater,
    /// A date beyond the calendar.
    #[error(transparent)]
    OutOfCalendar(#[from] OutOfCalendar),
}

impl Schedule {
    /// Everything at once: what every purchase offers.
    pub fn in_full(items: &[Item]) -> Self {
        let open = items.iter().enumerate().filter(|(_, item)| item.open > 0);
        let now = open.map(|(index, item)| Part { item: index, amount: item.open }).collect();
        Self { now, later: Vec::new() }
    }

    /// What is due at checkout, minor units.
    pub fn due_now(&self) -> i64 {
        sum(&self.now)
    }
}

impl InstallmentOption {
    /// What is due when, for a purchase on a day where the organization is.
    ///
    /// Lines that are not eligible, and those whose activity ends before the first day on which they could be paid, are
    /// due at checkout. Each line is split by itself: its last installment absorbs what does not divide. A payment of
    /// nothing is left out.
    ///
    /// # Errors
    /// [`NotOffered`].
    pub fn schedule(&self, items: &[Item], purchase: Date) -> Result<Schedule, NotOffered> {
        // A fixed day that is over, or today, is taken at the purchase.
        let initial_on = self.initial_on.filter(|day| *day > purchase);
        let days = self.future_days(purchase, initial_on)?;
        let (mut now, mut later) = (Vec::new(), BTreeMap::<Date, Vec<Part>>::new());
        for (index, item) in items.iter().enumerate().filter(|(_, item)| item.open > 0) {
            let mut plan = |on: Option<Date>, amount: i64| {
                if amount > 0 {
                    let part = Part { item: index, amount };
                    on.map_or(&mut now, |day| later.entry(day).or_default()).push(part);
                }
            };
            let days = self.days_of(item, &days);
            if !item.is_eligible || (days.is_empty() && self.future != Future::Nothing) {
                plan(None, item.open);
                continue;
            }
            let initial = match self.initial {
                Initial::PerItem(amount) => amount.min(item.open),
                Initial::Share(share) => share.of(item.open),
            };
            plan(initial_on, initial);
            let rest = item.open.saturating_sub(initial);
            let count = i64::try_from(days.len()).unwrap_or(i64::MAX).max(1);
            let (each, last) = (rest / count, rest - rest / count * (count - 1));
            for (number, day) in days.iter().enumerate() {
                plan(Some(*day), if number + 1 == days.len() { last } else { each });
            }
        }
        if later.is_empty() {
            return Err(NotOffered::NothingLater);
        }
        let later = later.into_iter().map(|(on, parts)| Installment { on, parts }).collect();
        Ok(Schedule { now, later })
    }

    /// The days of the future installments, whatever ends earlier.
    fn future_days(&self, purchase: Date, initial_on: Option<Date>) -> Result<BTreeSet<Date>, OutOfCalendar> {
        let mut earliest = days_after(purchase, if self.ten_day_rule { MINIMUM_DAYS } else { 1 })?;
        if let Some(initial_on) = initial_on {
            earliest = earliest.max(days_after(initial_on, 1)?);
        }
        let (count_max, interval, first) = match &self.future {
            Future::Nothing => return Ok(BTreeSet::new()),
            Future::On(days) => return Ok(days.iter().copied().filter(|day| *day >= earliest).collect()),
            Future::Recurring { count_max, interval, first } => (*count_max, *interval, *first),
        };
        let (recurrence, from) = match first {
            First::AfterInterval => (Recurrence::from_anchor(purchase, interval), 1),
            First::On(day) => (Recurrence::from_anchor(day, interval), 0),
            First::DayOfMonth(day) => {
                (Recurrence::on_day_of_month(purchase, day, interval).ok_or(OutOfCalendar)?, 0)
            }
        };
        let from = recurrence.first_from(earliest)?.max(from);
        (from..from + i64::from(count_max)).map(|n| recurrence.nth(n)).collect()
    }

    fn days_of(&self, item: &Item, days: &BTreeSet<Date>) -> Vec<Date> {
        let last = item.ends_on.filter(|_| self.ends_with_activity);
        days.iter().copied().filter(|day| last.is_none_or(|last| *day <= last)).collect()
    }
}

fn sum(parts: &[Part]) -> i64 {
    parts.iter().map(|part| part.amount).fold(0, i64::saturating_add)
}
