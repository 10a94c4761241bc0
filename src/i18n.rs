//! Languages: the words, and how money and dates are written.

mod format;
mod locale;
mod strings;
mod table;
mod text;

pub use locale::Locale;
pub use strings::Strings;
pub use table::{FormWords, Words};
pub(crate) use table::{form_words, parts, says_of_forms, words_of};
pub use text::{between, decimal, fill, pieces, two_digits};
