//! What is asked of a processor when money goes back, and what its answers mean.

use jiff::Timestamp;
use paydesk_domain::attempt::ProcessorReference;
use paydesk_domain::money::Money;
use paydesk_domain::refund::{RefundEvent, RefundKind};
use serde::{Deserialize, Serialize};

/// Money to give back, or a bank debit to call back.
#[derive(Clone, Copy, Debug)]
pub struct RefundRequest<'a> {
    /// The same key is the same refund.
    pub key: &'a str,
    /// Whose refund it is.
    pub organization: &'a str,
    /// Our name for it, by which it is looked up.
    pub refund: &'a str,
    /// The processor's name for the charge.
    pub charge: &'a str,
    /// How much; all of the charge where it is undone or called back.
    pub amount: Money,
    /// How the money goes back.
    pub kind: RefundKind,
}

/// What became of a refund. It travels through the store as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundOutcome {
    /// The processor calls it done: its name for the refund.
    Succeeded(String),
    /// It took the order, and the money is on its way: its name for the refund.
    Pending(String),
    /// It would not do it, and no money moved: its code.
    Refused(String),
    /// It would not undo the charge any more, because it has settled it, and no money moved: its code. From then on the
    /// money can be given back, and the charge never be undone.
    TooLate(String),
    /// It took the order, and the money did not arrive: its code.
    Failed(String),
}

impl From<RefundOutcome> for RefundEvent {
    fn from(outcome: RefundOutcome) -> Self {
        match outcome {
            RefundOutcome::Succeeded(reference) => Self::Succeed(ProcessorReference(reference)),
            RefundOutcome::Pending(reference) => Self::Accept(ProcessorReference(reference)),
            RefundOutcome::Refused(code) => Self::Refuse(code),
            RefundOutcome::TooLate(code) => Self::RefuseAsTooLate(code),
            RefundOutcome::Failed(code) => Self::Fail(code),
        }
    }
}

/// A refund to find.
#[derive(Clone, Copy, Debug)]
pub struct RefundLookUp<'a> {
    /// Our name for it.
    pub refund: &'a str,
    /// The processor's name for the charge.
    pub charge: &'a str,
    /// How the money goes back.
    pub kind: RefundKind,
    /// When it was first sent.
    pub sent_at: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// What the look-up of a refund found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoundRefund {
    /// The refund, and where it stands.
    Outcome(RefundOutcome),
    /// The refund, in a state that says nothing yet.
    Undecided,
    /// No trace of it: the processor did not act.
    Nothing,
}
