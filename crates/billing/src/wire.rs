//! Requests and answers of the organization's side. (The browser's side is in `paydesk_domain::wire::billing`,
//! because the browser shares it.)

pub mod webhooks;

use paydesk_domain::address::Address;
use paydesk_domain::card::Brand;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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
}

/// The account's own facts.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// The account's name.
    pub name: Option<String>,
    /// The organization's own number for it.
    pub reference: Option<String>,
}

/// Somebody in an account.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// Their name.
    pub name: String,
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
    /// Who is in the account.
    pub people: Vec<PersonView>,
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

/// An invoice to make.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvoice {
    /// Who owes it, `acc_…`.
    pub account: String,
    /// ISO 4217; the organization's currency when absent.
    pub currency: Option<String>,
    /// The number printed on it; counted up when absent.
    pub number: Option<String>,
    /// Its lines, top first.
    pub items: Vec<NewItem>,
}

/// A line of an invoice.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewItem {
    /// What it is for.
    pub description: String,
    /// Who takes part.
    pub participant: Option<String>,
    /// Minor units.
    pub amount: i64,
}

/// An invoice as its organization sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnInvoiceView {
    /// `inv_…`.
    pub id: String,
    /// Who owes it.
    pub account: String,
    /// The number printed on it.
    pub number: String,
    /// ISO 4217.
    pub currency: String,
    /// Its lines, top first.
    pub items: Vec<OwnItemView>,
    /// The sum of its lines.
    pub total: i64,
    /// What payments have covered.
    pub paid: i64,
    /// What is not covered: the current balance.
    pub balance: i64,
    /// What is on its way.
    pub pending: i64,
    /// The balance less what is on its way.
    pub payable_now: i64,
    /// When it was made.
    pub created_at: String,
}

/// A line of an invoice as its organization sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnItemView {
    /// `itm_…`.
    pub id: String,
    /// What it is for.
    pub description: String,
    /// Who takes part.
    pub participant: Option<String>,
    /// Minor units.
    pub amount: i64,
    /// What payments have covered of it.
    pub covered: i64,
}

/// A checkout session to make.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// What is to be paid, `inv_…`.
    pub invoice: String,
    /// The only page that may embed the checkout, as an origin. Must be registered with the organization.
    pub allowed_origin: String,
    /// The payer's language, BCP 47; the organization's when absent.
    pub locale: Option<String>,
    /// Whether a new card may be saved to the payer's wallet; yes when absent.
    pub may_save: Option<bool>,
}

/// A checkout session that was made. The secret is shown this once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CreatedSession {
    /// `cks_…`.
    pub session: String,
    /// `cs_…`: for the payer's browser only.
    pub secret: String,
    /// When it ends unless it is used.
    pub expires_at: String,
}

/// A checkout session as its organization sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnSessionView {
    /// `cks_…`.
    pub id: String,
    /// Where it stands: `open`, `processing`, `complete` or `expired`.
    pub status: paydesk_domain::wire::billing::SessionStatus,
    /// Who pays.
    pub account: String,
    /// What is paid.
    pub invoice: String,
    /// The page that may embed it.
    pub allowed_origin: String,
    /// The payer's language.
    pub locale: String,
    /// When it was made.
    pub created_at: String,
    /// When it ends unless it is used.
    pub expires_at: String,
    /// The newest try.
    pub attempt: Option<paydesk_domain::wire::billing::AttemptView>,
}

/// Money that was taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaymentView {
    /// `pay_…`.
    pub id: String,
    /// Who paid.
    pub account: String,
    /// What was paid.
    pub invoice: String,
    /// The try that took it.
    pub attempt: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// The processor's name for the charge.
    pub processor_reference: String,
    /// The scheme.
    pub brand: Option<Brand>,
    /// The last four digits.
    pub last4: Option<String>,
    /// When it was taken.
    pub paid_at: String,
    /// Its receipt, `rcp_…`.
    pub receipt: String,
    /// Which lines it covers.
    pub allocations: Vec<AllocationView>,
}

/// What a payment covers of one line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AllocationView {
    /// The line, `itm_…`.
    pub item: String,
    /// What it is for.
    pub description: String,
    /// Minor units.
    pub amount: i64,
}

/// A receipt.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnReceiptView {
    /// `rcp_…`.
    pub id: String,
    /// Counts up per organization, without gaps.
    pub number: String,
    /// `pay_…`.
    pub payment: String,
    /// What was paid.
    pub invoice: String,
    /// Who paid.
    pub account: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// When it was taken.
    pub paid_at: String,
    /// The scheme.
    pub brand: Option<Brand>,
    /// The last four digits.
    pub last4: Option<String>,
    /// Which lines it covers.
    pub allocations: Vec<AllocationView>,
}

/// One page of a list, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct List<T: ToSchema> {
    /// The rows.
    pub data: Vec<T>,
    /// Give it as `cursor` to get the page after this one; absent on the last page.
    pub next_cursor: Option<String>,
}

/// Which page of a list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many rows, 1 to 100; 25 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
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
}

/// Which invoices.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InvoicesQuery {
    /// How many rows, 1 to 100; 25 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only those of this account, `acc_…`.
    pub account: Option<String>,
    /// Only the one with this number.
    pub number: Option<String>,
}

/// Which payments.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PaymentsQuery {
    /// How many rows, 1 to 100; 25 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only those of this invoice, `inv_…`.
    pub invoice: Option<String>,
    /// Only those of this account, `acc_…`.
    pub account: Option<String>,
}
