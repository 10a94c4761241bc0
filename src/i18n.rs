//! Languages: the words, and how money and dates are written.

mod format;
mod locale;
mod strings;

pub use locale::Locale;
pub use strings::{Strings, between, decimal, fill, pieces, two_digits};
