//! Languages: the words, and how money and dates are written.

mod format;
mod locale;
mod strings;
mod table;
mod text;

pub use locale::Locale;
pub use strings::Strings;
pub use table::{AddressWords, Words};
pub(crate) use table::{address_words, parts, says_parts, words_of};
pub use text::{between, decimal, fill, pieces, two_digits};
