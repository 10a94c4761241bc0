//! The month at whose end a card expires.

use std::fmt;

use jiff::civil::Date;

use super::digit;
use crate::verdict::Verdict;

/// How far ahead an expiry can lie: no issuer goes beyond twenty years, so more is a typing error.
const YEARS_AHEAD_MAX: i16 = 50;

/// Why a text is not a usable expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpiryError {
    /// Something other than digits and a separator.
    #[error("an expiry is a month and a year, such as 03/30")]
    Malformed,
    /// There is no such month.
    #[error("the month is 01 to 12")]
    NoSuchMonth,
    /// The card has expired.
    #[error("the card has expired")]
    Past,
    /// No card is valid that long.
    #[error("the year is too far ahead")]
    TooFarAhead,
}

/// A month of a year. A card may be used until its last day, wherever that day ends last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Expiry {
    year: i16,
    month: i8,
}

impl Expiry {
    /// A month (1 to 12) of a year (four digits).
    ///
    /// # Errors
    /// [`ExpiryError::NoSuchMonth`], or [`ExpiryError::Malformed`] for a year without four digits.
    pub fn new(year: u16, month: u8) -> Result<Self, ExpiryError> {
        let (Ok(year), Ok(month)) = (i16::try_from(year), i8::try_from(month)) else {
            return Err(ExpiryError::Malformed);
        };
        match (1000..=9999).contains(&year) {
            false => Err(ExpiryError::Malformed),
            true if (1..=12).contains(&month) => Ok(Self { year, month }),
            true => Err(ExpiryError::NoSuchMonth),
        }
    }

    /// Reads `03/30`, `3/30`, `0330`, `03 / 2030`, `032030`, `3-2030`. Two-digit years are of this century.
    ///
    /// # Errors
    /// What is wrong; a text that is merely unfinished is [`ExpiryError::Malformed`] too: see [`Self::check`].
    pub fn parse(text: &str) -> Result<Self, ExpiryError> {
        match read(text)? {
            Reading::Complete(expiry) => Ok(expiry),
            Reading::Unfinished => Err(ExpiryError::Malformed),
        }
    }

    /// The month of a day.
    pub fn of(day: Date) -> Self {
        Self { year: day.year(), month: day.month() }
    }

    /// The month of a day counted from 1970-01-01, by the usual arithmetic on 400-year cycles that begin in March. A browser has no
    /// calendar of its own that would weigh as little.
    pub fn of_day(days: i64) -> Self {
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self { year: i16::try_from(year).unwrap_or(i16::MAX), month: i8::try_from(month).unwrap_or(1) }
    }

    /// What to say of an expiry while it is typed, in the month that it is `now`.
    pub fn check(text: &str, now: Self) -> Verdict<ExpiryError> {
        match read(text) {
            Ok(Reading::Unfinished) => Verdict::Incomplete,
            // `20` may be the year 2020 or the beginning of 2030.
            Ok(Reading::Complete(expiry)) if expiry < now && ends_in_century(text) => Verdict::Incomplete,
            Ok(Reading::Complete(expiry)) if expiry < now => Verdict::Invalid(ExpiryError::Past),
            Ok(Reading::Complete(expiry)) if expiry.year > now.year.saturating_add(YEARS_AHEAD_MAX) => {
                Verdict::Invalid(ExpiryError::TooFarAhead)
            }
            Ok(Reading::Complete(_)) => Verdict::Valid,
            Err(why) => Verdict::Invalid(why),
        }
    }

    /// The year, four digits.
    pub fn year(&self) -> u16 {
        self.year.unsigned_abs()
    }

    /// The month, 1 to 12.
    pub fn month(&self) -> u8 {
        self.month.unsigned_abs()
    }

    /// True once the month is over on `today`, a civil date where the business is.
    pub fn is_past(&self, today: Date) -> bool {
        *self < Self::of(today)
    }

    /// Where a card with this expiry stands on `today`, a civil date where the business is.
    pub fn state(&self, today: Date) -> ExpiryState {
        let this = Self::of(today);
        let next = match this.month {
            12 => Self { year: this.year.saturating_add(1), month: 1 },
            month => Self { year: this.year, month: month.saturating_add(1) },
        };
        if *self < this {
            ExpiryState::Expired
        } else if *self <= next {
            ExpiryState::Expiring
        } else {
            ExpiryState::Valid
        }
    }
}

/// Where a card stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ExpiryState {
    /// It can be charged after next month.
    Valid,
    /// This month or the next one is its last.
    Expiring,
    /// Its month is over.
    Expired,
}

impl ExpiryState {
    /// Reads what travelled.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "valid" => Some(Self::Valid),
            "expiring" => Some(Self::Expiring),
            "expired" => Some(Self::Expired),
            _ => None,
        }
    }
}

impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}/{}", self.month, self.year)
    }
}

enum Reading {
    Unfinished,
    Complete(Expiry),
}

/// A run of digits: how many, and what they come to.
#[derive(Clone, Copy, Default)]
struct Run {
    length: u32,
    value: u32,
}

impl Run {
    /// More digits than any expiry has are not told apart.
    const LENGTH_MAX: u32 = 7;

