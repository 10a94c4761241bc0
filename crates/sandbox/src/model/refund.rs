//! Money given back.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Metadata;

/// A refund. Card refunds succeed at once here.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refund {
    /// `re_…`.
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// Minor units.
    pub amount: i64,
    /// Three small letters.
    pub currency: String,
    /// The charge that is given back.
    pub charge: String,
    /// Its intent.
    pub payment_intent: String,
    /// Why.
    pub reason: Option<String>,
    /// The caller's notes.
    pub metadata: Metadata,
}

impl Refund {
    /// As it reads in an answer.
    pub fn view(&self) -> Value {
        json!({
            "id": self.id,
            "object": "refund",
            "amount": self.amount,
            "balance_transaction": null,
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency,
            "destination_details": { "card": { "type": "refund" }, "type": "card" },
            "metadata": self.metadata,
            "payment_intent": self.payment_intent,
            "reason": self.reason,
            "receipt_number": null,
            "source_transfer_reversal": null,
            "status": "succeeded",
            "transfer_reversal": null,
        })
    }
}
