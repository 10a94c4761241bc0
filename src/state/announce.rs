//! What the live region says. The same text twice in a row must be heard twice.

use super::{Field, FieldError};

/// Something to say to who cannot see it.
#[derive(Clone, Debug, PartialEq)]
pub enum Announcement {
    /// A field's error, once the person left it.
    Error(Field, FieldError),
    /// What keeps a payment from being sent.
    Problems(Vec<Field>),
    /// What the way to pay comes to, asks for, and warns of.
    Plan,
}
