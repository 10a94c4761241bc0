//! A client's wallet as their browser sees it: every saved card and bank account of a login, whichever organizations may charge
//! them.
//!
//! Made by the macro of [`super::billing`], or deriving the same: no document of these can hold the number of a card or of a bank
//! account either.

use core::fmt;

use crate::address::Address;
use crate::card::{Brand, ExpiryState};
use crate::method_kind::MethodKind;
use crate::wire::billing::{ConsentView, OrganizationView, PayerView, ProcessorView, wire};

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
        /// Where the numbers of new cards and bank accounts go.
        pub processor: ProcessorView,
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

    /// A new card or bank account: `POST /v1/wallet/methods`. Saving it here lets nobody charge it.
    #[derive(Default)]
    pub struct NewWalletMethod {
        /// A single-use token that the processor gave for a card, or its name for a bank account.
        pub token: String,
        /// What kind of method the token stands for; a card when absent.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub method_kind: Option<MethodKind>,
        /// Its billing address.
        pub billing_address: Option<Address>,
        /// What the client calls it.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub nickname: Option<String>,
    }

    /// The answer to a new card or bank account.
    pub struct SavedWalletMethodView {
        /// The method as it is in the wallet.
        pub method: WalletMethodView,
        /// True when it was in the wallet already: the one that is there is answered, unchanged.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "std::ops::Not::not"))]
        pub known: bool,
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

    /// What takes the place of a method: `POST /v1/wallet/methods/{id}/replacement`.
    #[derive(Default)]
    pub struct WalletReplacementRequest {
        /// The version of the replaced method that was shown.
        pub version: i64,
        /// `pm_…`: the method of the same wallet that takes its place.
        pub by: String,
    }

    /// What moved from a replaced method.
    pub struct WalletReplacementView {
        /// The method that took its place, as it is now.
        pub method: WalletMethodView,
        /// The method that is in the wallet no more.
        pub removed: RemovedMethodView,
        /// What is charged to the other method from now on, the soonest first.
        pub planned: Vec<WalletPlannedView>,
        /// Which organizations may charge the other method as they might the replaced one.
        pub authorizations: Vec<WalletAuthorizationView>,
    }

    /// Which method a plan is to be charged to: `POST /v1/wallet/plans/{id}/method`.
    #[derive(Default)]
    pub struct WalletPlanMethodRequest {
        /// `pm_…`, of the wallet.
        pub method: String,
        /// The version of that method that was shown.
        pub version: i64,
    }

    /// Which method a plan is charged to from now on.
    pub struct WalletPlanMethodView {
        /// `pln_…`.
        pub plan: String,
        /// `pm_…`.
        pub method: String,
        /// What is charged to it, the soonest first. A charge that is under way stays where it is.
        pub planned: Vec<WalletPlannedView>,
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

    /// What was ever agreed to in a wallet: `GET /v1/wallet/consents`.
    pub struct WalletConsentsView {
        /// The newest first.
        pub consents: Vec<WalletConsentView>,
        /// What to ask for the next page with; none on the last one.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub next_cursor: Option<String>,
    }

    /// The devices on which a wallet opens without a code: `GET /v1/wallet/devices`.
    pub struct WalletDevicesView {
        /// The last used first.
        pub devices: Vec<WalletDeviceView>,
    }

    /// One of them. What it is known by is told to it alone.
    pub struct WalletDeviceView {
        /// `wdv_…`.
        pub id: String,
        /// What its browser called itself (`User-Agent`).
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub user_agent: Option<String>,
        /// Since when it is remembered, RFC 3339.
        pub since: String,
        /// When it was last used, RFC 3339.
        pub used_at: String,
        /// Until when, if it is not used again, RFC 3339.
        pub until: String,
    }

    /// A device that opens the wallet no more.
    pub struct ForgottenDeviceView {
        /// `wdv_…`.
        pub forgotten: String,
    }

    /// Something that the client, or somebody for them, agreed to: kept as it was.
    pub struct WalletConsentView {
        /// `aut_…` or `man_…`.
        pub id: String,
        /// Whether an organization may charge a method, or a bank account is debited.
        pub what: ConsentKind,
        /// `org_…`.
        pub organization: String,
        /// The organization's name today.
        pub name: String,
        /// The method's kind.
        pub kind: MethodKind,
        /// A card's scheme.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub brand: Option<Brand>,
        /// A bank's name, as far as it is known.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub bank: Option<String>,
        /// The last four digits; none of an account that was debited once and not saved.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub last4: Option<String>,
        /// The text as it was shown. Of what was agreed to before texts were kept, it is there where the hash proves it.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub text: Option<String>,
        /// Which text it was.
        pub version: String,
        /// The SHA-256 of the text.
        pub hash: String,
        /// The language it was shown in.
        pub locale: String,
        /// When it was agreed to, RFC 3339.
        pub given_at: String,
        /// Who agreed: `payer`, `admin` (for the client), or `organization` (whose server says that the client did).
        pub given_by: String,
        /// When it ended, RFC 3339.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub ended_at: Option<String>,
        /// True where it ended, and what was agreed to before goes on to be charged.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "std::ops::Not::not"))]
        pub plans_continue: bool,
        /// From which network address.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub address: Option<String>,
        /// With which browser.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub user_agent: Option<String>,
    }

    /// A payment that is planned to be charged to a method.
    pub struct WalletPlannedView {
        /// `pln_…`: the plan that it is a part of.
        pub plan: String,
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

/// What was agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ConsentKind {
    /// An organization may charge a method.
    Authorization,
    /// An organization may debit a bank account.
    Mandate,
}

/// Where the confirmation of a wallet session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ConfirmationState {
    /// The wallet is open.
    Confirmed,
    /// A code is on its way to the client.
    CodeSent,
}

impl ConfirmationState {
    /// The state as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::CodeSent => "code_sent",
        }
    }

    /// Reads what travelled.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Confirmed, Self::CodeSent].into_iter().find(|state| state.as_str() == text)
    }
}

