//! A client's wallet as their browser sees it: every saved card and bank account of a login, whichever organizations may charge
//! them.
//!
//! Made by the macro of [`super::billing`]: no document of these can hold the number of a card or of a bank account either.

use crate::address::Address;
use crate::card::{Brand, ExpiryState};
use crate::method_kind::MethodKind;
use crate::wire::billing::{ConsentView, OrganizationView, PayerView, wire};

wire! {
    /// Everything that the wallet needs to draw itself, in one answer: `GET /v1/wallet`.
    pub struct WalletView {
        /// The session.
        pub session: WalletSessionView,
        /// Whose page shows the wallet.
        pub organization: OrganizationView,
        /// Whose wallet it is.
        pub client: PayerView,
        /// The cards.
        pub cards: WalletShelfView,
        /// The bank accounts.
        pub accounts: WalletShelfView,
        /// The organizations that know the client, by name: those that can be let charge a method.
        pub organizations: Vec<WalletOrganizationView>,
    }

    /// An organization that knows the client, and what the client agrees to who lets it charge a method.
    pub struct WalletOrganizationView {
        /// `org_…`.
        pub id: String,
        /// Its name.
        pub name: String,
        /// For a card.
        pub card_consent: ConsentView,
        /// For a bank account.
        pub account_consent: ConsentView,
    }

    /// A wallet session as its client sees it.
    pub struct WalletSessionView {
        /// Its public handle, `wks_…`.
        pub id: String,
        /// When it ends unless it is used.
        pub expires_at: String,
        /// The only page that may embed it, as an origin.
        pub allowed_origin: String,
        /// The language the organization asked for, a BCP 47 tag.
        pub locale: String,
    }

    /// The methods of one kind, and how many of them there may be: cards and bank accounts are counted apart.
    pub struct WalletShelfView {
        /// How many there are.
        pub count: i64,
        /// How many there may be.
        pub max: i64,
        /// The methods, the default first, then newest first.
        pub methods: Vec<WalletMethodView>,
    }

    /// A saved card or bank account.
    pub struct WalletMethodView {
        /// `pm_…`.
        pub id: String,
        /// A card, or which network debits the account.
        pub kind: MethodKind,
        /// Counts the changes of it. Whoever changes it says which one they have seen.
        pub version: i64,
        /// A card's scheme.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub brand: Option<Brand>,
        /// A bank's name, as far as it is known.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub bank: Option<String>,
        /// The last four digits.
        pub last4: String,
        /// A card's month, 1 to 12.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub exp_month: Option<u8>,
        /// A card's year, four digits.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub exp_year: Option<u16>,
        /// Where a card stands, judged by the server's clock.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub expiry: Option<ExpiryState>,
        /// Why a bank account takes no more debits: the code of the return that ended them.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub blocked_by: Option<String>,
        /// What the client calls it.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub nickname: Option<String>,
        /// True for the card, and for the bank account, that the client prefers.
        pub is_default: bool,
        /// Its billing address, where there is one that can be read.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub billing_address: Option<Address>,
        /// True when its billing address is missing, or not valid by its country's present rules.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "std::ops::Not::not"))]
        pub address_needed: bool,
        /// Which organizations may charge it, the first authorized first.
        pub authorizations: Vec<WalletAuthorizationView>,
        /// Which organizations of the list may not charge it, and can be let (`org_…`).
        pub can_be_authorized: Vec<String>,
        /// What is planned to be charged to it, the soonest first.
        pub planned: Vec<WalletPlannedView>,
    }

    /// What a client changes about a saved method: `PATCH /v1/wallet/methods/{id}`. What is absent stays.
    #[derive(Default)]
    pub struct WalletMethodChange {
        /// The version of the method that was shown.
        pub version: i64,
        /// What the client calls it; empty for no name.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub nickname: Option<String>,
        /// Whether it is the card, or the bank account, that the client prefers. It takes the place of another one.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub is_default: Option<bool>,
        /// Its billing address.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub billing_address: Option<Address>,
    }

    /// An organization to let charge a method: `POST /v1/wallet/methods/{id}/authorizations`.
    #[derive(Default)]
    pub struct WalletAuthorizationRequest {
        /// `org_…`, of the wallet's list.
        pub organization: String,
        /// The consent that was shown.
        pub consent_version: String,
        /// The language it was shown in.
        pub consent_locale: String,
    }

    /// A permission that has ended.
    pub struct WalletAuthorizationEndView {
        /// `aut_…`.
        pub id: String,
        /// `org_…`.
        pub organization: String,
        /// When it ended, RFC 3339.
        pub revoked_at: String,
        /// Whether what was agreed to before goes on to be charged.
        pub plans_continue: bool,
    }

    /// A method that is in the wallet no more.
    pub struct RemovedMethodView {
        /// `pm_…`.
        pub id: String,
        /// Since when, RFC 3339.
        pub removed_at: String,
    }

    /// An organization that may charge a method.
    pub struct WalletAuthorizationView {
        /// `aut_…`.
        pub id: String,
        /// `org_…`.
        pub organization: String,
        /// The organization's name.
        pub name: String,
        /// Since when, RFC 3339.
        pub since: String,
    }

    /// A payment that is planned to be charged to a method.
    pub struct WalletPlannedView {
        /// `org_…`: who charges it.
        pub organization: String,
        /// The organization's name.
        pub name: String,
        /// The day where the organization is, as 2026-12-31.
        pub due_on: String,
        /// Minor units.
        pub amount: i64,
        /// ISO 4217.
        pub currency: String,
    }
}
