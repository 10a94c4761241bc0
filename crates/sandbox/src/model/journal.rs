//! The journal: one row for every operation that moved money, never changed and never removed.

use serde::{Deserialize, Serialize};

use super::Metadata;

/// A row of the journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JournalRow {
    /// Counts from 1 without a gap, in each account.
    pub seq: u64,
    /// When, RFC 3339 UTC.
    pub at: String,
    /// Whose.
    pub account: String,
    /// What was done.
    pub op: Operation,
    /// The intent that it was done to.
    pub payment_intent: String,
    /// The charge that it was done to.
    pub charge: String,
    /// The refund, where it is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub refund: Option<String>,
    /// Minor units.
    pub amount: i64,
    /// Three small letters.
    pub currency: String,
    /// What came of it: `pending` while money is on its way, `failed` or `returned` where it went back. What
    /// was refused at once moved no money and has no row.
    pub status: String,
    /// The bank's code, where money went back.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<String>,
    /// The key that the caller sent; of what happens later by itself, the key of the call that it follows from.
    pub idempotency_key: Option<String>,
    /// The intent's (or the refund's) notes at that time.
    pub metadata: Metadata,
}

/// An operation that moves money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Money was taken.
    Charge,
    /// Money was held.
    Authorize,
    /// Held money was taken.
    Capture,
    /// Held money was released, or a debit was taken back before it was sent.
    Cancel,
    /// Money was given back, or is on its way back.
    Refund,
    /// A debit was sent.
    Submit,
    /// A debit brought its money.
    Settle,
    /// A debit was refused.
    Fail,
    /// A settled debit was sent back.
    Return,
    /// A refund that was on its way has arrived.
    RefundSettle,
    /// A refund came back.
    RefundFail,
}

impl Operation {
    /// What it says of the money.
    pub const fn status(self) -> &'static str {
        match self {
            Self::Submit => "pending",
            Self::Fail | Self::RefundFail => "failed",
            Self::Return => "returned",
            Self::Charge
            | Self::Authorize
            | Self::Capture
            | Self::Cancel
            | Self::Refund
            | Self::Settle
            | Self::RefundSettle => "succeeded",
        }
    }
}
