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

    /// What to say of an expiry while it is typed.
    pub fn check(text: &str, today: Date) -> Verdict<ExpiryError> {
        match read(text) {
            Ok(Reading::Unfinished) => Verdict::Incomplete,
            // `20` may be the year 2020 or the beginning of 2030.
            Ok(Reading::Complete(expiry)) if expiry.is_past(today) && ends_in_century(text) => {
                Verdict::Incomplete
            }
            Ok(Reading::Complete(expiry)) if expiry.is_past(today) => Verdict::Invalid(ExpiryError::Past),
            Ok(Reading::Complete(expiry)) if expiry.year > today.year() + YEARS_AHEAD_MAX => {
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
        (self.year, self.month) < (today.year(), today.month())
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

fn read(text: &str) -> Result<Reading, ExpiryError> {
    let mut parts: Vec<String> = vec![String::new()];
    for character in text.trim().chars() {
        match (digit(character), parts.last_mut()) {
            (Some(value), Some(part)) => part.push(char::from(b'0' + value)),
            (None, Some(part))
                if character.is_whitespace() || matches!(character, '/' | '-' | '.' | '\u{FF0F}') =>
            {
                if !part.is_empty() {
                    parts.push(String::new());
                }
            }
            _ => return Err(ExpiryError::Malformed),
        }
    }
    let (month, year) = match parts.as_slice() {
        [joined] if joined.len() > 2 => joined.split_at_checked(2).unwrap_or_default(),
        [month] => (month.as_str(), ""),
        [month, year] => (month.as_str(), year.as_str()),
        _ => return Err(ExpiryError::Malformed),
    };
    if month.is_empty() || month == "0" || (month == "1" && parts.len() == 1) {
        return Ok(Reading::Unfinished);
    }
    let month_value: u8 = month.parse().map_err(|_| ExpiryError::NoSuchMonth)?;
    if !(1..=12).contains(&month_value) {
        return Err(ExpiryError::NoSuchMonth);
    }
    let year_value: u16 = match year.len() {
        0 | 1 | 3 => return Ok(Reading::Unfinished),
        2 => 2000 + year.parse::<u16>().map_err(|_| ExpiryError::Malformed)?,
        4 => year.parse().map_err(|_| ExpiryError::Malformed)?,
        _ => return Err(ExpiryError::Malformed),
    };
    Expiry::new(year_value, month_value).map(Reading::Complete)
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
        let today = date(2026, 11, 23);
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
            assert_eq!(Expiry::check(text, today), verdict, "{text}");
        }
    }

    proptest! {
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
