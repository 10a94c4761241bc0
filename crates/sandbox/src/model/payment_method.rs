//! A stored way to pay.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{BankAccount, BillingDetails, Card, Metadata};

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

/// What is charged.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Instrument {
    /// A card.
    Card(Card),
    /// A bank account.
    Bank(BankAccount),
}

impl Instrument {
    /// The kind as it travels.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Card(_) => "card",
            Self::Bank(account) => account.rail().kind(),
        }
    }

    /// Every id that it has had.
    pub const fn known_as_mut(&mut self) -> &mut Vec<String> {
        match self {
            Self::Card(card) => &mut card.known_as,
            Self::Bank(account) => &mut account.known_as,
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

    /// The card, if it is one.
    pub const fn card(&self) -> Option<&Card> {
        match &self.instrument {
            Instrument::Card(card) => Some(card),
            Instrument::Bank(_) => None,
        }
    }

    /// The card, to change it.
    pub const fn card_mut(&mut self) -> Option<&mut Card> {
        match &mut self.instrument {
            Instrument::Card(card) => Some(card),
            Instrument::Bank(_) => None,
        }
    }

    /// The bank account, to change it.
    pub const fn bank_mut(&mut self) -> Option<&mut BankAccount> {
        match &mut self.instrument {
            Instrument::Card(_) => None,
            Instrument::Bank(account) => Some(account),
        }
    }

    /// As it reads in an answer.
    pub fn view(&self) -> Value {
        let (kind, instrument) = match &self.instrument {
            Instrument::Card(card) => ("card", card.view()),
            Instrument::Bank(account) => (account.rail().kind(), account.view()),
        };
        json!({
            "id": self.id,
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": self.billing.view(),
            kind: instrument,
            "created": self.created,
            "customer": self.customer(),
            "livemode": false,
            "metadata": self.metadata,
            "type": kind,
        })
    }
}
