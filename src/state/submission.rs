//! A try to pay: which step it is at, and how it ended.

use std::rc::Rc;

use paydesk_domain::wire::billing::{DeclineView, ReceiptView};

use super::Trouble;

/// The step of a try that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The card or the account is on its way to the processor. No money can move.
    Tokenizing,
    /// A saved card is being brought up to date. No money can move.
    Updating,
    /// The billing API was asked to charge. From here on, money may move.
    Confirming,
    /// An answer was lost or is slow: the true state is being asked for.
    Checking,
    /// The payer does not want to prove who they are: the server is told so.
    CallingOff,
}

/// Where paying stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Submission {
    /// Nothing is under way.
    #[default]
    Idle,
    /// Under way.
    Working {
        /// The try's id, made before anything was sent.
        attempt: String,
        /// Its step.
        stage: Stage,
    },
    /// The payer's bank asks them to prove who they are, on a page of its own.
    Challenged {
        /// The try's id.
        attempt: String,
        /// The page.
        url: String,
    },
    /// The result is not known, and asking has paused.
    Unknown {
        /// The try's id.
        attempt: String,
    },
    /// Refused. No money moved.
    Declined {
        /// Why.
        decline: DeclineView,
        /// Whether it was a saved method.
        saved: bool,
    },
    /// It could not be sent. No money moved.
    Failed(Trouble),
    /// Paid; or, as the receipt says, submitted to a bank. The receipt is absent when the server reported the payment without one.
    Paid(Option<Rc<ReceiptView>>),
    /// Nothing was due now: the method was verified, and what is paid later was agreed to. No money moved.
    Agreed,
}

impl Submission {
    /// True while a second try must not begin.
    pub fn blocks(&self) -> bool {
        self.attempt().is_some() || matches!(self, Self::Paid(_) | Self::Agreed)
    }

    /// The try that is under way or in doubt.
    pub fn attempt(&self) -> Option<&str> {
        match self {
            Self::Working { attempt, .. } | Self::Challenged { attempt, .. } | Self::Unknown { attempt } => {
                Some(attempt)
            }
            _ => None,
        }
    }
}
