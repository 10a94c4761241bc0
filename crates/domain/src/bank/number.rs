//! The numbers of a bank account: checked while typed, held only while they are sent.

use std::fmt;

use zeroize::Zeroize;

use super::BankPart;
use crate::card::{digit, is_separator};
use crate::return_code::Rail;
use crate::verdict::Verdict;

/// The longest of them, a US account number.
const DIGITS_MAX: usize = 17;

/// Why a text is not such a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BankNumberError {
    /// A character that is neither a digit, a space nor a dash.
    #[error("the number has digits only")]
    NotDigits,
    /// Too few digits.
    #[error("the number is too short")]
    TooShort,
    /// Too many digits.
    #[error("the number is too long")]
    TooLong,
    /// The check digit of a routing number does not fit.
    #[error("the routing number has a wrong digit")]
    WrongCheckDigit,
    /// The number that was typed once more is another one.
    #[error("the two numbers differ")]
    Different,
}

/// One of the numbers of a bank account, of the right length and, where it has one, with the right check digit.
///
/// It cannot be printed, cloned, compared or serialized, and it is overwritten when dropped.
///
/// ```
/// use paydesk_domain::{bank::{BankAccountNumber, BankPart}, return_code::Rail};
/// let number = BankAccountNumber::parse("000123456789", BankPart::Account, Rail::Ach).unwrap();
/// assert_eq!(format!("{number:?}"), "BankAccountNumber(redacted)");
/// ```
/// ```compile_fail,E0277
/// use paydesk_domain::{bank::{BankAccountNumber, BankPart}, return_code::Rail};
/// let number = BankAccountNumber::parse("000123456789", BankPart::Account, Rail::Ach).unwrap();
/// println!("{number}");
/// ```
/// ```compile_fail,E0599
/// use paydesk_domain::{bank::{BankAccountNumber, BankPart}, return_code::Rail};
/// let number = BankAccountNumber::parse("000123456789", BankPart::Account, Rail::Ach).unwrap();
/// let copy = number.clone();
/// drop((number, copy));
/// ```
/// The last check, with a type that may be serialized, compiles: what fails above fails for its own reason.
/// ```
/// use paydesk_domain::{bank::{BankAccountNumber, BankPart}, return_code::Rail};
/// fn needs_serialize<T: serde::Serialize>(_: &T) {}
/// BankAccountNumber::parse("000123456789", BankPart::Account, Rail::Ach).unwrap();
/// needs_serialize(&"000123456789");
/// ```
/// ```compile_fail,E0277
/// use paydesk_domain::{bank::{BankAccountNumber, BankPart}, return_code::Rail};
/// fn needs_serialize<T: serde::Serialize>(_: &T) {}
/// needs_serialize(&BankAccountNumber::parse("000123456789", BankPart::Account, Rail::Ach).unwrap());
/// ```
pub struct BankAccountNumber {
    part: BankPart,
    /// Values 0 to 9.
    digits: [u8; DIGITS_MAX],
    length: usize,
}

impl BankAccountNumber {
    /// Reads a number, with spaces and dashes anywhere and digits of either width.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(text: &str, part: BankPart, rail: Rail) -> Result<Self, BankNumberError> {
        let (shortest, longest) = part.lengths(rail);
        let mut number = Self { part, digits: [0; DIGITS_MAX], length: 0 };
        for character in text.chars() {
            match digit(character) {
                Some(_) if number.length == longest => return Err(BankNumberError::TooLong),
                Some(value) => {
                    *number.digits.get_mut(number.length).ok_or(BankNumberError::TooLong)? = value;
                    number.length += 1;
                }
                None if is_separator(character) => {}
                None => return Err(BankNumberError::NotDigits),
            }
        }
        if number.length < shortest {
            return Err(BankNumberError::TooShort);
        }
        if part == BankPart::Routing && !passes_routing_check(number.values()) {
            return Err(BankNumberError::WrongCheckDigit);
        }
        Ok(number)
    }

    /// What to say of a number while it is typed.
    pub fn check(text: &str, part: BankPart, rail: Rail) -> Verdict<BankNumberError> {
        match Self::parse(text, part, rail) {
            Ok(_) => Verdict::Valid,
            Err(BankNumberError::TooShort) => Verdict::Incomplete,
            Err(why) => Verdict::Invalid(why),
        }
    }

    /// Which of the numbers it is.
    pub(crate) const fn part(&self) -> BankPart {
        self.part
    }

    /// The digits as characters.
    pub(crate) fn characters(&self) -> impl Iterator<Item = char> + '_ {
        self.values().iter().map(|value| char::from(b'0' + value))
    }

    fn values(&self) -> &[u8] {
        self.digits.get(..self.length).unwrap_or_default()
    }
}

impl Drop for BankAccountNumber {
    fn drop(&mut self) {
        self.digits.zeroize();
    }
}

impl fmt::Debug for BankAccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BankAccountNumber(redacted)")
    }
}

/// What to say of a number that is typed once more, beside the first.
pub fn check_again(first: &str, again: &str) -> Verdict<BankNumberError> {
    let mut first = first.chars().filter_map(digit);
    for value in again.chars().filter_map(digit) {
        if first.next() != Some(value) {
            return Verdict::Invalid(BankNumberError::Different);
        }
    }
    if first.next().is_some() { Verdict::Incomplete } else { Verdict::Valid }
}

