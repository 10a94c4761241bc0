//! A stored way to pay.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{BillingDetails, Card, Metadata};

/// A payment method.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PaymentMethod {
    /// `pm_…`, or `card_…` when it came in as a source.
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// Whose it is.
    pub ownership: Ownership,
    /// Who is billed.
    pub billing: BillingDetails,
    /// What is charged.
    pub instrument: Instrument,
    /// The caller's notes.
    pub metadata: Metadata,
}

/// Whose a payment method is. One that was used or detached without an owner is spent for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ownership {
    /// New: may be attached, or used once.
    Free,
    /// A customer's: may be charged again and again.
    Customer(String),
    /// Used or detached: no further use.
    Spent,
}

/// What is charged. Bank accounts (`us_bank_account`, `acss_debit`) will be further kinds here.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Instrument {
    /// A card.
    Card(Card),
}

impl Instrument {
    /// The kind as it travels.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Card(_) => "card",
        }
    }
}

impl PaymentMethod {
    /// The customer that it is attached to.
    pub fn customer(&self) -> Option<&str> {
        match &self.ownership {
            Ownership::Customer(customer) => Some(customer),
            Ownership::Free | Ownership::Spent => None,
        }
    }

    /// The card.
    pub const fn card(&self) -> &Card {
        let Instrument::Card(card) = &self.instrument;
        card
    }

    /// The card, to change it.
    pub const fn card_mut(&mut self) -> &mut Card {
        let Instrument::Card(card) = &mut self.instrument;
        card
    }

    /// As it reads in an answer.
    pub fn view(&self) -> Value {
        json!({
            "id": self.id,
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": self.billing.view(),
            "card": self.card().view(),
            "created": self.created,
            "customer": self.customer(),
            "livemode": false,
            "metadata": self.metadata,
            "type": self.instrument.kind(),
        })
    }
}
