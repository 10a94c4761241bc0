//! The one error of the harness: a sentence that says what was being done and what came instead.

use std::fmt;

/// Why a test cannot go on.
pub struct Failure(String);

impl Failure {
    /// A failure with its sentence.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The same as for people, because this is what the test runner prints.
impl fmt::Debug for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

/// Puts what was being done before what went wrong.
pub trait Context<T> {
    /// Turns the error, or the absence, into a [`Failure`] that begins with `doing`.
    ///
    /// # Errors
    /// Where there is no value.
    fn context(self, doing: impl fmt::Display) -> Result<T, Failure>;
}

impl<T, E: fmt::Display> Context<T> for Result<T, E> {
    fn context(self, doing: impl fmt::Display) -> Result<T, Failure> {
        self.map_err(|error| Failure(format!("{doing}: {error}")))
    }
}

impl<T> Context<T> for Option<T> {
    fn context(self, doing: impl fmt::Display) -> Result<T, Failure> {
        self.ok_or_else(|| Failure(format!("{doing}: nothing there")))
    }
}
