//! The card's security code: never stored by anybody, not even for a retry (PCI DSS 3.3.1).

use std::fmt;

use zeroize::Zeroize;

use super::{Brand, digit};
use crate::verdict::Verdict;

const DIGITS_MAX: usize = 4;

/// Why a text is not a security code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CvcError {
    /// A character that is not a digit.
    #[error("a security code has digits only")]
    NotDigits,
    /// Too few digits for this scheme.
    #[error("the security code is too short")]
    TooShort,
    /// Too many digits for this scheme.
    #[error("the security code is too long")]
    TooLong,
}

/// A security code of the right length. It cannot be printed, cloned, compared or serialized.
///
/// ```compile_fail
/// let cvc = paydesk_domain::card::Cvc::parse("123", paydesk_domain::card::Brand::Visa).unwrap();
/// println!("{cvc}");
/// ```
pub struct Cvc {
    digits: [u8; DIGITS_MAX],
    length: usize,
}

impl Cvc {
    /// Reads a code. A card of an unknown scheme may have three digits or four.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(text: &str, brand: Brand) -> Result<Self, CvcError> {
        let mut cvc = Self { digits: [0; DIGITS_MAX], length: 0 };
        for character in text.trim().chars() {
            let value = digit(character).ok_or(CvcError::NotDigits)?;
            *cvc.digits.get_mut(cvc.length).ok_or(CvcError::TooLong)? = value;
            cvc.length += 1;
        }
        let longest = if brand == Brand::Unknown { DIGITS_MAX } else { brand.cvc_length() };
        match cvc.length {
            length if length < brand.cvc_length() => Err(CvcError::TooShort),
            length if length > longest => Err(CvcError::TooLong),
            _ => Ok(cvc),
        }
    }

    /// What to say of a code while it is typed.
    pub fn check(text: &str, brand: Brand) -> Verdict<CvcError> {
        match Self::parse(text, brand) {
            Ok(_) => Verdict::Valid,
            Err(CvcError::TooShort) => Verdict::Incomplete,
            Err(why) => Verdict::Invalid(why),
        }
    }

    /// The digits as characters.
    pub(crate) fn characters(&self) -> impl Iterator<Item = char> + '_ {
        self.digits.iter().take(self.length).map(|value| char::from(b'0' + value))
    }
}

impl Drop for Cvc {
    fn drop(&mut self) {
        self.digits.zeroize();
    }
}

impl fmt::Debug for Cvc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cvc(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_follows_the_scheme() {
        for (text, brand, verdict) in [
            ("12", Brand::Visa, Verdict::Incomplete),
            ("123", Brand::Visa, Verdict::Valid),
            ("1234", Brand::Visa, Verdict::Invalid(CvcError::TooLong)),
            ("123", Brand::Amex, Verdict::Incomplete),
            ("1234", Brand::Amex, Verdict::Valid),
            ("1234", Brand::Unknown, Verdict::Valid),
            ("12345", Brand::Unknown, Verdict::Invalid(CvcError::TooLong)),
            ("１２３", Brand::Jcb, Verdict::Valid),
            ("12a", Brand::Jcb, Verdict::Invalid(CvcError::NotDigits)),
        ] {
            assert_eq!(Cvc::check(text, brand), verdict, "{text} {brand:?}");
        }
        assert_eq!(format!("{:?}", Cvc::parse("123", Brand::Visa).unwrap()), "Cvc(redacted)");
    }
}