/// A request to confirm that it is the client who is there: `POST /v1/wallet/confirmation`.
#[derive(Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WalletConfirmationRequest {
    /// The name of a device that was remembered, `wd_…`. A secret.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub device: Option<String>,
}

/// Where the confirmation stands.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WalletConfirmationView {
    /// Whether the wallet is open.
    pub state: ConfirmationState,
    /// Where the code was sent, with most of it hidden: `k•••@example.org`.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub sent_to: Option<String>,
    /// In how many seconds another code can be asked for.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub resend_after_s: Option<u64>,
    /// In how many seconds the code is good no more.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub expires_in_s: Option<u64>,
    /// What opens the wallet as long as the session lives, `wa_…`, once it is confirmed. A secret of this browser's, told this once.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub access: Option<String>,
    /// The name of this device, `wd_…`, where it is to be remembered. A secret, told this once.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub device: Option<String>,
}

/// A code that a client was sent: `POST /v1/wallet/confirmation/code`.
#[derive(Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WalletCodeRequest {
    /// Six digits. A secret.
    pub code: String,
    /// Whether this device is to be remembered.
    #[cfg_attr(feature = "serde", serde(default))]
    pub remember: bool,
}

/// Stands where a secret would be printed.
struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl fmt::Debug for WalletConfirmationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let device = self.device.as_ref().map(|_| Hidden);
        f.debug_struct("WalletConfirmationRequest").field("device", &device).finish()
    }
}

impl fmt::Debug for WalletConfirmationView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WalletConfirmationView")
            .field("state", &self.state)
            .field("sent_to", &self.sent_to)
            .field("resend_after_s", &self.resend_after_s)
            .field("expires_in_s", &self.expires_in_s)
            .field("access", &self.access.as_ref().map(|_| Hidden))
            .field("device", &self.device.as_ref().map(|_| Hidden))
            .finish()
    }
}

impl fmt::Debug for WalletCodeRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WalletCodeRequest").field("code", &Hidden).field("remember", &self.remember).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Positive control (tried): deriving `Debug` for any of them prints the text.
    #[test]
    fn what_is_secret_is_never_printed() {
        let secret = || Some("wd_hunter".to_owned());
        let asked = format!("{:?}", WalletConfirmationRequest { device: secret() });
        let code = format!("{:?}", WalletCodeRequest { code: "hunter".to_owned(), remember: true });
        let told = WalletConfirmationView {
            state: ConfirmationState::Confirmed,
            sent_to: None,
            resend_after_s: None,
            expires_in_s: None,
            access: Some("wa_hunter".to_owned()),
            device: secret(),
        };
        for printed in [asked, code, format!("{told:?}")] {
            assert!(printed.contains('…') && !printed.contains("hunter"), "{printed}");
        }
        assert_eq!(ConfirmationState::parse("code_sent"), Some(ConfirmationState::CodeSent));
        assert_eq!(ConfirmationState::parse("open"), None);
    }
}
