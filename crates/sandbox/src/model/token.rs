//! A single-use stand-in for a card or a bank account that a browser typed.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{BillingDetails, Instrument};

/// A token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Token {
    /// `tok_…`, or `btok_…` for a bank account.
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// Whether it was used; it can be used once.
    pub used: bool,
    /// What it stands for.
    pub instrument: Instrument,
    /// Who is billed.
    pub billing: BillingDetails,
}

impl Token {
    /// As it reads in an answer.
    pub fn view(&self) -> Value {
        let (kind, instrument) = match &self.instrument {
            Instrument::Card(card) => ("card", card.source_view(&self.billing, None)),
            Instrument::Bank(account) => ("bank_account", account.token_view(&self.billing)),
        };
        json!({
            "id": self.id,
            "object": "token",
            kind: instrument,
            "client_ip": "127.0.0.1",
            "created": self.created,
            "livemode": false,
            "type": kind,
            "used": self.used,
        })
    }
}
