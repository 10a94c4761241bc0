//! Account credit.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Credit to give.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCredit {
    /// To whom, `acc_…`.
    pub client: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217: it pays invoices of this currency.
    pub currency: String,
    /// Why, at most 200 characters. Payers are not told.
    pub reason: String,
}

/// Credit that was given.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CreditView {
    /// `crd_…`.
    pub id: String,
    /// Whose it is, `acc_…`.
    pub client: String,
    /// What was given, minor units.
    pub amount: i64,
    /// What is left of it and held by no try, minor units.
    pub available: i64,
    /// ISO 4217.
    pub currency: String,
    /// Why.
    pub reason: String,
    /// When.
    pub created_at: String,
}

/// Account credit that was used with a payment, or instead of one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CreditUseView {
    /// `cru_…`.
    pub id: String,
    /// `held` until what is charged with it is decided, then `applied` or `released`.
    pub status: String,
    /// Minor units.
    pub amount: i64,
    /// Which lines it covers, and from which credit.
    pub allocations: Vec<CreditAllocationView>,
}

/// A line that a credit covers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CreditAllocationView {
    /// `crd_…`.
    pub credit: String,
    /// `itm_…`.
    pub item: String,
    /// What the line is for.
    pub description: String,
    /// Minor units.
    pub amount: i64,
}

/// Which credits.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CreditsQuery {
    /// How many rows, 1 to 100; 25 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only those of this client, `acc_…`.
    pub client: Option<String>,
}
