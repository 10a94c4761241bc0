//! Payments, their receipts and what became of them.

use paydesk_domain::card::Brand;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::wire::CreditUseView;

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
    /// `pay_…`; of what credit alone paid, `cru_…`.
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
    /// `card`, `ach` or `pad`; `credit` where that alone paid, and `amount` is 0.
    pub kind: String,
    /// Where the payment stands.
    pub status: String,
    /// The account credit that was used with it, or alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit: Option<CreditUseView>,
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
