//! Days that recur. Each is counted from the anchor, never from the one before it, so that the 31st comes back after
//! February.

use jiff::civil::Date;

use super::OutOfCalendar;

const MONTHS: i64 = 12;
const DAYS_OF_WEEK: i64 = 7;
const SECONDS_OF_DAY: i64 = 86_400;

/// What an interval is counted in. A year is twelve months: 29 February comes back as 28 February in common years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Seven days.
    Week,
    /// A month of the calendar.
    Month,
}

impl Unit {
    /// The unit as it travels and as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// Reads what was stored.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Week, Self::Month].into_iter().find(|unit| unit.as_str() == text)
    }
}

/// How long it is from one payment to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interval {
    unit: Unit,
    every: u8,
}

impl Interval {
    /// Every so many weeks (1 to 52) or months (1 to 12). `None` for anything else.
    pub const fn new(unit: Unit, every: u8) -> Option<Self> {
        let most = match unit {
            Unit::Week => 52,
            Unit::Month => 12,
        };
        if every >= 1 && every <= most { Some(Self { unit, every }) } else { None }
    }

    /// What it is counted in.
    pub const fn unit(self) -> Unit {
        self.unit
    }

    /// How many of them.
    pub const fn every(self) -> u8 {
        self.every
    }
}

/// Days that recur: the anchor, and every day that lies whole intervals before or after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recurrence {
    anchor: Date,
    /// The day of the month that is meant, where the anchor's own month is too short for it.
    day: i8,
    interval: Interval,
}

impl Recurrence {
    /// The days that are counted from `anchor`.
    pub fn from_anchor(anchor: Date, interval: Interval) -> Self {
        Self { anchor, day: anchor.day(), interval }
    }

    /// The same day of each month that the interval comes to, from the month of `within` on: the last day of a month that
    /// has no such day. `None` for a day that no month has, and for weeks.
    pub fn on_day_of_month(within: Date, day: i8, interval: Interval) -> Option<Self> {
        let is_fitting = (1..=31).contains(&day) && interval.unit == Unit::Month;
        is_fitting.then(|| Self { anchor: within.first_of_month(), day, interval })
    }

    /// The day `n` intervals after the anchor, or before it where `n` is below zero.
    ///
    /// # Errors
    /// [`OutOfCalendar`].
    pub fn nth(&self, n: i64) -> Result<Date, OutOfCalendar> {
        let steps = n.checked_mul(i64::from(self.interval.every)).ok_or(OutOfCalendar)?;
        match self.interval.unit {
            Unit::Week => days_after(self.anchor, steps.checked_mul(DAYS_OF_WEEK).ok_or(OutOfCalendar)?),
            Unit::Month => {
                let month = month_number(self.anchor).checked_add(steps).ok_or(OutOfCalendar)?;
                let year = i16::try_from(month.div_euclid(MONTHS)).map_err(|_| OutOfCalendar)?;
                let of_year = i8::try_from(month.rem_euclid(MONTHS) + 1).map_err(|_| OutOfCalendar)?;
                let first = Date::new(year, of_year, 1).map_err(|_| OutOfCalendar)?;
                Date::new(year, of_year, self.day.min(first.days_in_month())).map_err(|_| OutOfCalendar)
            }
        }
    }

    /// The number of the first day that is not before `earliest`.
    ///
    /// # Errors
    /// [`OutOfCalendar`].
    pub fn first_from(&self, earliest: Date) -> Result<i64, OutOfCalendar> {
        let every = i64::from(self.interval.every);
        let mut n = match self.interval.unit {
            Unit::Week => days_between(self.anchor, earliest).div_euclid(every * DAYS_OF_WEEK),
            Unit::Month => (month_number(earliest) - month_number(self.anchor)).div_euclid(every),
        };
        // The division answers with the day itself or with the one before it.
        while self.nth(n)? < earliest {
            n += 1;
        }
        Ok(n)
    }
}

/// The months since the year 0.
fn month_number(day: Date) -> i64 {
    i64::from(day.year()) * MONTHS + i64::from(day.month()) - 1
}

/// The day so many days after another one.
pub(super) fn days_after(day: Date, days: i64) -> Result<Date, OutOfCalendar> {
    let span = jiff::Span::new().try_days(days).map_err(|_| OutOfCalendar)?;
    day.checked_add(span).map_err(|_| OutOfCalendar)
}

/// How many days it is from one day to another.
pub(super) fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_secs() / SECONDS_OF_DAY
}
