//! Requests and answers of the organization's side. (The browser's side is in `paydesk_domain::wire::billing`,
//! because the browser shares it.)

pub mod refunds;
pub mod webhooks;

use paydesk_domain::address::Address;
use paydesk_domain::card::Brand;
use paydesk_domain::stored_credential::MerchantReason;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::text;
use crate::app::view::AttemptSide;
use crate::store::AttemptRow;

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
    /// How far payments cover it: `full`, `partial`, `none`, `planned` or `error`.
    pub reconciliation: String,
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
    /// `card`, `ach` or `pad`.
    pub kind: String,
    /// `succeeded` for a card; `submitted`, `settled`, `returned` or `canceled` for a debit.
    pub status: String,
    /// Why the bank sent a debit back.
    pub return_code: Option<String>,
    /// The agreement that a debit rests on, `man_…`.
    pub mandate: Option<String>,
    /// What was given back, minor units.
    pub refunded: i64,
    /// How far it is matched with lines: `full`, `partial`, `none`, `planned` or `error`.
    pub reconciliation: String,
    /// When a debit settled.
    pub settled_at: Option<String>,
    /// When a debit came back or was called off.
    pub ended_at: Option<String>,
    /// When it was taken, or submitted.
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
    /// `card`, `ach` or `pad`.
    pub kind: String,
    /// Where the payment stands.
    pub status: String,
    /// What became of the payment, in order.
    pub history: Vec<PaymentEventView>,
    /// Which lines it covers.
    pub allocations: Vec<AllocationView>,
}

/// Something that became of a payment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaymentEventView {
    /// `submitted`, `succeeded`, `settled`, `returned`, `canceled`, `refunded` or `refund_failed`.
    pub kind: String,
    /// Why.
    pub code: Option<String>,
    /// Minor units.
    pub amount: i64,
    /// When.
    pub at: String,
}

/// A charge of a saved method without its payer.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCharge {
    /// What is owed, `inv_…`.
    pub invoice: String,
    /// Which saved method, `pm_…`. This organization must be authorized for it.
    pub payment_method: String,
    /// Minor units; everything that is payable when absent.
    pub amount: Option<i64>,
    /// What the payer agreed to earlier.
    pub reason: ChargeReason,
    /// When it is sent, RFC 3339; at once when absent.
    pub due_at: Option<String>,
}

/// What a payer agreed to earlier.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChargeReason {
    /// A part of a purchase.
    Installment,
    /// A subscription.
    Recurring,
    /// A balance or a purchase without a fixed day.
    Unscheduled,
}

impl From<ChargeReason> for MerchantReason {
    fn from(reason: ChargeReason) -> Self {
        match reason {
            ChargeReason::Installment => Self::Installment,
            ChargeReason::Recurring => Self::Recurring,
            ChargeReason::Unscheduled => Self::Unscheduled,
        }
    }
}

/// A try to charge, whoever started it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChargeView {
    /// `att_…`.
    pub id: String,
    /// `created`, `sending`, `in_doubt`, `succeeded`, `declined` or `failed_before_send`.
    pub status: String,
    /// Who pays.
    pub account: String,
    /// What is paid.
    pub invoice: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// `card`, `ach` or `pad`.
    pub kind: String,
    /// Who started it: `payer`, `installment`, `recurring`, `unscheduled` or `resubmission`.
    pub initiation: String,
    /// The first try of this debt.
    pub origin: String,
    /// Why it was refused.
    pub decline_code: Option<String>,
    /// Why it never reached the processor.
    pub failure: Option<String>,
    /// The payment that it led to, `pay_…`.
    pub payment: Option<String>,
    /// When it is tried again.
    pub retry_at: Option<String>,
    /// When it is or was due.
    pub due_at: String,
    /// When it was made.
    pub created_at: String,
}

impl ChargeView {
    /// An attempt with what stands beside it.
    pub fn from_parts(row: AttemptRow, side: AttemptSide) -> Self {
        Self {
            id: row.id,
            status: row.status,
            account: row.account_id,
            invoice: row.invoice_id,
            amount: row.amount,
            currency: row.currency,
            kind: row.kind,
            initiation: row.initiation,
            origin: row.origin_id,
            decline_code: row.decline_code,
            failure: row.failure,
            payment: side.payment,
            retry_at: side.retry_at_ms.map(text::time),
            due_at: text::time(row.due_at_ms),
            created_at: text::time(row.created_at_ms),
        }
    }
}

