//! Money given back.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Metadata;

/// A refund.
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
    /// The type of what was charged.
    #[serde(default = "card")]
    pub kind: String,
    /// How far it is. Most card refunds succeed at once here.
    #[serde(default)]
    pub status: RefundStatus,
    /// Why.
    pub reason: Option<String>,
    /// The caller's notes.
    pub metadata: Metadata,
}

/// How far a refund is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// The money is on its way.
    Pending,
    /// The payer has it.
    #[default]
    Succeeded,
    /// It came back, and is the merchant's again.
    Failed {
        /// Why, in the dialect's words.
        reason: String,
    },
}

impl RefundStatus {
    /// The status as it travels.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed { .. } => "failed",
        }
    }
}

fn card() -> String {
    "card".to_owned()
}

impl Refund {
    /// As it reads in an answer.
    pub fn view(&self) -> Value {
        let destination = if self.kind == "card" {
            json!({ "card": { "type": "refund" }, "type": "card" })
        } else {
            json!({ "type": self.kind })
        };
        let mut view = json!({
            "id": self.id,
            "object": "refund",
            "amount": self.amount,
            "balance_transaction": null,
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency,
            "destination_details": destination,
            "metadata": self.metadata,
            "payment_intent": self.payment_intent,
            "reason": self.reason,
            "receipt_number": null,
            "source_transfer_reversal": null,
            "status": self.status.as_str(),
            "transfer_reversal": null,
        });
        let more = match &self.status {
            RefundStatus::Pending => Some(("pending_reason", "processing")),
            RefundStatus::Failed { reason } => Some(("failure_reason", reason.as_str())),
            RefundStatus::Succeeded => None,
        };
        if let (Some((name, value)), Some(view)) = (more, view.as_object_mut()) {
            view.insert(name.to_owned(), json!(value));
        }
        view
    }
}
