//! Clients and the methods in their wallets.

use paydesk_domain::address::Address;
use paydesk_domain::card::Brand;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::wire::people::{Enrolment, Membership};

/// A client to make: a login, its account with this organization, and the people in it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClient {
    /// Who signs in and whose wallet pays.
    pub login: NewLogin,
    /// The account's own name and number; the login's name when absent.
    pub account: Option<NewAccount>,
    /// Who is in the account.
    #[serde(default)]
    pub people: Vec<NewPerson>,
}

/// Who signs in and whose wallet pays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLogin {
    /// A login that exists already, `log_…`: a platform names it so that its organizations share one wallet.
    pub id: Option<String>,
    /// The client's name.
    pub name: Option<String>,
    /// The client's address for messages.
    pub email: Option<String>,
    /// When the client last signed in, RFC 3339; never when absent. Nobody saves a method for a client who never has.
    pub last_login_at: Option<String>,
}

/// The account's own facts.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// The account's name.
    pub name: Option<String>,
    /// The organization's own number for it.
    pub reference: Option<String>,
    /// Its address, for billing addresses that are the same.
    pub billing_address: Option<Address>,
}

/// What has changed about a client.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedClient {
    /// About who signs in.
    pub login: Option<ChangedLogin>,
    /// About the account.
    pub account: Option<ChangedAccount>,
}

/// What has changed about who signs in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedLogin {
    /// When the client last signed in, RFC 3339. An earlier time than the known one changes nothing.
    pub last_login_at: String,
}

/// What has changed about an account.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedAccount {
    /// Its address, for billing addresses that are the same.
    pub billing_address: Address,
}

/// Somebody in an account.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// Their name.
    pub name: String,
    /// The activities that they take part in.
    #[serde(default)]
    pub enrolments: Vec<Enrolment>,
    /// What they are members of.
    #[serde(default)]
    pub memberships: Vec<Membership>,
}

/// A client.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClientView {
    /// The account, `acc_…`: what invoices and sessions are made for.
    pub id: String,
    /// The login, `log_…`.
    pub login: String,
    /// The account's name.
    pub name: String,
    /// The client's address for messages.
    pub email: Option<String>,
    /// The organization's own number for it.
    pub reference: Option<String>,
    /// Its address, where the organization has told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_address: Option<Address>,
    /// Who is in the account.
    pub people: Vec<PersonView>,
    /// Whether you may charge a card of the client's today.
    pub saved_card: bool,
    /// Whether you may debit a bank account of the client's today, in your currency.
    pub saved_echeck: bool,
    /// When it was made.
    pub created_at: String,
}

/// Somebody in an account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonView {
    /// `per_…`.
    pub id: String,
    /// Their name.
    pub name: String,
}

/// A method that is in the processor's vault already, to bring into a client's wallet.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BringMethod {
    /// The processor's name for it, `pm_…`.
    pub processor_payment_method: String,
    /// Its billing address.
    pub billing_address: Address,
    /// What the client agreed to.
    pub consent: GivenConsent,
    /// What the client calls it.
    pub nickname: Option<String>,
}

/// An agreement that was given before.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenConsent {
    /// Which text.
    pub version: String,
    /// The language it was shown in.
    pub locale: String,
    /// When it was accepted, RFC 3339.
    pub accepted_at: String,
}

/// A saved method that this organization may charge.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SavedMethodView {
    /// `pm_…`, ours.
    pub id: String,
    /// The scheme.
    pub brand: Brand,
    /// The last four digits.
    pub last4: String,
    /// 1 to 12.
    pub exp_month: u8,
    /// Four digits.
    pub exp_year: u16,
    /// True when it cannot be charged because it expired.
    pub expired: bool,
    /// What the client calls it.
    pub nickname: Option<String>,
}

/// Which clients.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClientsQuery {
    /// How many rows, 1 to 100; 25 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only the client with this address.
    pub email: Option<String>,
    /// Only the client with this number of the organization's own.
    pub reference: Option<String>,
    /// Only clients with a card that you may charge today, or only those without one.
    pub saved_card: Option<bool>,
    /// Only clients with a bank account that you may debit today in your currency, or only those without one.
    pub saved_echeck: Option<bool>,
}
