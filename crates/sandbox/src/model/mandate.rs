//! A payer's consent to be debited.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::banks::Rail;

/// A mandate.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mandate {
    /// `mandate_…`.
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// The method that may be debited.
    pub payment_method: String,
    /// The method's type.
    pub kind: String,
    /// Whether it holds.
    pub status: MandateStatus,
    /// For how many debits.
    pub scope: MandateScope,
    /// How the payer gave it.
    pub acceptance: Acceptance,
    /// What a Canadian one says besides.
    pub terms: DebitTerms,
}

/// Whether a mandate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MandateStatus {
    /// It holds.
    Active,
    /// It is used up, or the payer has withdrawn it.
    Inactive,
    /// It will hold once the account is verified.
    Pending,
}

/// For how many debits a mandate is good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MandateScope {
    /// As many as are agreed.
    MultiUse,
    /// One.
    SingleUse {
        /// Minor units.
        amount: i64,
        /// Three small letters.
        currency: String,
    },
}

/// How a payer gave their consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Unix seconds.
    pub accepted_at: i64,
    /// Where they did so.
    pub channel: Channel,
}

/// Where a payer gave their consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// In a browser.
    Online {
        /// Its address.
        ip_address: Option<String>,
        /// What it calls itself.
        user_agent: Option<String>,
    },
    /// On paper.
    Offline,
}

/// How an account is to be debited: `payment_method_options` of a bank type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DebitTerms {
    /// Whether the account is to be verified by microdeposits first.
    pub by_microdeposits: bool,
    /// `interval`, `sporadic` or `combined`.
    pub payment_schedule: Option<String>,
    /// When, in words.
    pub interval_description: Option<String>,
    /// `personal` or `business`.
    pub transaction_type: Option<String>,
}

impl DebitTerms {
    /// The `payment_method_options` of an intent with these types.
    pub fn options_view(&self, kinds: &[String]) -> Value {
        let verification = if self.by_microdeposits { "microdeposits" } else { "automatic" };
        let options = kinds.iter().map(|kind| {
            let option = match Rail::of_kind(kind) {
                None => json!({ "request_three_d_secure": "automatic" }),
                Some(Rail::Ach) => json!({ "verification_method": verification }),
                Some(Rail::Pad) => {
                    json!({ "mandate_options": self.view(), "verification_method": verification })
                }
            };
            (kind.clone(), option)
        });
        Value::Object(options.collect())
    }

    fn view(&self) -> Value {
        json!({
            "interval_description": self.interval_description,
            "payment_schedule": self.payment_schedule.as_deref().unwrap_or("sporadic"),
            "transaction_type": self.transaction_type.as_deref().unwrap_or("personal"),
        })
    }
}

impl Mandate {
    /// As it reads in an answer.
    pub fn view(&self) -> Value {
        let accepted_at = self.acceptance.accepted_at;
        let acceptance = match &self.acceptance.channel {
            Channel::Online { ip_address, user_agent } => json!({
                "accepted_at": accepted_at,
                "online": { "ip_address": ip_address, "user_agent": user_agent },
                "type": "online",
            }),
            Channel::Offline => json!({ "accepted_at": accepted_at, "offline": {}, "type": "offline" }),
        };
        let details = if self.kind == Rail::Pad.kind() { self.terms.view() } else { json!({}) };
        let (kind, scope) = match &self.scope {
            MandateScope::MultiUse => ("multi_use", json!({})),
            MandateScope::SingleUse { amount, currency } => {
                ("single_use", json!({ "amount": amount, "currency": currency }))
            }
        };
        json!({
            "id": self.id,
            "object": "mandate",
            "customer_acceptance": acceptance,
            "livemode": false,
            kind: scope,
            "payment_method": self.payment_method,
            "payment_method_details": { self.kind.as_str(): details, "type": self.kind },
            "status": match self.status {
                MandateStatus::Active => "active",
                MandateStatus::Inactive => "inactive",
                MandateStatus::Pending => "pending",
            },
            "type": kind,
        })
    }
}