/// Something that a human must look at.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActionItemView {
    /// `act_…`.
    pub id: String,
    /// `debit_failed`, `debit_overdue`, `charge_failed`, `attempt_undecided`, `contradiction`, `refund_failed` or
    /// `refund_undecided`.
    pub kind: String,
    /// Whose account it is about.
    pub account: String,
    /// The attempt or refund that it is about.
    pub subject: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// The processor's or the bank's code.
    pub code: Option<String>,
    /// What the bank's code means.
    pub meaning: Option<String>,
    /// What the rules ask for: `retry`, `new_account`, `stop_debits`, `new_consent` or `review`.
    pub consequence: Option<String>,
    /// When the debt is tried again by itself.
    pub retry_at: Option<String>,
    /// When it came up.
    pub created_at: String,
    /// When it was closed.
    pub closed_at: Option<String>,
    /// Why: `dismissed`, `paid`, `decided` …
    pub closed_because: Option<String>,
}

/// A payer's agreement to be debited, and its proof.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MandateView {
    /// `man_…`.
    pub id: String,
    /// Whose account it is.
    pub account: String,
    /// The saved bank account that it stands for.
    pub payment_method: Option<String>,
    /// `ach` or `pad`.
    pub kind: String,
    /// `one_time` or `standing`.
    pub scope: String,
    /// `personal` or `business`.
    pub holder: String,
    /// ISO 4217.
    pub currency: String,
    /// The most that one debit may take, minor units.
    pub amount_max: Option<i64>,
    /// Which text.
    pub version: String,
    /// SHA-256 of the text.
    pub hash: String,
    /// The text as it was shown.
    pub text: String,
    /// The language it was shown in.
    pub locale: String,
    /// When it was accepted.
    pub accepted_at: String,
    /// Who accepted.
    pub actor: String,
    /// From which network address.
    pub address: Option<String>,
    /// With which browser.
    pub user_agent: Option<String>,
    /// When it ended.
    pub ended_at: Option<String>,
    /// Why it ended.
    pub ended_because: Option<String>,
    /// Until when its proof is kept at least, once it has ended.
    pub retained_until: Option<String>,
}

/// Which action items.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ActionItemsQuery {
    /// How many rows, 1 to 100; 25 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only those of this account, `acc_…`.
    pub account: Option<String>,
    /// Only those of this kind.
    pub kind: Option<String>,
    /// Those that are closed, instead of those that are open.
    pub closed: Option<bool>,
}

/// Which tries to charge.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChargesQuery {
    /// How many rows, 1 to 100; 25 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only those of this invoice, `inv_…`.
    pub invoice: Option<String>,
    /// Only those of this account, `acc_…`.
    pub account: Option<String>,
    /// Only those in this state.
    pub status: Option<String>,
}

/// Which mandates.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MandatesQuery {
    /// How many rows, 1 to 100; 25 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only those of this account, `acc_…`.
    pub account: Option<String>,
}

/// Which mandate text.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MandateTextQuery {
    /// `personal` or `business`; `personal` when absent.
    pub holder: Option<String>,
    /// Whether the account is to be saved, so that later debits can rest on it as well.
    pub save: Option<bool>,
    /// BCP 47; the session's language when absent.
    pub locale: Option<String>,
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

/// One entry of the audit log: who did what, when, from where, and whether it came about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditEntryView {
    /// `aud_…`.
    pub id: String,
    /// Counts up from 1 in each organization, without a gap.
    pub seq: i64,
    /// When it happened. The order of the entries is that of `seq`.
    pub at: String,
    /// `api_key`, `checkout_session`, `worker` (the server by itself) or `command_line`.
    pub actor_kind: String,
    /// Which one: `key_…`, `cks_…`, or a user of the server's system.
    pub actor: String,
    /// What happened, such as `invoice.created`.
    pub action: String,
    /// The id of what it happened to.
    pub subject: String,
    /// The network address that it was asked from.
    pub origin: Option<String>,
    /// `success`, `failure` or `unknown`.
    pub outcome: String,
    /// More about it: ids, amounts and states.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
    /// The hash of the entry before.
    pub prev_hash: String,
    /// The hash of this one: SHA-256 over every column and the hash before.
    pub hash: String,
}

/// Which audit entries.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// How many rows, 1 to 100; 25 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only those about this, such as `inv_…` or `att_…`.
    pub subject: Option<String>,
    /// Only those of this action, such as `attempt.succeeded`.
    pub action: Option<String>,
}
