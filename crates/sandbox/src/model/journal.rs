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
    /// What came of it; what failed moved no money and has no row.
    pub status: String,
    /// The key that the caller sent.
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
    /// Held money was released.
    Cancel,
    /// Money was given back.
    Refund,
}
