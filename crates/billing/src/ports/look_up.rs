//! Finding out what became of a charge, as a processor's adapter does it.

use paydesk_domain::engine::Window;

use crate::ports::processor::ChargeOutcome;

/// A charge to find.
#[derive(Clone, Copy, Debug)]
pub struct LookUp<'a> {
    /// Our name for it.
    pub attempt: &'a str,
    /// When it would have been made, the newest time first.
    pub windows: &'a [Window],
    /// Where to go on, by an earlier [`Found::More`]; none to begin.
    pub after: Option<&'a str>,
}

/// What a look-up found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The charge, decided.
    Outcome(ChargeOutcome),
    /// The charge, undecided.
    Pending,
    /// No trace of it, in all of its time.
    Nothing,
    /// No trace of it so far: there is more to look through, from here on. The text means something to the adapter alone.
    More(String),
}
