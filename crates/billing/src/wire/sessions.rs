//! Checkout sessions.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
