//! The card number (PAN, primary account number): checked while typed, held only while it is sent.

use std::fmt;

use zeroize::Zeroize;

use super::{Brand, digit, is_separator, passes_luhn};
use crate::verdict::Verdict;

/// The longest card number (ISO/IEC 7812-1).
pub const DIGITS_MAX: usize = 19;

/// Why a text is not a card number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PanError {
    /// A character that is neither a digit, a space nor a dash.
    #[error("a card number has digits only")]
    NotDigits,
    /// Too few digits.
    #[error("the card number is too short")]
    TooShort,
    /// More digits than any number of this scheme has.
    #[error("the card number is too long")]
    TooLong,
    /// The check digit does not fit: one digit is wrong, or two are swapped.
    #[error("the card number has a wrong digit")]
    WrongCheckDigit,
}

/// A card number with the right length and check digit.
///
/// It cannot be printed, cloned, compared or serialized, and it is overwritten when dropped.
///
/// ```
/// let pan = paydesk_domain::card::Pan::parse("4242 4242 4242 4242").unwrap();
/// assert_eq!(format!("{pan:?}"), "Pan(redacted)");
/// ```
/// ```compile_fail
/// let pan = paydesk_domain::card::Pan::parse("4242 4242 4242 4242").unwrap();
/// println!("{pan}");
/// ```
/// ```compile_fail
/// let pan = paydesk_domain::card::Pan::parse("4242 4242 4242 4242").unwrap();
/// let copy = pan.clone();
/// drop((pan, copy));
/// ```
/// The last check, with a type that may be serialized, compiles: what fails above fails for its own reason.
/// ```
/// fn needs_serialize<T: serde::Serialize>(_: &T) {}
/// needs_serialize(&paydesk_domain::card::Pan::parse("4242 4242 4242 4242").unwrap().last4());
/// ```
/// ```compile_fail
/// fn needs_serialize<T: serde::Serialize>(_: &T) {}
/// needs_serialize(&paydesk_domain::card::Pan::parse("4242 4242 4242 4242").unwrap());
/// ```
pub struct Pan {
    /// Values 0 to 9.
    digits: [u8; DIGITS_MAX],
    length: usize,
}

impl Pan {
    /// Reads a number, with spaces and dashes anywhere and digits of either width.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, PanError> {
        let mut pan = Self { digits: [0; DIGITS_MAX], length: 0 };
        for character in text.chars() {
            match digit(character) {
                Some(value) => {
                    *pan.digits.get_mut(pan.length).ok_or(PanError::TooLong)? = value;
                    pan.length += 1;
                }
                None if is_separator(character) => {}
                None => return Err(PanError::NotDigits),
            }
        }
        match pan.verdict() {
            Verdict::Valid => Ok(pan),
            Verdict::Incomplete => Err(PanError::TooShort),
            Verdict::Invalid(why) => Err(why),
        }
    }

    /// What to say of a number while it is typed.
    ///
    /// A wrong check digit is told at the scheme's usual length already, although a few Visa cards have 19
    /// digits: those become valid again with the digits that follow.
    pub fn check(text: &str) -> Verdict<PanError> {
        match Self::parse(text) {
            Ok(_) => Verdict::Valid,
            Err(PanError::TooShort) => Verdict::Incomplete,
            Err(why) => Verdict::Invalid(why),
        }
    }

    /// The scheme.
    pub fn brand(&self) -> Brand {
        Brand::detect(self.values())
    }

    /// The last four digits, the only part of the number that may be shown and kept.
    pub fn last4(&self) -> String {
        let tail = self.values().iter().skip(self.length.saturating_sub(4));
        tail.map(|value| char::from(b'0' + value)).collect()
    }

    /// The digits, for whoever sends them to the processor or is the processor.
    #[cfg(feature = "processor")]
    pub fn reveal(&self) -> zeroize::Zeroizing<String> {
        zeroize::Zeroizing::new(self.characters().collect())
    }

    /// The digits as characters.
    pub(crate) fn characters(&self) -> impl Iterator<Item = char> + '_ {
        self.values().iter().map(|value| char::from(b'0' + value))
    }

    fn values(&self) -> &[u8] {
        self.digits.get(..self.length).unwrap_or_default()
    }

    fn verdict(&self) -> Verdict<PanError> {
        let brand = self.brand();
        let lengths = brand.lengths();
        let longest = lengths.last().copied().unwrap_or(DIGITS_MAX);
        if self.length > longest {
            return Verdict::Invalid(PanError::TooLong);
        }
        if !lengths.contains(&self.length) {
            return Verdict::Incomplete;
        }
        if !brand.has_check_digit() || passes_luhn(self.values()) {
            return Verdict::Valid;
        }
        if self.length < brand.usual_length() {
            Verdict::Incomplete
        } else {
            Verdict::Invalid(PanError::WrongCheckDigit)
        }
    }
}

impl Drop for Pan {
    fn drop(&mut self) {
        self.digits.zeroize();
    }
}

impl fmt::Debug for Pan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pan(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_people_paste() {
        for text in [
            "4242424242424242",
            "4242-4242-4242-4242",
            " 4242\u{a0}4242 4242\u{2013}4242\n",
            "４２４２４２４２４２４２４２４２",
        ] {
            let pan = Pan::parse(text).unwrap();
            assert_eq!(
                (pan.brand(), pan.last4().as_str(), pan.characters().count()),
                (Brand::Visa, "4242", 16)
            );
        }
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, verdict) in [
            ("", Verdict::Incomplete),
            ("4242 4242", Verdict::Incomplete),
            ("4242 4242 4242 424", Verdict::Incomplete),
            ("4242 4242 4242 4241", Verdict::Invalid(PanError::WrongCheckDigit)),
            ("4242 4242 4242 4242", Verdict::Valid),
            ("4242 4242 4242 4242 42", Verdict::Incomplete),
            ("3782 822463 10005", Verdict::Valid),
            ("3782 822463 10005 1", Verdict::Invalid(PanError::TooLong)),
            ("3622 720627 1667", Verdict::Valid),
            ("6200 0000 0000 0005", Verdict::Valid),
            ("4242 4242 4242 424x", Verdict::Invalid(PanError::NotDigits)),
            ("42424242424242424242", Verdict::Invalid(PanError::TooLong)),
        ] {
            assert_eq!(Pan::check(text), verdict, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_never_prints(text in "\\PC{0,40}") {
            if let Ok(pan) = Pan::parse(&text) {
                prop_assert_eq!(format!("{pan:?}"), "Pan(redacted)");
            }
        }
    }
}
