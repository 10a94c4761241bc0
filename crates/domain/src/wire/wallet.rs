//! A client's wallet as their browser sees it: every saved card and bank account of a login, whichever organizations may charge
//! them.
//!
//! Made by the macro of [`super::billing`], or deriving the same: no document of these can hold the number of a card or of a bank
//! account either.

use crate::address::Address;
use crate::card::{Brand, ExpiryState};
use crate::method_kind::MethodKind;
use crate::wire::billing::{ChallengeView, ConsentView, OrganizationView, PayerView, ProcessorView, wire};

mod consents;
mod entry;

pub use consents::{ConsentKind, WalletConsentView, WalletConsentsView};
pub use entry::{
    ConfirmationState, ForgottenDeviceView, WalletCodeRequest, WalletConfirmationRequest,
    WalletConfirmationView, WalletDeviceView, WalletDevicesView,
};

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
        /// The cards that wait for a proof that the client's bank asks them for, the newest first.
        #[cfg_attr(feature = "serde", serde(default))]
        pub verifications: Vec<WalletVerificationView>,
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
        /// For a card that is to be charged where a planned payment is refused.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub backup_card_consent: Option<ConsentView>,
        /// The same for a bank account; none where an account cannot be a backup.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub backup_account_consent: Option<ConsentView>,
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
        /// For which organizations it is charged where a planned payment is refused, the first agreed to first.
        #[cfg_attr(feature = "serde", serde(default))]
        pub backups: Vec<WalletBackupView>,
        /// For which organizations of the list it can be set as that (`org_…`).
        #[cfg_attr(feature = "serde", serde(default))]
        pub can_back_up: Vec<String>,
        /// What the card's bank has told of it since it was saved, where that is all that changed since.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub updated_by_bank: Option<WalletBankUpdateView>,
        /// Since when the card is closed, as its bank told, RFC 3339: it is charged by nobody any more.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub closed_at: Option<String>,
    }

    /// What the bank told of a card by itself.
    pub struct WalletBankUpdateView {
        /// When, RFC 3339.
        pub at: String,
        /// The card as it was before.
        pub was: WalletFormerCardView,
    }

    /// What a card was known by.
    pub struct WalletFormerCardView {
        /// The last four digits.
        pub last4: String,
        /// 1 to 12.
        pub exp_month: u8,
        /// Four digits.
        pub exp_year: u16,
    }

    /// An organization that may charge a method where a planned payment is refused.
    pub struct WalletBackupView {
        /// `bup_…`.
        pub id: String,
        /// `org_…`.
        pub organization: String,
        /// Since when, RFC 3339.
        pub since: String,
    }

    /// For which organization a method is to be a backup: `POST /v1/wallet/methods/{id}/backups`. It takes the earlier one's place.
    #[derive(Default)]
    pub struct WalletBackupRequest {
        /// `org_…`, of the method's `can_back_up`.
        pub organization: String,
        /// The consent that was shown.
        pub consent_version: String,
        /// The language it was shown in.
        pub consent_locale: String,
    }

    /// A method after something was done to it.
    pub struct WalletMethodNowView {
        /// The method as it is now.
        pub method: WalletMethodView,
    }

    /// A card to bring up to date: `POST /v1/wallet/methods/{id}/update`. Either a new expiry, or `token` for a card that takes its
    /// place. What can be verified with the bank at an amount of zero is.
    #[derive(Default)]
    pub struct WalletMethodUpdateRequest {
        /// The version of the method that was shown.
        pub version: i64,
        /// 1 to 12.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub exp_month: Option<u8>,
        /// Four digits.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub exp_year: Option<u16>,
        /// The processor's single-use name for the security code, with a new expiry.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub cvc_token: Option<String>,
        /// A single-use token that the processor gave for the card that takes the saved one's place.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub token: Option<String>,
        /// The corrected billing address. Needed with `token`, and where the saved one is missing or no longer valid.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub billing_address: Option<Address>,
    }

    /// A card whose bank asks the client for a proof, while it is saved or brought up to date: the answer 202.
    pub struct WalletVerificationAskedView {
        /// What it waits for.
        pub verification: WalletVerificationView,
    }

    /// A card that is saved or brought up to date: `GET /v1/wallet/verifications/{id}`. What becomes of it is the server's to decide,
    /// also when the page is closed.
    pub struct WalletVerificationView {
        /// `wve_…`.
        pub id: String,
        /// Where it stands.
        pub status: VerificationStatus,
        /// The proof that the bank asks for, while it does. The way back from there is as at a checkout.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub challenge: Option<ChallengeView>,
        /// The saved card that is brought up to date (`pm_…`); absent for a new one.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub updates: Option<String>,
        /// Once it is saved, the method as it is now.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub method: Option<WalletMethodView>,
        /// True when it was in the wallet already: the one that is there is answered, unchanged.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "std::ops::Not::not"))]
        pub known: bool,
        /// Once it is refused, why.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub refusal: Option<VerificationRefusalView>,
    }

    /// Why a card was neither saved nor brought up to date: what a problem would have said.
    pub struct VerificationRefusalView {
        /// The same codes.
        pub code: String,
        /// For developers.
        pub detail: String,
        /// Which field of the request is at fault, where that is known.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub param: Option<String>,
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

/// Where a card stands that is saved or brought up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum VerificationStatus {
    /// The client's bank asks them for a proof.
    RequiresAction,
    /// The processor has not decided yet, or is told that it is given up.
    Processing,
    /// It is in the wallet.
    Saved,
    /// It is not, and nothing has changed.
    Refused,
}

impl VerificationStatus {
    /// The status as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RequiresAction => "requires_action",
            Self::Processing => "processing",
            Self::Saved => "saved",
            Self::Refused => "refused",
        }
    }

    /// Reads what travelled.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::RequiresAction, Self::Processing, Self::Saved, Self::Refused]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}
