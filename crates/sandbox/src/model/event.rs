//! Something that happened, and the letters that tell an endpoint of it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The version of the dialect that events and answers speak.
pub const API_VERSION: &str = "2025-03-31.basil";

/// An event. The object is kept as text, as it was at that moment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    /// `evt_…`.
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// Such as `payment_intent.succeeded`.
    pub kind: String,
    /// JSON.
    pub object: String,
    /// The request that caused it.
    pub request: Option<String>,
    /// That request's key.
    pub idempotency_key: Option<String>,
    /// How many endpoints were to be told.
    pub endpoints: usize,
}

impl Event {
    /// As it reads in an answer and in a letter.
    pub fn view(&self) -> Value {
        let object: Value = serde_json::from_str(&self.object).unwrap_or_default();
        json!({
            "id": self.id,
            "object": "event",
            "api_version": API_VERSION,
            "created": self.created,
            "data": { "object": object },
            "livemode": false,
            "pending_webhooks": self.endpoints,
            "request": { "id": self.request, "idempotency_key": self.idempotency_key },
            "type": self.kind,
        })
    }
}

/// A letter that an endpoint has not accepted yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Delivery {
    /// `del_…`.
    pub id: String,
    /// The event to tell of.
    pub event: String,
    /// The endpoint to tell.
    pub endpoint: String,
    /// How often it was tried.
    pub tries: u32,
    /// When to try next, Unix milliseconds; nothing once it was accepted or given up.
    pub due_ms: Option<i64>,
}
