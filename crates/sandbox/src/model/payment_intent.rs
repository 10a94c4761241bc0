//! The wish to be paid, through all its tries.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::challenge::next_action;
use super::{Challenge, DebitTerms, Metadata};
use crate::banks::ReturnCode;

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
    /// The types of method that may be charged.
    #[serde(default = "cards_only")]
    pub kinds: Vec<String>,
    /// How a bank account is to be debited.
    #[serde(default)]
    pub terms: DebitTerms,
    /// The payer's consent to a debit that waits for the account's verification.
    #[serde(default)]
    pub mandate: Option<String>,
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
    /// The bank's question to the payer, the last one if it was answered.
    #[serde(default)]
    pub challenge: Option<Challenge>,
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
    /// The payer must tell what they see of two small deposits.
    Verifying(Verification),
    /// A debit is on its way.
    Processing,
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
            Self::RequiresAction | Self::Verifying(_) => "requires_action",
            Self::Processing => "processing",
            Self::RequiresCapture { .. } => "requires_capture",
            Self::Succeeded { .. } => "succeeded",
            Self::Canceled { .. } => "canceled",
        }
    }

    /// Whether it may be changed or confirmed.
    pub const fn is_open(&self) -> bool {
        matches!(
            self,
            Self::RequiresPaymentMethod
                | Self::RequiresConfirmation
                | Self::RequiresAction
                | Self::Verifying(_)
        )
    }
}

/// The verification of an account by microdeposits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// How often the payer was wrong.
    pub failures: u32,
    /// When the deposits arrive, Unix seconds.
    pub arrival: i64,
}

/// What an intent takes that was not told otherwise.
pub fn cards_only() -> Vec<String> {
    vec!["card".to_owned()]
}

/// Why a try failed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IntentFailure {
    /// The error's code.
    pub code: String,
    /// The issuer's code.
    pub decline_code: Option<String>,
    /// The bank's own code.
    #[serde(default)]
    pub network_code: Option<ReturnCode>,
    /// The sentence for a payer.
    pub message: String,
    /// The try.
    pub charge: Option<String>,
    /// The method that was refused, as it was then.
    pub payment_method: Option<Value>,
}

impl IntentFailure {
    /// The `last_payment_error` or `last_setup_error`.
    pub fn view(&self) -> Value {
        let mut view = json!({
            "charge": self.charge,
            "code": self.code,
            "decline_code": self.decline_code,
            "message": self.message,
            "payment_method": self.payment_method,
            "type": "card_error",
        });
        if let (Some(code), Some(view)) = (&self.network_code, view.as_object_mut()) {
            view.insert("network_decline_code".to_owned(), json!(code));
        }
        view
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
            "next_action": match &self.status {
                IntentStatus::RequiresAction => next_action(&self.id, self.challenge.as_ref()),
                IntentStatus::Verifying(verification) => verification.view(),
                _ => Value::Null,
            },
            "on_behalf_of": null,
            "payment_method": self.payment_method,
            "payment_method_options": self.terms.options_view(&self.kinds),
            "payment_method_types": self.kinds,
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

impl Verification {
    /// What the payer is to do. There is no page here that would ask them: `hosted_verification_url` is missing.
    pub(super) fn view(&self) -> Value {
        json!({
            "type": "verify_with_microdeposits",
            "verify_with_microdeposits": {
                "arrival_date": self.arrival,
                "hosted_verification_url": null,
                "microdeposit_type": "amounts",
            },
        })
    }
}