    fn push(&mut self, digit: u8) {
        if self.length < Self::LENGTH_MAX {
            *self = Self { length: self.length + 1, value: self.value * 10 + u32::from(digit) };
        }
    }

    /// The first two digits, and the rest.
    const fn split(self) -> (Self, Self) {
        let rest = self.length.saturating_sub(2);
        let place = 10_u32.pow(rest);
        (Self { length: 2, value: self.value / place }, Self { length: rest, value: self.value % place })
    }
}

fn read(text: &str) -> Result<Reading, ExpiryError> {
    let (mut runs, mut at) = ([Run::default(); 2], 0);
    for character in text.trim().chars() {
        match (digit(character), runs.get_mut(at)) {
            (Some(value), Some(run)) => run.push(value),
            (None, Some(run))
                if character.is_whitespace() || matches!(character, '/' | '-' | '.' | '\u{FF0F}') =>
            {
                at += usize::from(run.length > 0);
            }
            _ => return Err(ExpiryError::Malformed),
        }
    }
    let [month, year] = runs;
    if at > 1 {
        return Err(ExpiryError::Malformed);
    }
    let (month, year) = if at == 0 && month.length > 2 { month.split() } else { (month, year) };
    let may_go_on = month.value == 0 || (month.value == 1 && at == 0);
    if month.length == 0 || (month.length == 1 && may_go_on) {
        return Ok(Reading::Unfinished);
    }
    if !(1..=12).contains(&month.value) {
        return Err(ExpiryError::NoSuchMonth);
    }
    let year = match year.length {
        0 | 1 | 3 => return Ok(Reading::Unfinished),
        2 => 2000 + year.value,
        4 => year.value,
        _ => return Err(ExpiryError::Malformed),
    };
    let small = |number: u32| u16::try_from(number).unwrap_or_default();
    Expiry::new(small(year), u8::try_from(month.value).unwrap_or_default()).map(Reading::Complete)
}

/// True when the text ends in a two-digit `20`, which may be the first half of a four-digit year.
fn ends_in_century(text: &str) -> bool {
    let digits: String = text.chars().filter_map(digit).map(|value| char::from(b'0' + value)).collect();
    digits.len() <= 4 && digits.ends_with("20")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn reads_what_people_type() {
        let march = Expiry::new(2030, 3).unwrap();
        for text in ["03/30", "3/30", "0330", "03 / 2030", "032030", "3-2030", "03.30", "０３／３０"] {
            assert_eq!(Expiry::parse(text), Ok(march), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let now = Expiry::of(date(2026, 11, 23));
        for (text, verdict) in [
            ("", Verdict::Incomplete),
            ("0", Verdict::Incomplete),
            ("1", Verdict::Incomplete),
            ("12", Verdict::Incomplete),
            ("12/", Verdict::Incomplete),
            ("12/3", Verdict::Incomplete),
            ("12/203", Verdict::Incomplete),
            ("1/30", Verdict::Valid),
            ("11/26", Verdict::Valid),
            ("10/26", Verdict::Invalid(ExpiryError::Past)),
            ("13/30", Verdict::Invalid(ExpiryError::NoSuchMonth)),
            ("00/30", Verdict::Invalid(ExpiryError::NoSuchMonth)),
            ("03/20", Verdict::Incomplete),
            ("03/2020", Verdict::Invalid(ExpiryError::Past)),
            ("03/2099", Verdict::Invalid(ExpiryError::TooFarAhead)),
            ("aa/bb", Verdict::Invalid(ExpiryError::Malformed)),
            ("1/2/3", Verdict::Invalid(ExpiryError::Malformed)),
        ] {
            assert_eq!(Expiry::check(text, now), verdict, "{text}");
        }
    }

    #[test]
    fn says_two_months_before_that_a_card_expires() {
        use ExpiryState::{Expired, Expiring, Valid};
        for (today, month, year, state) in [
            (date(2026, 11, 30), 10, 2026, Expired),
            (date(2026, 11, 30), 11, 2026, Expiring),
            (date(2026, 11, 1), 12, 2026, Expiring),
            (date(2026, 11, 30), 1, 2027, Valid),
            (date(2026, 12, 1), 1, 2027, Expiring),
            (date(2026, 12, 31), 2, 2027, Valid),
            (date(2027, 1, 1), 12, 2026, Expired),
        ] {
            assert_eq!(Expiry::new(year, month).unwrap().state(today), state, "{month}/{year} on {today}");
        }
    }

    proptest! {
        #[test]
        fn days_are_in_the_months_that_jiff_knows(days in -100_000i64..1_000_000) {
            let day = date(1970, 1, 1) + jiff::Span::new().days(days);
            prop_assert_eq!(Expiry::of_day(days), Expiry::of(day));
        }

        /// A card expires at the end of its month: on its last day it still works, on the next it does not.
        #[test]
        fn valid_through_the_last_day(year in 2000u16..2200, month in 1u8..=12) {
            let expiry = Expiry::new(year, month).unwrap();
            let last = Date::new(i16::try_from(year).unwrap(), i8::try_from(month).unwrap(), 1).unwrap().last_of_month();
            prop_assert!(!expiry.is_past(last));
            prop_assert!(expiry.is_past(last.tomorrow().unwrap()));
        }
    }
}
