//! Checkout sessions and wallet sessions.

use paydesk_domain::wire::payers::ActorKind;
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
    /// For whom: the account of the invoice, `acc_…`. Refused when the invoice is another's.
    pub account: Option<String>,
    /// Who acts; the client when absent.
    pub acting: Option<Acting>,
}

/// Who acts in a checkout session, as the organization's server states it.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acting {
    /// The client, or an admin on the client's behalf.
    pub kind: ActorKind,
    /// The organization's own id of the admin: letters, digits and `._:-`. Neither a name nor an address, as it stays for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The admin's name, as the checkout shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
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
    /// Who acts.
    pub acting: Acting,
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

/// A wallet session to make.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWalletSession {
    /// Whose wallet: a client of yours, `acc_…`, who is signed in with you now.
    pub client: String,
    /// The only page that may embed the wallet, as an origin. Must be registered with the organization.
    pub allowed_origin: String,
    /// The client's language, BCP 47; the organization's when absent.
    pub locale: Option<String>,
}

/// A wallet session that was made. The secret is shown this once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CreatedWalletSession {
    /// `wks_…`.
    pub session: String,
    /// `ws_…`: for the client's browser, to confirm by it who is there. It opens nothing else.
    pub secret: String,
    /// When it ends unless it is used.
    pub expires_at: String,
}
