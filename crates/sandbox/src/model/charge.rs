//! One try to take money.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{BillingDetails, Card, Instrument, Metadata};
use crate::banks::ReturnCode;

/// A charge.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Charge {
    /// `ch_…`, or `py_…` for a debit.
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
    /// What was charged, as it was then.
    #[serde(flatten)]
    pub instrument: Instrument,
    /// The payer's consent to a debit.
    #[serde(default)]
    pub mandate: Option<String>,
    /// The dispute that a debit became when it came back.
    #[serde(default)]
    pub dispute: Option<String>,
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
    /// A debit is on its way.
    Pending,
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
    /// A debit was taken back before it was sent.
    Withdrawn,
    /// Refused.
    Failed {
        /// The error's code.
        code: String,
        /// The issuer's code.
        decline_code: Option<String>,
        /// The sentence for a payer.
        message: String,
        /// The bank's own code.
        #[serde(default)]
        network_code: Option<ReturnCode>,
    },
}

impl Charge {
    /// What can still be given back, in minor units.
    pub const fn refundable(&self) -> i64 {
        match &self.state {
            ChargeState::Captured { amount, .. } if self.dispute.is_none() => *amount - self.amount_refunded,
            _ => 0,
        }
    }

    /// As it reads in an answer.
    pub fn view(&self) -> Value {
        let captured = match &self.state {
            ChargeState::Captured { amount, .. } => *amount,
            ChargeState::Pending => self.amount,
            _ => 0,
        };
        let status = match self.state {
            ChargeState::Pending => "pending",
            ChargeState::Failed { .. } | ChargeState::Withdrawn => "failed",
            ChargeState::Authorized { .. } | ChargeState::Captured { .. } | ChargeState::Released => {
                "succeeded"
            }
        };
        let kind = self.instrument.kind();
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
            "disputed": self.dispute.is_some(),
            "failure_code": failure_code,
            "failure_message": failure_message,
            "fraud_details": {},
            "livemode": false,
            "metadata": self.metadata,
            "outcome": self.outcome(),
            "paid": status == "succeeded",
            "payment_intent": self.payment_intent,
            "payment_method": self.payment_method,
            "payment_method_details": { kind: self.details(), "type": kind },
            "receipt_email": self.receipt_email,
            "receipt_number": null,
            "receipt_url": null,
            "refunded": captured > 0 && self.amount_refunded == captured,
            "shipping": null,
            "source": null,
            "statement_descriptor": null,
            "status": status,
        })
    }

    fn details(&self) -> Value {
        let reference = match &self.state {
            ChargeState::Authorized { network_transaction_id }
            | ChargeState::Captured { network_transaction_id, .. } => Some(network_transaction_id.as_str()),
            _ => None,
        };
        match &self.instrument {
            Instrument::Card(card) => card_details(card, reference),
            Instrument::Bank(account) => account.charge_view(self.mandate.as_deref(), reference),
        }
    }

    fn outcome(&self) -> Value {
        let is_card = matches!(self.instrument, Instrument::Card(_));
        let risk_level = if is_card { "normal" } else { "not_assessed" };
        match &self.state {
            ChargeState::Failed { code, decline_code, network_code, .. } => json!({
                "advice_code": null,
                "network_advice_code": null,
                "network_decline_code": network_code,
                "network_status": "declined_by_network",
                "reason": decline_code.as_ref().unwrap_or(code),
                "risk_level": risk_level,
                "seller_message": "The bank did not return any further details with this decline.",
                "type": "issuer_declined",
            }),
            _ => json!({
                "advice_code": null,
                "network_advice_code": null,
                "network_decline_code": null,
                "network_status": "approved_by_network",
                "reason": null,
                "risk_level": risk_level,
                "seller_message": "Payment complete.",
                "type": "authorized",
            }),
        }
    }
}

fn card_details(card: &Card, network_transaction_id: Option<&str>) -> Value {
    let mut view = card.view();
    if let Some(view) = view.as_object_mut() {
        view.insert("network".to_owned(), json!(card.brand.as_str()));
        view.insert("network_transaction_id".to_owned(), json!(network_transaction_id));
        view.insert("installments".to_owned(), Value::Null);
        view.insert("mandate".to_owned(), Value::Null);
        view.insert("three_d_secure".to_owned(), Value::Null);
        for name in ["display_brand", "generated_from", "networks", "three_d_secure_usage"] {
            view.remove(name);
        }
    }
    view
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As it stood in logs when there were cards only.
    const OLDER: &str = r#"{"id":"ch_a","created":1,"amount":700,"currency":"cad","customer":null,"payment_intent":"pi_a",
        "payment_method":"pm_a","card":{"id":"card_a","brand":"visa","last4":"4242","exp_month":3,"exp_year":2030,
        "funding":"credit","country":"US","fingerprint":"f","sealed":{"key":"k","nonce":"n","text":"t"},
        "script":"approve","checks":{"cvc":"pass","line":null,"postal_code":null},"set_up":false,"known_as":[]},
        "billing":{"address":{},"email":null,"name":null,"phone":null},"state":{"captured":{"amount":700,
        "network_transaction_id":"x"}},"amount_refunded":0,"description":null,"metadata":{},"receipt_email":null}"#;

    #[test]
    fn older_logs_are_read() {
        let charge: Charge = serde_json::from_str(OLDER).unwrap();
        assert!(matches!(&charge.instrument, Instrument::Card(card) if card.last4 == "4242"));
        assert_eq!((charge.refundable(), charge.dispute.is_none()), (700, true));
        let again: Charge = serde_json::from_value(serde_json::to_value(&charge).unwrap()).unwrap();
        assert_eq!(again.view(), charge.view());
    }
}
