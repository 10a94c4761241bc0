//! A single-use stand-in for a security code that a browser typed again for a saved card.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::store::Row;

/// A token of a security code. The code itself is gone: what is left of it is what a bank is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CvcToken {
    /// `cvctok_…`.
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// Whether it was used; it can be used once.
    pub used: bool,
    /// How many digits the code had.
    pub digits: usize,
    /// Whether a bank will find that it is the card's: every code is, but one of zeros alone.
    pub matches: bool,
}

impl CvcToken {
    /// As it reads in an answer.
    pub fn view(&self) -> Value {
        json!({
            "id": self.id,
            "object": "token",
            "client_ip": "127.0.0.1",
            "created": self.created,
            "livemode": false,
            "type": "cvc_update",
            "used": self.used,
        })
    }
}

impl Row for CvcToken {
    fn id(&self) -> &str {
        &self.id
    }
    fn created(&self) -> i64 {
        self.created
    }
    fn lists(&self) -> Vec<String> {
        Vec::new()
    }
}