/// The check of the American Bankers Association: the digits, weighted 3, 7 and 1 in turn, make a multiple of ten. Nine
/// zeros pass it and are no bank's.
fn passes_routing_check(digits: &[u8]) -> bool {
    let weighted = digits.iter().zip([3, 7, 1].into_iter().cycle());
    let sum: u32 = weighted.map(|(digit, weight)| u32::from(*digit) * weight).sum();
    sum > 0 && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, part: BankPart, rail: Rail) -> Verdict<BankNumberError> {
        BankAccountNumber::check(text, part, rail)
    }

    #[test]
    fn says_what_is_wrong() {
        use BankNumberError as E;
        use BankPart as P;
        use Verdict::{Incomplete, Invalid, Valid};
        for (text, part, rail, verdict) in [
            ("", P::Routing, Rail::Ach, Incomplete),
            ("11000000", P::Routing, Rail::Ach, Incomplete),
            ("110000000", P::Routing, Rail::Ach, Valid),
            ("0210 0002 1", P::Routing, Rail::Ach, Valid),
            ("１２２１０５２７８", P::Routing, Rail::Ach, Valid),
            ("021000012", P::Routing, Rail::Ach, Invalid(E::WrongCheckDigit)),
            ("000000000", P::Routing, Rail::Ach, Invalid(E::WrongCheckDigit)),
            ("1100000000", P::Routing, Rail::Ach, Invalid(E::TooLong)),
            ("11000000x", P::Routing, Rail::Ach, Invalid(E::NotDigits)),
            ("00", P::Institution, Rail::Pad, Incomplete),
            ("001", P::Institution, Rail::Pad, Valid),
            ("0011", P::Institution, Rail::Pad, Invalid(E::TooLong)),
            ("11000", P::Transit, Rail::Pad, Valid),
            ("123", P::Account, Rail::Ach, Incomplete),
            ("1234", P::Account, Rail::Ach, Valid),
            ("12345678901234567", P::Account, Rail::Ach, Valid),
            ("123456789012345678", P::Account, Rail::Ach, Invalid(E::TooLong)),
            ("123456", P::Account, Rail::Pad, Incomplete),
            ("000-123456789", P::Account, Rail::Pad, Valid),
            ("0001234567890", P::Account, Rail::Pad, Invalid(E::TooLong)),
        ] {
            assert_eq!(check(text, part, rail), verdict, "{text} {part:?} {rail:?}");
        }
    }

    #[test]
    fn typed_once_more_it_is_the_same_or_not_yet_or_another() {
        for (first, again, verdict) in [
            ("0001", "", Verdict::Incomplete),
            ("0001", "000", Verdict::Incomplete),
            ("00 01", "0-001", Verdict::Valid),
            ("0001", "0002", Verdict::Invalid(BankNumberError::Different)),
            ("0001", "00010", Verdict::Invalid(BankNumberError::Different)),
            ("", "0", Verdict::Invalid(BankNumberError::Different)),
        ] {
            assert_eq!(check_again(first, again), verdict, "{first} {again}");
        }
    }

    proptest! {
        /// One wrong digit, or two neighbours swapped that are not five apart, is always found.
        ///
        /// Positive control: weights of 3, 7, 3 let swapped neighbours through.
        #[test]
        fn a_mistyped_routing_number_is_found(head in "[0-9]{8}", place in 0usize..9, by in 1u8..10) {
            let sum: u32 = head.bytes().zip([3, 7, 1].into_iter().cycle()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
            let good = format!("{head}{}", (10 - sum % 10) % 10);
            prop_assume!(good != "000000000");
            prop_assert_eq!(check(&good, BankPart::Routing, Rail::Ach), Verdict::Valid);
            let mut digits = good.clone().into_bytes();
            digits[place] = b'0' + (digits[place] - b'0' + by) % 10;
            let wrong = String::from_utf8(digits).unwrap();
            prop_assert_eq!(check(&wrong, BankPart::Routing, Rail::Ach), Verdict::Invalid(BankNumberError::WrongCheckDigit));
            let mut digits = good.into_bytes();
            if place < 8 && digits[place].abs_diff(digits[place + 1]) % 5 != 0 {
                digits.swap(place, place + 1);
                let swapped = String::from_utf8(digits).unwrap();
                prop_assert!(!check(&swapped, BankPart::Routing, Rail::Ach).is_valid(), "{}", swapped);
            }
        }

        /// What is incomplete can become valid, what is invalid cannot; and nothing is ever printed.
        #[test]
        fn verdicts_keep_their_word(text in "[0-9]{0,20}", more in "[0-9]{0,6}") {
            for (part, rail) in [(BankPart::Account, Rail::Ach), (BankPart::Account, Rail::Pad), (BankPart::Transit, Rail::Pad)] {
                if let Verdict::Invalid(_) = check(&text, part, rail) {
                    let longer = [text.as_str(), more.as_str()].concat();
                    prop_assert!(!check(&longer, part, rail).is_valid(), "{}", longer);
                }
                if let Ok(number) = BankAccountNumber::parse(&text, part, rail) {
                    prop_assert_eq!(format!("{number:?}"), "BankAccountNumber(redacted)");
                    prop_assert_eq!(number.characters().collect::<String>(), text.clone());
                }
            }
            prop_assert_eq!(check_again(&text, &text), Verdict::Valid);
        }

        #[test]
        fn never_panics(text in "\\PC{0,40}", again in "\\PC{0,40}") {
            for part in BankPart::ALL {
                for rail in [Rail::Ach, Rail::Pad] {
                    check(&text, part, rail);
                }
            }
            check_again(&text, &again);
        }
    }
}
