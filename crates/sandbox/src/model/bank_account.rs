//! A bank account as the processor keeps it: what may be shown, the sealed number, and the part it plays.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::BillingDetails;
use crate::banks::Rail;
use crate::banks::part::Part;
use crate::vault::Sealed;

/// What every test account's bank is called.
const BANK_NAME: &str = "STRIPE TEST BANK";

/// A bank account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BankAccount {
    /// Its id in a token, `ba_…`. The sealed number is bound to it.
    pub id: String,
    /// Where it is.
    pub place: BankPlace,
    /// The last four digits.
    pub last4: String,
    /// The same for the same number at the same bank.
    pub fingerprint: String,
    /// The number.
    pub sealed: Sealed,
    /// The part it plays.
    pub part: Part,
    /// Whether the payer has proved by microdeposits that it is theirs.
    pub verified: bool,
    /// Every id that the account has had (token, method): scenarios may name it by any of them.
    pub known_as: Vec<String>,
}

/// Where an account is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BankPlace {
    /// At a US bank.
    Us {
        /// Nine digits.
        routing_number: String,
        /// Whose it is.
        holder: Holder,
        /// `checking` or `savings`.
        account_type: String,
    },
    /// At a Canadian bank.
    Canada {
        /// Three digits.
        institution_number: String,
        /// Five digits.
        transit_number: String,
    },
}

/// Whose a US account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// A person's.
    Individual,
    /// A company's.
    Company,
}

impl Holder {
    /// The words for it.
    pub const WORDS: [&str; 2] = ["individual", "company"];

    /// One of the words.
    pub fn of_word(word: &str) -> Self {
        if word == "company" { Self::Company } else { Self::Individual }
    }

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Individual => "individual",
            Self::Company => "company",
        }
    }
}

impl BankAccount {
    /// How it is debited.
    pub const fn rail(&self) -> Rail {
        match self.place {
            BankPlace::Us { .. } => Rail::Ach,
            BankPlace::Canada { .. } => Rail::Pad,
        }
    }

    /// Whether it is a company's.
    pub const fn is_company(&self) -> bool {
        matches!(self.place, BankPlace::Us { holder: Holder::Company, .. })
    }

    /// The `us_bank_account` or `acss_debit` of a payment method.
    pub fn view(&self) -> Value {
        let mut view = self.common();
        if self.rail() == Rail::Ach {
            view.insert("financial_connections_account".to_owned(), Value::Null);
            view.insert("networks".to_owned(), json!({ "preferred": "ach", "supported": ["ach"] }));
            view.insert("status_details".to_owned(), json!({}));
        }
        Value::Object(view)
    }

    /// The same in a charge, with the payer's consent and the bank's reference.
    pub fn charge_view(&self, mandate: Option<&str>, reference: Option<&str>) -> Value {
        let mut view = self.common();
        view.insert("mandate".to_owned(), json!(mandate));
        if self.rail() == Rail::Ach {
            view.insert("payment_reference".to_owned(), json!(reference));
        }
        Value::Object(view)
    }

    fn common(&self) -> Map<String, Value> {
        let place = match &self.place {
            BankPlace::Us { routing_number, holder, account_type } => json!({
                "account_holder_type": holder.as_str(),
                "account_type": account_type,
                "bank_name": BANK_NAME,
                "fingerprint": self.fingerprint,
                "last4": self.last4,
                "routing_number": routing_number,
            }),
            BankPlace::Canada { institution_number, transit_number } => json!({
                "bank_name": BANK_NAME,
                "fingerprint": self.fingerprint,
                "institution_number": institution_number,
                "last4": self.last4,
                "transit_number": transit_number,
            }),
        };
        if let Value::Object(fields) = place { fields } else { Map::new() }
    }

    /// The account in a token: the older shape.
    pub fn token_view(&self, billing: &BillingDetails) -> Value {
        let (country, currency, routing, holder, account_type) = match &self.place {
            BankPlace::Us { routing_number, holder, account_type } => {
                ("US", "usd", routing_number.clone(), Some(holder.as_str()), Some(account_type.as_str()))
            }
            BankPlace::Canada { institution_number, transit_number } => {
                ("CA", "cad", format!("{transit_number}-{institution_number}"), None, None)
            }
        };
        json!({
            "id": self.id,
            "object": "bank_account",
            "account_holder_name": billing.name,
            "account_holder_type": holder,
            "account_type": account_type,
            "bank_name": BANK_NAME,
            "country": country,
            "currency": currency,
            "fingerprint": self.fingerprint,
            "last4": self.last4,
            "routing_number": routing,
            "status": "new",
        })
    }
}

impl BankPlace {
    /// The bank by its number, for what is the same at one bank.
    pub fn bank(&self) -> String {
        match self {
            Self::Us { routing_number, .. } => routing_number.clone(),
            Self::Canada { institution_number, transit_number } => {
                format!("{institution_number}-{transit_number}")
            }
        }
    }
}
