//! A card as the processor keeps it: what may be shown, the sealed number, and the part it plays.

use paydesk_domain::card::Brand;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cards::script::Script;
use crate::vault::Sealed;

/// A card.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Card {
    /// Its id as a source, such as `card_…`. The sealed number is bound to it.
    pub id: String,
    /// The scheme.
    pub brand: Brand,
    /// The last four digits.
    pub last4: String,
    /// The month of its expiry.
    pub exp_month: u8,
    /// The year of its expiry.
    pub exp_year: u16,
    /// `credit`, `debit` or `prepaid`.
    pub funding: String,
    /// The issuer's country.
    pub country: String,
    /// The same for the same number.
    pub fingerprint: String,
    /// The number.
    pub sealed: Sealed,
    /// The part it plays.
    pub script: Script,
    /// What the bank said of the payer's details.
    pub checks: Checks,
    /// Whether the payer agreed, with authentication, to later charges.
    pub set_up: bool,
    /// Whether its bank has closed it.
    #[serde(default)]
    pub closed: bool,
    /// Every id that the card has had (token, method): scenarios may name it by any of them.
    pub known_as: Vec<String>,
}

impl Card {
    /// The `card` of a payment method.
    pub fn view(&self) -> Value {
        json!({
            "brand": self.brand.as_str(),
            "checks": {
                "address_line1_check": self.checks.line,
                "address_postal_code_check": self.checks.postal_code,
                "cvc_check": self.checks.cvc,
            },
            "country": self.country,
            "display_brand": self.brand.as_str(),
            "exp_month": self.exp_month,
            "exp_year": self.exp_year,
            "fingerprint": self.fingerprint,
            "funding": self.funding,
            "generated_from": null,
            "last4": self.last4,
            "networks": { "available": [self.brand.as_str()], "preferred": null },
            "regulated_status": "unregulated",
            // Ours: the dialect has no place for it.
            "status": if self.closed { "closed" } else { "open" },
            "three_d_secure_usage": { "supported": true },
            "wallet": null,
        })
    }

    /// The card as a source or in a token: the older shape, with the scheme's own name.
    pub fn source_view(&self, billing: &BillingDetails, customer: Option<&str>) -> Value {
        let address = &billing.address;
        json!({
            "id": self.id,
            "object": "card",
            "address_city": address.city,
            "address_country": address.country,
            "address_line1": address.line1,
            "address_line1_check": self.checks.line,
            "address_line2": address.line2,
            "address_state": address.state,
            "address_zip": address.postal_code,
            "address_zip_check": self.checks.postal_code,
            "brand": self.brand.name(),
            "country": self.country,
            "customer": customer,
            "cvc_check": self.checks.cvc,
            "dynamic_last4": null,
            "exp_month": self.exp_month,
            "exp_year": self.exp_year,
            "fingerprint": self.fingerprint,
            "funding": self.funding,
            "last4": self.last4,
            "metadata": {},
            "name": billing.name,
            "tokenization_method": null,
        })
    }

    /// Asks the bank about the payer's details: what was unchecked is known afterwards.
    pub fn run_checks(&mut self) {
        let settle = |check: &mut Option<CheckResult>, matches: bool| {
            if check.is_some() {
                *check = Some(if matches { CheckResult::Pass } else { CheckResult::Fail });
            }
        };
        settle(&mut self.checks.cvc, self.script.cvc_matches());
        settle(&mut self.checks.line, self.script.line_matches());
        settle(&mut self.checks.postal_code, self.script.postal_code_matches());
    }
}

/// What the bank said of the payer's details; nothing where the payer gave none.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Checks {
    /// The security code.
    pub cvc: Option<CheckResult>,
    /// The street.
    pub line: Option<CheckResult>,
    /// The postal code.
    pub postal_code: Option<CheckResult>,
}

/// One such answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckResult {
    /// It matches.
    Pass,
    /// It does not match.
    Fail,
    /// The bank has not been asked yet.
    Unchecked,
}

/// Who is billed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct BillingDetails {
    /// Where.
    pub address: Address,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their name.
    pub name: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
}

impl BillingDetails {
    /// As it reads in an answer.
    pub fn view(&self) -> Value {
        json!({
            "address": self.address.view(),
            "email": self.email,
            "name": self.name,
            "phone": self.phone,
            "tax_id": null,
        })
    }
}

/// A postal address.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Address {
    /// City.
    pub city: Option<String>,
    /// Country, two letters.
    pub country: Option<String>,
    /// Street.
    pub line1: Option<String>,
    /// Flat, suite.
    pub line2: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Province or state.
    pub state: Option<String>,
}

impl Address {
    /// As it reads in an answer.
    pub fn view(&self) -> Value {
        json!({
            "city": self.city,
            "country": self.country,
            "line1": self.line1,
            "line2": self.line2,
            "postal_code": self.postal_code,
            "state": self.state,
        })
    }
}
