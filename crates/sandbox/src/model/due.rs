//! What is to happen by itself at a later moment.

use serde::{Deserialize, Serialize};

use crate::banks::fate::Correction;
use crate::banks::{Refusal, ReturnCode};

/// Something that is to happen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Due {
    /// `due_…`.
    pub id: String,
    /// When, Unix milliseconds.
    pub at_ms: i64,
    /// The object that it is about (a charge, a refund, an intent): what ends that early takes back what is due.
    pub about: String,
    /// The key of the call that it follows from.
    pub idempotency_key: Option<String>,
    /// What.
    pub errand: Errand,
}

/// What is to happen.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    /// A debit settles.
    Settle,
    /// A debit fails.
    Fail(Refusal),
    /// A settled debit comes back.
    SendBack(ReturnCode),
    /// The bank corrects the account of a method.
    Correct {
        /// The method.
        payment_method: String,
        /// What is different now.
        correction: Correction,
    },
    /// A refund arrives.
    SettleRefund,
    /// A refund fails.
    FailRefund {
        /// Why, in the dialect's words.
        reason: String,
    },
    /// The time to verify an account by microdeposits is over.
    Expire,
}
