//! Payment cards: numbers, schemes, expiry dates and security codes.
//!
//! [`Pan`] and [`Cvc`] are the secrets of the whole project. Neither can be printed, copied, compared or
//! serialized, and both are overwritten when dropped. The only thing that can be made from them is a
//! [`crate::wire::processor::TokenizeRequest`].

mod brand;
mod cvc;
mod expiry;
mod luhn;
mod pan;

pub use brand::Brand;
pub use cvc::{Cvc, CvcError};
pub use expiry::{Expiry, ExpiryError, ExpiryState};
pub use luhn::passes_luhn;
pub use pan::{DIGITS_MAX, Pan, PanError};

/// What people and programs put between the digits of a number: spaces of any width, line ends, dashes of any length. The
/// card parser skips them, and the search for card numbers in texts looks past them: what the one accepts, the
/// other must find.
pub fn is_separator(character: char) -> bool {
    character.is_whitespace() || matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}')
}

/// The ASCII digit that a character stands for: `4` and the full-width `４` of East Asian input methods.
pub fn digit(character: char) -> Option<u8> {
    match character {
        '0'..='9' => character.to_digit(10).and_then(|value| u8::try_from(value).ok()),
        '\u{FF10}'..='\u{FF19}' => u8::try_from(u32::from(character) - 0xFF10).ok(),
        _ => None,
    }
}
