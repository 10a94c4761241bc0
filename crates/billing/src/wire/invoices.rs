//! Invoices and their lines.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::wire::SubscriptionTerms;

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
    /// Minor units. Of a subscription: what a whole period costs.
    pub amount: i64,
    /// The installments that are offered for it, `icf_…`.
    pub installment_configuration: Option<String>,
    /// The last day of the activity, `2026-12-31`: installments may end with it.
    pub ends_on: Option<String>,
    /// The subscription that it begins.
    pub subscription: Option<SubscriptionTerms>,
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
    /// What payments and account credit have covered.
    pub paid: i64,
    /// What is not covered: the current balance.
    pub balance: i64,
    /// What is on its way.
    pub pending: i64,
    /// The balance less what is on its way.
    pub payable_now: i64,
    /// How far payments and account credit cover it: `full`, `partial`, `none`, `planned` or `error`.
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
    /// What payments and account credit have covered of it.
    pub covered: i64,
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
