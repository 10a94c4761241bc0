//! What goes wrong, as the caller reads it: `{"error": {type, code, decline_code, param, message}}`.

use serde_json::{Map, Value, json};

use crate::cards::decline::Decline;
use crate::model::IntentFailure;

/// An answer that is not a success.
#[derive(Debug)]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    // Boxed, so that the many results which carry no error stay small.
    details: Box<Details>,
}

#[derive(Debug)]
struct Details {
    kind: &'static str,
    code: Option<String>,
    message: String,
    param: Option<String>,
    decline_code: Option<String>,
    is_kept: bool,
    extra: Map<String, Value>,
}

impl ApiError {
    fn new(status: u16, kind: &'static str, message: impl Into<String>) -> Self {
        let (code, param, decline_code) = (None, None, None);
        let message = message.into();
        let details = Details { kind, code, message, param, decline_code, is_kept: false, extra: Map::new() };
        Self { status, details: Box::new(details) }
    }

    /// A request that makes no sense (400).
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", message)
    }

    /// A parameter that is needed and was not given.
    pub fn missing(param: &str) -> Self {
        Self::invalid(format!("Missing required param: {param}.")).code("parameter_missing").param(param)
    }

    /// Something that is not there, named in the path (404) by `param`.
    pub fn not_found(what: &str, id: &str, param: &str) -> Self {
        let message = format!("No such {what}: '{}'", printable(id));
        Self::new(404, "invalid_request_error", message).code("resource_missing").param(param)
    }

    /// Something that is not there, named by a parameter of the body (400).
    pub fn no_such(what: &str, id: &str, param: &str) -> Self {
        Self { status: 400, ..Self::not_found(what, id, param) }
    }

    /// A caller without a key, or with one that does not exist (401).
    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(401, "invalid_request_error", message)
    }

    /// A caller whose key does not allow this (403).
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(403, "invalid_request_error", message)
    }

    /// A card that was refused (402).
    pub fn card(decline: &Decline) -> Self {
        let mut error = Self::new(402, "card_error", decline.message.as_ref()).code(decline.code.as_ref());
        error.details.decline_code = decline.decline_code.as_ref().map(|code| code.to_string());
        error.details.param = decline.param.map(str::to_owned);
        error
    }

    /// A misuse of an idempotency key.
    pub fn idempotency(status: u16, message: impl Into<String>) -> Self {
        Self::new(status, "idempotency_error", message)
    }

    /// Too many requests (429).
    pub fn rate_limited() -> Self {
        let message = "Too many requests hit the API too quickly. We recommend an exponential backoff of your requests.";
        Self::new(429, "invalid_request_error", message).code("rate_limit")
    }

    /// A fault of the processor's own (5xx).
    pub fn api(status: u16, message: impl Into<String>) -> Self {
        Self::new(status, "api_error", message)
    }

    /// The same with another status.
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same with a machine-readable code.
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.details.code = Some(code.into());
        self
    }

    /// The same with the name of the parameter to blame.
    pub fn param(mut self, param: impl Into<String>) -> Self {
        self.details.param = Some(param.into());
        self
    }

    /// The same with an object that the caller will want to see (`payment_intent`, `charge`, …).
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.details.extra.insert(name.to_owned(), value);
        self
    }

    /// The same as the outcome of work that was done.
    pub fn kept(mut self) -> Self {
        self.details.is_kept = true;
        self
    }

    /// Whether an idempotency key remembers this answer: only what came out of doing the work, not what
    /// was refused before the work began.
    pub fn is_remembered(&self) -> bool {
        self.details.is_kept || self.details.kind == "card_error" || self.details.kind == "api_error"
    }

    /// The refusal in it, when a card was refused.
    pub fn decline(&self) -> Option<IntentFailure> {
        (self.details.kind == "card_error").then(|| IntentFailure {
            code: self.details.code.clone().unwrap_or_default(),
            decline_code: self.details.decline_code.clone(),
            network_code: None,
            message: self.details.message.clone(),
            charge: None,
            payment_method: None,
        })
    }

    /// The body.
    pub fn body(&self) -> Value {
        let mut error = self.details.extra.clone();
        error.insert("type".to_owned(), json!(self.details.kind));
        error.insert("message".to_owned(), json!(self.details.message));
        let optional = [
            ("code", &self.details.code),
            ("param", &self.details.param),
            ("decline_code", &self.details.decline_code),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                error.insert(name.to_owned(), json!(value));
            }
        }
        json!({ "error": error })
    }
}

/// A caller's text as it may be repeated to them: short, and never with so many digits that it could be a card or a
/// bank account.
pub fn printable(text: &str) -> String {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits >= 7 { "(hidden)".to_owned() } else { text.chars().take(80).collect() }
}
