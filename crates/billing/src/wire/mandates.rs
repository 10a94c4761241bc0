//! Mandates and their texts.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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
    /// What the account will be debited, minor units; all that is payable when absent.
    pub amount: Option<i64>,
    /// BCP 47; the session's language when absent.
    pub locale: Option<String>,
}

/// Which part of what a client agreed to.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConsentsQuery {
    /// How many, 1 to 100; 25 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}
