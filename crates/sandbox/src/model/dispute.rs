//! A debit that its bank sent back after it had settled. Nothing can be done about it: it is lost from the beginning.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::banks::ReturnCode;

/// A dispute.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Dispute {
    /// `du_…`.
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// Minor units.
    pub amount: i64,
    /// Three small letters.
    pub currency: String,
    /// The charge that came back.
    pub charge: String,
    /// Its intent.
    pub payment_intent: String,
    /// The charged method's type.
    pub kind: String,
    /// The bank's code.
    pub code: ReturnCode,
}

impl Dispute {
    /// As it reads in an answer.
    pub fn view(&self) -> Value {
        json!({
            "id": self.id,
            "object": "dispute",
            "amount": self.amount,
            "balance_transactions": [],
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency,
            "evidence": {},
            "evidence_details": {
                "due_by": null,
                "has_evidence": false,
                "past_due": false,
                "submission_count": 0,
            },
            "is_charge_refundable": false,
            "livemode": false,
            "metadata": {},
            "network_reason_code": self.code.as_str(),
            "payment_intent": self.payment_intent,
            "payment_method_details": { "type": self.kind },
            "reason": self.code.dispute_reason(),
            "status": "lost",
        })
    }
}
