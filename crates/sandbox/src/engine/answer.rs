//! What comes in and what goes out, before HTTP and after it.

use serde_json::Value;

use crate::error::ApiError;
use crate::keys::Power;
use crate::ops::{Call, Verb};

/// One call on its way.
#[derive(Debug)]
pub struct Exchange {
    /// What is asked.
    pub verb: Verb,
    /// With which parameters, by whom.
    pub call: Call,
    /// Method and path, for the digest of the request.
    pub target: String,
    /// Whether it changes things (`POST`): only those have idempotency keys.
    pub is_write: bool,
    /// The caller's key.
    pub idempotency_key: Option<String>,
    /// The call's id.
    pub request: String,
    /// Where the caller reached the processor.
    pub origin: Option<String>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON.
    pub body: String,
    /// The id of the request that was answered first, when this is its answer again.
    pub replays: Option<String>,
}

/// How a call ends.
#[derive(Debug)]
pub enum Reply {
    /// With an answer.
    Answer(Answer),
    /// With a closed connection.
    Dropped,
}

/// What a browser may see of an intent.
const PUBLIC_FIELDS: [&str; 24] = [
    "id",
    "object",
    "amount",
    "amount_details",
    "automatic_payment_methods",
    "canceled_at",
    "cancellation_reason",
    "capture_method",
    "client_secret",
    "confirmation_method",
    "created",
    "currency",
    "description",
    "last_payment_error",
    "last_setup_error",
    "livemode",
    "next_action",
    "payment_method",
    "payment_method_types",
    "processing",
    "receipt_email",
    "setup_future_usage",
    "status",
    "usage",
];

impl Answer {
    /// The answer to a finished verb, as this caller may see it.
    pub fn of(result: Result<Value, ApiError>, power: Power) -> Self {
        let (status, mut value) = match result {
            Ok(value) => (200, value),
            Err(error) => (error.status, error.body()),
        };
        if power == Power::Publishable {
            hide_private(&mut value);
        }
        Self { status, body: value.to_string(), replays: None }
    }

    /// An error's answer.
    pub fn error(error: &ApiError) -> Self {
        Self { status: error.status, body: error.body().to_string(), replays: None }
    }
}

fn hide_private(value: &mut Value) {
    let Value::Object(fields) = value else { return };
    if fields.get("object").is_some_and(|kind| kind == "payment_intent" || kind == "setup_intent") {
        fields.retain(|name, _| PUBLIC_FIELDS.contains(&name.as_str()));
    }
    for name in ["error", "payment_intent", "setup_intent"] {
        if let Some(inner) = fields.get_mut(name) {
            hide_private(inner);
        }
    }
}
