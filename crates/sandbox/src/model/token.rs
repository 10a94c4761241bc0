//! A single-use stand-in for a card that a browser typed.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{BillingDetails, Instrument};

/// A token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Token {
    /// `tok_…`.
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
        let Instrument::Card(card) = &self.instrument;
        json!({
            "id": self.id,
            "object": "token",
            "card": card.source_view(&self.billing, None),
            "client_ip": "127.0.0.1",
            "created": self.created,
            "livemode": false,
            "type": self.instrument.kind(),
            "used": self.used,
        })
    }
}
