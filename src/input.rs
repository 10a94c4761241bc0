//! What happens to a text between the keystroke and the field: formatting, and where the caret goes.
//!
//! Pure functions over texts: nothing here knows a browser, and nothing keeps what it was given.

mod caret;
mod digits;
mod expiry;
mod number;

pub use caret::{Edit, Formatted};
pub use digits::format_digits;
pub use expiry::format_expiry;
pub use number::format_number;

#[cfg(test)]
mod model;
