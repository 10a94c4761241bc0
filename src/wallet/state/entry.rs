//! Entering: a code was sent, and is asked for.

/// What is wrong with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// Not six digits.
    Incomplete,
    /// Not the one that was sent; how many tries are left.
    Wrong(i64),
    /// It can no longer be used.
    Over,
    /// No answer came.
    Lost,
    /// Too many tries.
    TooOften,
    /// Anything else.
    WentWrong,
}

/// The question for a code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Where it was sent, most of it hidden.
    pub sent_to: String,
    /// In how many seconds another one can be asked for.
    pub wait_s: u64,
    /// How often it was asked: whoever counts down for an earlier time stops.
    pub number: u32,
    /// Whether this device is to be remembered.
    pub remembers: bool,
    /// What is wrong with what was typed, once that is told.
    pub error: Option<CodeError>,
    /// Whether the answer about a code, or a new code, is on its way.
    pub busy: bool,
    /// Whether a new code was sent just now.
    pub resent: bool,
}

/// How many digits a code has.
pub const CODE_DIGITS: usize = 6;

impl Entry {
    /// Takes in that a code was sent, to who may have been asked before.
    pub(super) fn sent(&mut self, sent_to: String, wait_s: u64, again: bool) {
        let number = self.number.wrapping_add(1);
        *self = Self { sent_to, wait_s, number, resent: again, remembers: self.remembers, ..Self::default() };
    }

    pub(super) const fn typed(&mut self) {
        self.error = None;
        self.resent = false;
    }

    pub(super) const fn refused(&mut self, error: CodeError) {
        self.busy = false;
        self.resent = false;
        self.error = Some(error);
    }
}
