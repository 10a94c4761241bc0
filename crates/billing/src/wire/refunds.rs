//! Requests and answers about refunds.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Money to give back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRefund {
    /// Minor units; what the lines come to, or everything that is left of the payment, when absent.
    pub amount: Option<i64>,
    /// Why, in your words.
    pub reason: Option<String>,
    /// Which lines it is taken from. When absent: first from what the payment left over as a credit, then from the
    /// newest lines.
    #[serde(default)]
    pub lines: Vec<NewRefundLine>,
}

/// What is to be taken from one line.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRefundLine {
    /// The line, `itm_…`.
    pub item: String,
    /// Minor units.
    pub amount: i64,
}

/// One order to give money back, or to call a bank debit back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RefundView {
    /// `ref_…`.
    pub id: String,
    /// The payment that it gives back, `pay_…`.
    pub payment: String,
    /// Who paid.
    pub account: String,
    /// What was paid.
    pub invoice: String,
    /// `refund`, `void` (a card charge is undone on the same day) or `cancel_debit` (a bank debit is called back while it
    /// is under way).
    pub kind: String,
    /// `created`, `sending` or `in_doubt` (its answer was lost and is looked up); `pending` (the money is on its way) or
    /// `succeeded`; `failed`, `refused` or `failed_before_send`.
    pub status: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// Why, in your words.
    pub reason: Option<String>,
    /// Which lines it was taken from, or is to be. What they do not come to is taken from a credit.
    pub lines: Vec<RefundLineView>,
    /// Why it came to nothing: the processor's code, or ours.
    pub code: Option<String>,
    /// The void that it goes on with, `ref_…`: the processor would not undo the charge any more.
    pub continues: Option<String>,
    /// The refund that goes on with it, `ref_…`, because it came too late to undo the charge. The money goes back by that
    /// one.
    pub continued_by: Option<String>,
    /// The processor's name for it.
    pub processor_reference: Option<String>,
    /// When it was ordered.
    pub created_at: String,
    /// When it came into its present state, once the processor has told one.
    pub decided_at: Option<String>,
}

/// What is taken from one line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RefundLineView {
    /// The line, `itm_…`.
    pub item: String,
    /// Minor units.
    pub amount: i64,
}

/// Which refunds.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RefundsQuery {
    /// How many rows, 1 to 100; 25 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only those of this payment, `pay_…`.
    pub payment: Option<String>,
    /// Only those of this account, `acc_…`.
    pub account: Option<String>,
}
