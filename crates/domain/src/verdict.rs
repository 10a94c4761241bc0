//! The three answers that a validator gives while somebody is still typing.

/// What a validator says of a text that may not be finished.
///
/// Two values are not enough: `4242` is not a valid card number, but telling so to a person who is
/// still typing is wrong. A field shows an error only for [`Verdict::Invalid`] while typing, and for
/// [`Verdict::Incomplete`] once the person leaves the field or submits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict<R> {
    /// More characters could still make it valid.
    Incomplete,
    /// Complete and valid.
    Valid,
    /// No continuation can make it valid.
    Invalid(R),
}

impl<R> Verdict<R> {
    /// True for [`Verdict::Valid`] alone.
    pub const fn is_valid(&self) -> bool {
        matches!(self, Self::Valid)
    }
}
