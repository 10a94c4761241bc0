//! What becomes of a client's data when it is erased.

use serde::Serialize;
use utoipa::ToSchema;

/// A client who was erased.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErasedClientView {
    /// `acc_…`: invoices and payments refer to it still.
    pub id: String,
    /// When, RFC 3339.
    pub erased_at: String,
    /// True where no organization knows them any more, so that their login and their wallet were erased, too.
    pub login_erased: bool,
}

/// What became of a wallet that its client had erased.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WalletErasureView {
    /// When, RFC 3339.
    pub erased_at: String,
    /// How many methods were removed.
    pub methods_removed: i64,
    /// What is left, with whom.
    pub stays: Vec<WalletStayView>,
}

/// Something that is left of a wallet that was erased.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WalletStayView {
    /// `org_…`: who keeps it.
    pub organization: String,
    /// The organization's name.
    pub name: String,
    /// `consents`: what was agreed to, with its text, from where and with which browser; or `account`: the organization's own account
    /// of the client, its invoices and payments.
    pub what: String,
    /// `proof_of_what_was_agreed`, as the rules of payments ask; or `the_organizations_own_records`: ask the organization.
    pub why: String,
    /// Until when at the latest, RFC 3339, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}
