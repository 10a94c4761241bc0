//! The states of a bank debit after the processor has taken it, as transitions that consume.
//!
//! ```text
//! submitted -> settled -> returned(code)
//! submitted -> returned(code)                  the bank refused before any money moved
//! submitted -> canceled                        called back before it went to the bank
//! ```
//!
//! For a card, success is the end. For a bank debit it only means that the bank was asked, and even a debit that
//! settled can come back: up to 60 calendar days later in the US, 90 in Canada, longer by a bank's claim. So
//! nothing here ever closes the way to [`DebitState::Returned`] but a cancellation.
//!
//! The news comes as replies, webhooks and look-ups, in any order and more than once. For every set of news,
//! either each order leads to the same state, or each order contains a step that is refused, so that a human
//! sees the contradiction whichever way round it arrived.

use crate::attempt::InvalidTransition;
use crate::return_code::ReturnCode;

/// Where a bank debit stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DebitState {
    /// The processor has taken the order; no money has moved.
    Submitted,
    /// The money came. It may still be taken back.
    Settled,
    /// The bank refused the debit or took the money back.
    ///
    /// Which of the two is told by the state it came from: from [`Self::Submitted`] the debit failed and no
    /// money ever came, from [`Self::Settled`] it was returned and money left again.
    Returned(ReturnCode),
    /// Called back in time; no money moved, and none will.
    Canceled,
}

/// What happened to a bank debit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DebitEvent {
    /// The money came.
    Settle,
    /// The bank refused the debit, or took the money back.
    Return(ReturnCode),
    /// The processor confirms that it called the debit back.
    Cancel,
}

impl DebitState {
    /// The state's name as it is stored.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Settled => "settled",
            Self::Returned(_) => "returned",
            Self::Canceled => "canceled",
        }
    }

    /// Reads what was stored: the state's name, and the bank's code where the state has one.
    pub fn stored(name: &str, code: Option<&str>) -> Option<Self> {
        match (name, code) {
            ("submitted", None) => Some(Self::Submitted),
            ("settled", None) => Some(Self::Settled),
            ("returned", Some(code)) => ReturnCode::parse(code).map(Self::Returned),
            ("canceled", None) => Some(Self::Canceled),
            _ => None,
        }
    }

    /// The bank's code, where the debit came back.
    pub const fn return_code(&self) -> Option<&ReturnCode> {
        match self {
            Self::Returned(code) => Some(code),
            Self::Submitted | Self::Settled | Self::Canceled => None,
        }
    }

    /// Applies an event.
    ///
    /// Hearing the same again changes nothing, and neither does hearing late that a debit settled which has since
    /// come back.
    ///
    /// # Errors
    /// [`InvalidTransition`] for what a human must see: a debit that came back with two different codes, or
    /// that is said to be called back and yet settled or returned.
    pub fn apply(self, event: DebitEvent) -> Result<Self, InvalidTransition> {
        use DebitEvent as E;
        match (self, event) {
            (Self::Submitted | Self::Settled, E::Settle) => Ok(Self::Settled),
            (Self::Submitted | Self::Settled, E::Return(code)) => Ok(Self::Returned(code)),
            (Self::Returned(code), E::Settle) => Ok(Self::Returned(code)),
            (Self::Returned(known), E::Return(reported)) if known == reported => Ok(Self::Returned(known)),
            (Self::Submitted | Self::Canceled, E::Cancel) => Ok(Self::Canceled),
            (state, event) => Err(InvalidTransition { from: state.name(), event: event.name() }),
        }
    }
}

impl DebitEvent {
    /// The event's name, for messages.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Settle => "settle",
            Self::Return(_) => "be returned",
            Self::Cancel => "be canceled",
        }
    }
}
