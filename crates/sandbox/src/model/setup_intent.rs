//! The wish to keep a method for later charges.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::challenge::next_action;
use super::payment_intent::cards_only;
use super::{Challenge, DebitTerms, IntentFailure, Metadata, Verification};

/// A setup intent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SetupIntent {
    /// `seti_…`.
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// Who keeps the method.
    pub customer: Option<String>,
    /// What is to be kept.
    pub payment_method: Option<String>,
    /// The types of method that may be kept.
    #[serde(default = "cards_only")]
    pub kinds: Vec<String>,
    /// How a bank account is to be debited later.
    #[serde(default)]
    pub terms: DebitTerms,
    /// The payer's consent to later debits.
    #[serde(default)]
    pub mandate: Option<String>,
    /// How far it is.
    pub status: SetupStatus,
    /// Why the last try failed.
    pub failure: Option<IntentFailure>,
    /// `off_session` or `on_session`.
    pub usage: String,
    /// What a browser needs to confirm it.
    pub client_secret: String,
    /// Where the payer comes back to.
    pub return_url: Option<String>,
    /// The bank's question to the payer, the last one if it was answered.
    #[serde(default)]
    pub challenge: Option<Challenge>,
    /// The caller's words.
    pub description: Option<String>,
    /// The caller's notes.
    pub metadata: Metadata,
}

/// How far a setup is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetupStatus {
    /// It has no method, or the last one was refused.
    RequiresPaymentMethod,
    /// It has a method and waits for the word.
    RequiresConfirmation,
    /// The payer must authenticate.
    RequiresAction,
    /// The payer must tell what they see of two small deposits.
    Verifying(Verification),
    /// Kept.
    Succeeded,
    /// Given up.
    Canceled {
        /// Why.
        reason: Option<String>,
    },
}

impl SetupStatus {
    /// The status as it travels.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresConfirmation => "requires_confirmation",
            Self::RequiresAction | Self::Verifying(_) => "requires_action",
            Self::Succeeded => "succeeded",
            Self::Canceled { .. } => "canceled",
        }
    }

    /// Whether it may be confirmed.
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

impl SetupIntent {
    /// As it reads in an answer.
    pub fn view(&self) -> Value {
        let failure = self.failure.as_ref().map(|failure| {
            json!({
                "code": failure.code,
                "decline_code": failure.decline_code,
                "message": failure.message,
                "payment_method": failure.payment_method,
                "type": "card_error",
            })
        });
        json!({
            "id": self.id,
            "object": "setup_intent",
            "application": null,
            "cancellation_reason": match &self.status {
                SetupStatus::Canceled { reason } => reason.clone(),
                _ => None,
            },
            "client_secret": self.client_secret,
            "created": self.created,
            "customer": self.customer,
            "description": self.description,
            "last_setup_error": failure,
            "latest_attempt": null,
            "livemode": false,
            "mandate": self.mandate,
            "metadata": self.metadata,
            "next_action": match &self.status {
                SetupStatus::RequiresAction => next_action(&self.id, self.challenge.as_ref()),
                SetupStatus::Verifying(verification) => verification.view(),
                _ => Value::Null,
            },
            "on_behalf_of": null,
            "payment_method": self.payment_method,
            "payment_method_options": self.terms.options_view(&self.kinds),
            "payment_method_types": self.kinds,
            "single_use_mandate": null,
            "status": self.status.as_str(),
            "usage": self.usage,
        })
    }
}
