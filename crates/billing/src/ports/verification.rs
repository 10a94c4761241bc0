//! What is asked of a processor when a method is to be charged later and nothing is due now: it verifies it with its bank.

use paydesk_domain::decline::Decline;
use paydesk_domain::method_kind::MethodKind;

use crate::ports::processor::{MandateProof, Taken};

/// A method to verify for later charges. No money moves.
#[derive(Clone, Copy, Debug)]
pub struct VerifyRequest<'a> {
    /// The same key is the same verification.
    pub key: &'a str,
    /// Whose it is.
    pub organization: &'a str,
    /// Our name for it.
    pub attempt: &'a str,
    /// The processor's name for the method.
    pub method: &'a str,
    /// What kind of method it is.
    pub kind: MethodKind,
    /// The customer that it is or will be kept under.
    pub customer: Option<&'a str>,
    /// What the payer of later bank debits agreed to.
    pub mandate: Option<MandateProof<'a>>,
    /// Where the payer comes back to from a page of their bank's; none where nobody can be shown one.
    pub return_url: Option<&'a str>,
}

/// What became of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifyOutcome {
    /// The method can be charged later, and is kept under its customer.
    Verified(Taken),
    /// The bank refused it.
    Declined(Decline),
    /// The payer's bank asks them to prove who they are.
    Challenged {
        /// The processor's name for the verification.
        reference: String,
        /// The page on which the payer is asked.
        url: String,
    },
}
