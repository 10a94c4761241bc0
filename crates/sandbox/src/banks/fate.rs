//! What will become of a debit. It is fixed when the debit is accepted.

use serde::{Deserialize, Serialize};

use super::{Refusal, ReturnCode};

/// What will become of a debit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// How it ends.
    pub ending: Ending,
    /// When it settles (or fails), in seconds after it was accepted; without it, when its rail is due.
    pub settle_after_s: Option<i64>,
    /// What the bank corrects when it settles.
    pub correction: Option<Correction>,
}

/// How a debit ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It settles.
    Settles,
    /// The bank refuses it.
    Fails(Refusal),
    /// It settles, and the bank sends it back later.
    ComesBack {
        /// Why.
        code: ReturnCode,
        /// In seconds after it settled; without it, when the set-up says.
        after_s: Option<i64>,
    },
    /// Nothing is ever heard of it.
    Stays,
}

impl Fate {
    /// This end at the usual time.
    pub const fn of(ending: Ending) -> Self {
        Self { ending, settle_after_s: None, correction: None }
    }
}

/// What a bank corrects of an account: a notice of change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The bank's new routing number (ACH).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing_number: Option<String>,
    /// The account number's new last digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last4: Option<String>,
}

impl Correction {
    /// Whether it can be made.
    pub fn is_sound(&self) -> bool {
        use super::check::{is_digits, is_routing_number};
        let routing = self.routing_number.as_deref().is_none_or(is_routing_number);
        let last4 = self.last4.as_deref().is_none_or(|digits| is_digits(digits, 4));
        routing && last4 && (self.routing_number.is_some() || self.last4.is_some())
    }
}
