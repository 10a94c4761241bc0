//! Requests and answers about the organization itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an organization says in its own words: by language (`en`, `fr`), by the word's name.
pub type Wording = BTreeMap<String, BTreeMap<String, String>>;

/// An organization and its settings.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrganizationView {
    /// `org_…`.
    pub id: String,
    /// What payers see.
    pub name: String,
    /// Where payers reach it, such as an address and a telephone number. Bank debits need it: a mandate must say so.
    pub contact: Option<String>,
    /// BCP 47: the language of what is shown when nothing else is asked for.
    pub locale: String,
    /// IANA: when its days begin and end.
    pub time_zone: String,
    /// How much of one bank debit may be given back in all, minor units.
    pub debit_refund_max: i64,
    /// The least that may be paid at once, minor units, credit included. None: all that is payable, or nothing.
    pub partial_minimum: Option<i64>,
    /// For how many days after its end what a client agreed to is kept: a consent, or a mandate.
    pub records_kept_days: i64,
    /// What the checkout says in the organization's own words: by language, by the word's name.
    pub wording: BTreeMap<String, BTreeMap<String, String>>,
    /// When a saved card's security code is asked for again: `never`, `always`, `above` or `admin`. Set by whoever runs the server.
    pub security_code: String,
    /// With `above`: asked for where more than so many minor units are paid.
    pub security_code_above: i64,
    /// ISO 4217: the currency of invoices that name no other. Set by whoever runs the server.
    pub currency: String,
    /// ISO 3166-1 alpha-2. Set by whoever runs the server.
    pub country: String,
    /// Pages of these origins may embed the checkout. Set by whoever runs the server.
    pub allowed_origins: Vec<String>,
}

/// What is to change about the organization. What is absent stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedOrganization {
    /// What payers see.
    pub name: Option<String>,
    /// Where payers reach it; nothing when empty, and then there are no bank debits.
    pub contact: Option<String>,
    /// BCP 47.
    pub locale: Option<String>,
    /// IANA, such as America/Toronto.
    pub time_zone: Option<String>,
    /// How much of one bank debit may be given back in all, minor units; 0 for nothing.
    pub debit_refund_max: Option<i64>,
    /// The least that may be paid at once, minor units, credit included; 0: all that is payable, or nothing.
    pub partial_minimum: Option<i64>,
    /// For how many days after its end what a client agreed to is kept, 731 (two years) to 36525; then it is wiped.
    pub records_kept_days: Option<i64>,
    /// What the checkout says in the organization's own words: by language, by the word's name. A language that is named has
    /// these words from now on and no others, one that is not named keeps its own.
    pub wording: Option<BTreeMap<String, BTreeMap<String, String>>>,
}
