//! The wish to be paid, through all its tries.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Metadata;

/// A payment intent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PaymentIntent {
    /// `pi_…`.
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// Minor units.
    pub amount: i64,
    /// Three small letters.
    pub currency: String,
    /// Whose it is.
    pub customer: Option<String>,
    /// What is to be charged.
    pub payment_method: Option<String>,
    /// How far it is.
    pub status: IntentStatus,
    /// The try that came last.
    pub latest_charge: Option<String>,
    /// Why the last try failed.
    pub failure: Option<IntentFailure>,
    /// Whether money is only held at first.
    pub manual_capture: bool,
    /// Whether the payer was away at the last try.
    pub off_session: bool,
    /// `on_session` or `off_session`: the method is kept for later.
    pub setup_future_usage: Option<String>,
    /// What a browser needs to confirm it.
    pub client_secret: String,
    /// Where the payer comes back to.
    pub return_url: Option<String>,
    /// The caller's words.
    pub description: Option<String>,
    /// Where the receipt goes.
    pub receipt_email: Option<String>,
    /// What the payer reads on their statement.
    pub statement_descriptor: Option<String>,
    /// The caller's notes.
    pub metadata: Metadata,
}

/// How far an intent is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentStatus {
    /// It has no method, or the last one was refused.
    RequiresPaymentMethod,
    /// It has a method and waits for the word.
    RequiresConfirmation,
    /// The payer must authenticate.
    RequiresAction,
    /// Money is held: minor units.
    RequiresCapture {
        /// Minor units.
        capturable: i64,
    },
    /// Paid.
    Succeeded {
        /// Minor units.
        received: i64,
    },
    /// Given up.
    Canceled {
        /// Unix seconds.
        at: i64,
        /// Why.
        reason: Option<String>,
    },
}

impl IntentStatus {
    /// The status as it travels.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresConfirmation => "requires_confirmation",
            Self::RequiresAction => "requires_action",
            Self::RequiresCapture { .. } => "requires_capture",
            Self::Succeeded { .. } => "succeeded",
            Self::Canceled { .. } => "canceled",
        }
    }

    /// Whether it may be changed or confirmed.
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::RequiresPaymentMethod | Self::RequiresConfirmation | Self::RequiresAction)
    }
}

/// Why a try failed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IntentFailure {
    /// The error's code.
    pub code: String,
    /// The issuer's code.
    pub decline_code: Option<String>,
    /// The sentence for a payer.
    pub message: String,
    /// The try.
    pub charge: Option<String>,
    /// The method that was refused, as it was then.
    pub payment_method: Option<Value>,
}

impl IntentFailure {
    fn view(&self) -> Value {
        json!({
            "charge": self.charge,
            "code": self.code,
            "decline_code": self.decline_code,
            "message": self.message,
            "payment_method": self.payment_method,
            "type": "card_error",
        })
    }
}

impl PaymentIntent {
    /// As it reads in an answer.
    pub fn view(&self) -> Value {
        let (capturable, received) = match self.status {
            IntentStatus::RequiresCapture { capturable } => (capturable, 0),
            IntentStatus::Succeeded { received } => (0, received),
            _ => (0, 0),
        };
        let (canceled_at, cancellation_reason) = match &self.status {
            IntentStatus::Canceled { at, reason } => (Some(*at), reason.clone()),
            _ => (None, None),
        };
        json!({
            "id": self.id,
            "object": "payment_intent",
            "amount": self.amount,
            "amount_capturable": capturable,
            "amount_details": { "tip": {} },
            "amount_received": received,
            "application": null,
            "application_fee_amount": null,
            "automatic_payment_methods": null,
            "canceled_at": canceled_at,
            "cancellation_reason": cancellation_reason,
            "capture_method": if self.manual_capture { "manual" } else { "automatic" },
            "client_secret": self.client_secret,
            "confirmation_method": "automatic",
            "created": self.created,
            "currency": self.currency,
            "customer": self.customer,
            "description": self.description,
            "last_payment_error": self.failure.as_ref().map(IntentFailure::view),
            "latest_charge": self.latest_charge,
            "livemode": false,
            "metadata": self.metadata,
            "next_action": next_action(self.status == IntentStatus::RequiresAction, &self.id),
            "on_behalf_of": null,
            "payment_method": self.payment_method,
            "payment_method_options": { "card": { "request_three_d_secure": "automatic" } },
            "payment_method_types": ["card"],
            "processing": null,
            "receipt_email": self.receipt_email,
            "review": null,
            "setup_future_usage": self.setup_future_usage,
            "shipping": null,
            "source": null,
            "statement_descriptor": self.statement_descriptor,
            "statement_descriptor_suffix": null,
            "status": self.status.as_str(),
            "transfer_data": null,
            "transfer_group": null,
        })
    }
}

/// What the payer is to do: authenticate in the processor's own script. Here, a test does it for them through
/// `POST /sandbox/intents/{intent}/authenticate`.
pub(super) fn next_action(required: bool, intent: &str) -> Value {
    if !required {
        return Value::Null;
    }
    json!({
        "type": "use_stripe_sdk",
        "use_stripe_sdk": { "type": "three_d_secure_redirect", "source": intent },
    })
}
