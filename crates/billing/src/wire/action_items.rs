//! The Payment Action Center.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Something that a human must look at.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActionItemView {
    /// `act_…`.
    pub id: String,
    /// `debit_failed`, `debit_overdue`, `charge_failed`, `attempt_undecided`, `contradiction`, `refund_failed`,
    /// `refund_undecided`, `account_corrected`, `plan_without_method`, `plan_to_take_over` or `card_closed`.
    pub kind: String,
    /// Whose account it is about.
    pub account: String,
    /// The attempt, refund, payment method, planned payment or plan that it is about.
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
