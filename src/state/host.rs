//! What the embedding page is told. Nothing here is secret, and nothing here could be.

use paydesk_domain::wire::billing::PaymentStatus;

use super::{Checkout, Choice, Load, Submission};

/// A message for the embedding page.
#[derive(Clone, Debug, PartialEq)]
pub enum HostEvent {
    /// The form can be used.
    Ready,
    /// What was chosen, and whether it could be paid.
    Change {
        /// True when pressing Pay would send a payment.
        complete: bool,
        /// `saved`, `card`, `bank`, or nothing chosen.
        method: Option<&'static str>,
    },
    /// Money was taken, or a bank was asked for it.
    Paid {
        /// What came of it: `paid`, `submitted` while a bank has still to answer, or `returned` when it did not pay.
        outcome: &'static str,
        /// `pay_…`.
        payment: String,
        /// `rcp_…`.
        receipt: String,
        /// The number printed on the receipt.
        receipt_number: String,
        /// Minor units.
        amount: i64,
        /// ISO 4217.
        currency: String,
    },
    /// Nothing was due now: the method was verified, and what is paid later was agreed to.
    Agreed,
    /// Refused; no money was taken.
    Declined {
        /// The processor's word.
        code: String,
        /// Whether the same card may be tried again.
        retryable: bool,
    },
    /// Something else went wrong.
    Error {
        /// Stable.
        code: &'static str,
        /// What the payer reads of it, in the payer's language.
        message: String,
    },
}

impl Checkout {
    /// What the page is told of the choice: whether it could be paid, and its kind.
    pub fn change(&self) -> (bool, Option<&'static str>) {
        let method = match &self.choice {
            None => None,
            Some(Choice::Saved(_)) => Some("saved"),
            Some(Choice::NewCard) => Some("card"),
            Some(Choice::NewBank) => Some("bank"),
        };
        (self.can_pay(), method)
    }

    /// The newest thing that the page has to be told; `words` says what the payer reads of a trouble.
    pub fn outcome(&self, words: impl FnOnce() -> String) -> Option<HostEvent> {
        let error = |code| Some(HostEvent::Error { code, message: words() });
        match (&self.load, &self.submission) {
            (Load::Failed(failure), _) => error(failure.code()),
            (_, Submission::Paid(Some(receipt))) => Some(HostEvent::Paid {
                outcome: match receipt.status {
                    PaymentStatus::Succeeded | PaymentStatus::Settled => "paid",
                    PaymentStatus::Submitted => "submitted",
                    PaymentStatus::Returned | PaymentStatus::Canceled => "returned",
                },
                payment: receipt.payment.clone(),
                receipt: receipt.id.clone(),
                receipt_number: receipt.number.clone(),
                amount: receipt.amount,
                currency: receipt.currency.clone(),
            }),
            (_, Submission::Agreed) => Some(HostEvent::Agreed),
            (_, Submission::Declined { decline, .. }) => {
                Some(HostEvent::Declined { code: decline.code.clone(), retryable: decline.retryable })
            }
            (_, Submission::Failed(trouble)) => error(trouble.code()),
            (_, Submission::Unknown { .. }) => error("result_unknown"),
            (Load::Ready(_), _) => Some(HostEvent::Ready),
            (Load::Waiting, _) => None,
        }
    }
}
