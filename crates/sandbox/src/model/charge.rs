//! One try to take money from a card.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{BillingDetails, Card, Metadata};

/// A charge.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Charge {
    /// `ch_…`.
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// Minor units.
    pub amount: i64,
    /// Three small letters.
    pub currency: String,
    /// Whose it is.
    pub customer: Option<String>,
    /// The intent that it belongs to.
    pub payment_intent: String,
    /// The method that was charged.
    pub payment_method: String,
    /// The card as it was then.
    pub card: Card,
    /// Who was billed.
    pub billing: BillingDetails,
    /// What came of it.
    pub state: ChargeState,
    /// Minor units given back so far.
    pub amount_refunded: i64,
    /// The caller's words.
    pub description: Option<String>,
    /// The caller's notes.
    pub metadata: Metadata,
    /// Where the receipt goes.
    pub receipt_email: Option<String>,
}

/// What came of a charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeState {
    /// Money is held and may be captured.
    Authorized {
        /// The network's reference.
        network_transaction_id: String,
    },
    /// Money was taken.
    Captured {
        /// Minor units.
        amount: i64,
        /// The network's reference.
        network_transaction_id: String,
    },
    /// The hold was released.
    Released,
    /// Refused.
    Failed {
        /// The error's code.
        code: String,
        /// The issuer's code.
        decline_code: Option<String>,
        /// The sentence for a payer.
        message: String,
    },
}

impl Charge {
    /// What can still be given back, in minor units.
    pub const fn refundable(&self) -> i64 {
        match &self.state {
            ChargeState::Captured { amount, .. } => *amount - self.amount_refunded,
            ChargeState::Authorized { .. } | ChargeState::Released | ChargeState::Failed { .. } => 0,
        }
    }

    /// As it reads in an answer.
    pub fn view(&self) -> Value {
        let captured = match &self.state {
            ChargeState::Captured { amount, .. } => *amount,
            _ => 0,
        };
        let is_failed = matches!(self.state, ChargeState::Failed { .. });
        let (failure_code, failure_message) = match &self.state {
            ChargeState::Failed { code, message, .. } => (Some(code), Some(message)),
            _ => (None, None),
        };
        json!({
            "id": self.id,
            "object": "charge",
            "amount": self.amount,
            "amount_captured": captured,
            "amount_refunded": self.amount_refunded,
            "balance_transaction": null,
            "billing_details": self.billing.view(),
            "captured": captured > 0,
            "created": self.created,
            "currency": self.currency,
            "customer": self.customer,
            "description": self.description,
            "disputed": false,
            "failure_code": failure_code,
            "failure_message": failure_message,
            "fraud_details": {},
            "livemode": false,
            "metadata": self.metadata,
            "outcome": self.outcome(),
            "paid": !is_failed,
            "payment_intent": self.payment_intent,
            "payment_method": self.payment_method,
            "payment_method_details": { "card": self.card_details(), "type": "card" },
            "receipt_email": self.receipt_email,
            "receipt_number": null,
            "receipt_url": null,
            "refunded": captured > 0 && self.refundable() == 0,
            "shipping": null,
            "source": null,
            "statement_descriptor": null,
            "status": if is_failed { "failed" } else { "succeeded" },
        })
    }

    fn card_details(&self) -> Value {
        let network_transaction_id = match &self.state {
            ChargeState::Authorized { network_transaction_id }
            | ChargeState::Captured { network_transaction_id, .. } => Some(network_transaction_id),
            ChargeState::Released | ChargeState::Failed { .. } => None,
        };
        let mut card = self.card.view();
        if let Some(card) = card.as_object_mut() {
            card.insert("network".to_owned(), json!(self.card.brand.as_str()));
            card.insert("network_transaction_id".to_owned(), json!(network_transaction_id));
            card.insert("installments".to_owned(), Value::Null);
            card.insert("mandate".to_owned(), Value::Null);
            card.insert("three_d_secure".to_owned(), Value::Null);
            for name in ["display_brand", "generated_from", "networks", "three_d_secure_usage"] {
                card.remove(name);
            }
        }
        card
    }

    fn outcome(&self) -> Value {
        match &self.state {
            ChargeState::Failed { code, decline_code, .. } => json!({
                "network_status": "declined_by_network",
                "reason": decline_code.as_ref().unwrap_or(code),
                "risk_level": "normal",
                "seller_message": "The bank did not return any further details with this decline.",
                "type": "issuer_declined",
            }),
            _ => json!({
                "network_status": "approved_by_network",
                "reason": null,
                "risk_level": "normal",
                "seller_message": "Payment complete.",
                "type": "authorized",
            }),
        }
    }
}
