//! Requests and responses of the billing API that the browser sees.
//!
//! Amounts are integer minor units of the `currency` beside them. Times are RFC 3339 in UTC. A field that
//! is absent and one that is `null` mean the same. The servers read and write these with serde; the browser
//! reads them by hand, and a shared set of golden documents keeps both in step.
//!
//! No document of these can hold the number of a card or of a bank account. All are made by one macro, which derives for
//! each what a [`Pan`](crate::card::Pan), a [`Cvc`](crate::card::Cvc) and a
//! [`BankAccountNumber`](crate::bank::BankAccountNumber) do not have: a field with one does not compile, and none
//! becomes one of the texts that are there. With a text in their place, the same lines compile:
//! ```
//! # use paydesk_domain::{card::Pan, wire::billing::ConfirmRequest};
//! fn confirm(token: &mut ConfirmRequest, text: String) {
//!     token.token = Some(text);
//! }
//! #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
//! struct Document {
//!     number: String,
//! }
//! ```
//! ```compile_fail,E0308
//! # use paydesk_domain::{card::Pan, wire::billing::ConfirmRequest};
//! fn confirm(token: &mut ConfirmRequest, number: Pan) {
//!     token.token = Some(number);
//! }
//! ```
//! ```compile_fail,E0277
//! # use paydesk_domain::card::Pan;
//! #[derive(Debug, serde::Serialize, serde::Deserialize)]
//! struct Document {
//!     number: Pan,
//! }
//! ```
//! ```compile_fail,E0277
//! # use paydesk_domain::bank::BankAccountNumber;
//! #[derive(Debug, serde::Serialize, serde::Deserialize)]
//! struct Document {
//!     number: BankAccountNumber,
//! }
//! ```
//! ```compile_fail,E0308
//! # use paydesk_domain::{bank::BankAccountNumber, wire::billing::ConfirmRequest};
//! fn confirm(token: &mut ConfirmRequest, number: BankAccountNumber) {
//!     token.token = Some(number);
//! }
//! ```
//! ```compile_fail,E0277
//! # use paydesk_domain::card::Cvc;
//! #[derive(Debug, serde::Serialize, serde::Deserialize)]
//! struct Document {
//!     code: Cvc,
//! }
//! ```
//! Without serde, as the browser has it, the rest of what is derived is enough:
//! ```compile_fail,E0369
//! # use paydesk_domain::card::Pan;
//! #[derive(Debug, PartialEq, Eq)]
//! struct Document {
//!     number: Pan,
//! }
//! ```

use crate::address::Address;
use crate::attempt::AttemptStatus;
use crate::card::Brand;
use crate::decline::DeclineCategory;
use crate::mandate::HolderType;
use crate::method_kind::MethodKind;
use crate::wire::payers::ActingView;
use crate::wire::plans::{PlanChoice, PlannedView, PlansView};
pub use crate::wire::status::{PaymentStatus, SessionStatus};
use crate::wire::wallet::WalletPlannedView;

/// Derives serde with `snake_case` and absent options left out, when the feature is on.
macro_rules! wire {
    ($($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)* })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)* }
    )*};
}

pub(super) use wire;

wire! {
    /// Everything that the checkout needs to draw itself, in one answer: `GET /v1/checkout`.
    pub struct CheckoutView {
        /// The session.
        pub session: SessionView,
        /// Who is paid.
        pub organization: OrganizationView,
        /// Who pays.
        pub payer: PayerView,
        /// What is paid.
        pub invoice: InvoiceView,
        /// The payer's cards that this organization may charge, best choice first.
        pub methods: Vec<MethodView>,
        /// The payer's bank accounts that this organization may debit.
        #[cfg_attr(feature = "serde", serde(default))]
        pub accounts: Vec<BankAccountView>,
        /// How a new bank account can pay this; absent where none can.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub bank: Option<BankOfferView>,
        /// Where card numbers go.
        pub processor: ProcessorView,
        /// What is agreed to where a new card is saved; where `save_refused_because` is `never_logged_in`, what is agreed to where a
        /// plan keeps the card for its own payments.
        pub consent: ConsentView,
        /// The newest try of this session, if there was one.
        pub attempt: Option<AttemptView>,
        /// How it may be paid, where there is another way than the full price at once.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub plans: Option<PlansView>,
        /// Who acts, and for whom; absent from servers that know clients alone.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub acting: Option<ActingView>,
        /// Why nothing may be saved, where that has a reason of its own: `never_logged_in`.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub save_refused_because: Option<String>,
        /// The account's own address, to fill in a billing address that is the same.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub account_address: Option<Address>,
        /// A saved card's security code is asked for again when more than this is paid, in minor units; absent: never.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub security_code_above: Option<i64>,
        /// What the payer's account with this organization holds as credit and may use now, in minor units of the invoice's
        /// currency: all of it, also where less is needed. Absent: none, or the invoice cannot be paid now.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub credit_available: Option<i64>,
        /// The least that may be paid at once, in minor units; absent: all that is payable now, or nothing.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub partial_minimum: Option<i64>,
        /// What the organization says in its own words, where it does: for each language, one after the other, a word a line, of
        /// which an empty one leaves the original. The first line is the language, the last one the stamp of the list that it is
        /// made for: whoever has another list leaves it.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub words: Option<String>,
    }

    /// A checkout session as its payer sees it.
    pub struct SessionView {
        /// Its public handle, `cks_…`.
        pub id: String,
        /// Where it stands.
        pub status: SessionStatus,
        /// When it ends unless it is used.
        pub expires_at: String,
        /// The only page that may embed it, as an origin.
        pub allowed_origin: String,
        /// The language the organization asked for, a BCP 47 tag.
        pub locale: String,
        /// Whether a new card may be saved to the payer's wallet.
        pub may_save: bool,
    }

    /// An organization as payers see it.
    pub struct OrganizationView {
        /// Its name.
        pub name: String,
        /// Its country, ISO 3166-1 alpha-2: the country an address form starts with.
        pub country: String,
    }

    /// The payer as the widget shows them.
    pub struct PayerView {
        /// The payer's name, to fill in the name on a new card.
        pub name: String,
    }

    /// An invoice as its payer sees it.
    pub struct InvoiceView {
        /// `inv_…`.
        pub id: String,
        /// The number printed on it.
        pub number: String,
        /// ISO 4217.
        pub currency: String,
        /// Its lines, top first.
        pub items: Vec<InvoiceItemView>,
        /// The sum of its lines.
        pub total: i64,
        /// What payments and account credit have covered.
        pub paid: i64,
        /// What is on its way: a try that is not decided, or a debit that has not settled, with the credit that it holds.
        #[cfg_attr(feature = "serde", serde(default))]
        pub pending: i64,
        /// What can be paid now: the balance less what is on its way.
        pub payable_now: i64,
    }

    /// A line of an invoice.
    pub struct InvoiceItemView {
        /// What it is for.
        pub description: String,
        /// Who takes part, where it matters.
        pub participant: Option<String>,
        /// Minor units.
        pub amount: i64,
    }

    /// A saved card.
    pub struct MethodView {
        /// `pm_…`.
        pub id: String,
        /// The scheme.
        pub brand: Brand,
        /// The last four digits.
        pub last4: String,
        /// 1 to 12.
        pub exp_month: u8,
        /// Four digits.
        pub exp_year: u16,
        /// True when it cannot be charged because it expired, judged by the server's clock.
        pub expired: bool,
        /// What the payer calls it.
        pub nickname: Option<String>,
        /// True when a billing address must come with the next confirm: there is none, or it is no longer valid.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "std::ops::Not::not"))]
        pub address_needed: bool,
        /// Its billing address, to be corrected; given where one has to come along: with the update of a card that has expired,
        /// and where it is no longer valid.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub billing_address: Option<Address>,
    }

    /// A saved bank account.
    pub struct BankAccountView {
        /// `pm_…`.
        pub id: String,
        /// Which network debits it.
        pub kind: MethodKind,
        /// The bank's name, as far as it is known.
        pub bank: String,
        /// The last four digits.
        pub last4: String,
        /// What the payer calls it.
        pub nickname: Option<String>,
        /// Why it takes no more debits: the code of the return that ended them.
        pub blocked_by: Option<String>,
        /// Whether an agreement stands under which it can be debited without a new one.
        pub has_mandate: bool,
        /// True when a billing address must come with the next confirm: there is none, or it is no longer valid.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "std::ops::Not::not"))]
        pub address_needed: bool,
    }

    /// How a new bank account can pay. Its country's form follows from the network.
    pub struct BankOfferView {
        /// Which network debits it: `ach` asks for a US account, `pad` for a Canadian one.
        pub kind: MethodKind,
        /// Where the processor sends what it must tell the payer of a debit; given where it asks for it (`pad`).
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub email: Option<String>,
        /// What a payer who saves the account agrees to.
        pub consent: ConsentView,
    }

    /// The text that a payer agrees to before a bank account is debited: `GET /v1/checkout/mandate`.
    pub struct MandateTextView {
        /// Which network debits it.
        pub kind: MethodKind,
        /// Which text: kept with the agreement.
        pub version: String,
        /// The language of `text`.
        pub locale: String,
        /// The text in full. Paragraphs are set apart by an empty line.
        pub text: String,
    }

    /// A payer's agreement to be debited.
    pub struct MandateAcceptance {
        /// The text that was shown.
        pub version: String,
        /// The language it was shown in.
        pub locale: String,
        /// Whose account it is.
        pub holder: HolderType,
    }

    /// Where card numbers are sent, and with which public key.
    pub struct ProcessorView {
        /// The dialect: `stripe`.
        pub kind: String,
        /// The origin that receives numbers, without a path.
        pub base_url: String,
        /// A key that may create tokens and nothing else.
        pub publishable_key: String,
        /// Whether a saved card's expiry can be changed; where not, the card is entered again.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "std::ops::Not::not"))]
        pub update_expiry: bool,
    }

    /// A text to agree to.
    pub struct ConsentView {
        /// Which text: kept with the agreement.
        pub version: String,
        /// The language of `text`.
        pub locale: String,
        /// The text in full.
        pub text: String,
    }

    /// A try to pay: `POST /v1/checkout/confirm`. Either `saved_method` or `token`.
    #[derive(Default)]
    pub struct ConfirmRequest {
        /// Made by the browser before it sends anything, `att_…`: the same id is the same try.
        pub attempt_id: String,
        /// The amount that the payer saw and agreed to, in minor units: what their card or bank account is charged.
        pub amount: i64,
        /// How much of their account's credit the payer saw and agreed to use besides, in minor units; absent or 0: none.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub credit: Option<i64>,
        /// Its currency.
        pub currency: String,
        /// A method of the list, `pm_…`.
        pub saved_method: Option<String>,
        /// A single-use token that the processor gave for a new card, or its name for a new bank account.
        pub token: Option<String>,
        /// What kind of method the token stands for; a card when absent.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub method_kind: Option<MethodKind>,
        /// What the payer of a debit agreed to: for a new bank account, and for a saved one without a mandate.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub mandate: Option<MandateAcceptance>,
        /// The billing address of the new card or account, or of a saved one that needs one.
        pub billing_address: Option<Address>,
        /// The processor's single-use name for a saved card's security code, where it is asked for again.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub cvc_token: Option<String>,
        /// Save the new card to the wallet and let this organization charge it.
        #[cfg_attr(feature = "serde", serde(default))]
        pub save: bool,
        /// The consent that was shown, when `save` is set, or when a plan keeps the new card because its client has never signed in.
        pub consent_version: Option<String>,
        /// The language it was shown in.
        pub consent_locale: Option<String>,
        /// The way to pay that the payer chose and saw in full; the full price at once when absent.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub plan: Option<PlanChoice>,
    }

    /// A try to pay, as the payer sees it.
    pub struct AttemptView {
        /// `att_…`, as the browser made it.
        pub id: String,
        /// Where it stands.
        pub status: AttemptStatus,
        /// What a card or a bank account is charged, in minor units; 0 where credit covers all.
        pub amount: i64,
        /// How much account credit it uses besides, or would have used, in minor units; absent where none.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub credit: Option<i64>,
        /// ISO 4217.
        pub currency: String,
        /// Why it was refused, when it was.
        pub decline: Option<DeclineView>,
        /// What was received, when it was.
        pub receipt: Option<ReceiptView>,
        /// Where the payer proves who they are, while the status is `requires_action`.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub challenge: Option<ChallengeView>,
        /// What comes next of what was agreed to with this try: its day, and all that is charged on that day.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub next: Option<PlannedView>,
        /// True when the client has to be followed up: what comes next is charged to a card that is kept for these payments alone, until
        /// they sign in and take them over with a method of their own.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "std::ops::Not::not"))]
        pub follow_up: bool,
    }

    /// A proof that the payer's bank asks them for, on a page of the processor's. It ends on `/challenge-done`, which posts
    /// the text `paydesk:challenge-done` to its parent or opener: a hint to ask for the status, and nothing more.
    pub struct ChallengeView {
        /// The page, to be shown in a frame or opened in a window.
        pub url: String,
        /// When the try is given up unless it has been decided.
        pub expires_at: String,
    }

    /// Giving up a try whose challenge is open: `POST /v1/checkout/attempt/cancel`. It is answered with the try, which is
    /// declined once the processor has confirmed it, and `succeeded` where that came first.
    pub struct CancelAttemptRequest {
        /// Which try, `att_…`.
        pub attempt_id: String,
    }

    /// A refusal.
    pub struct DeclineView {
        /// The processor's own word, for support; `do_not_honor` for everything that only the bank may explain.
        pub code: String,
        /// What kind of refusal it is: chooses the advice.
        pub category: DeclineCategory,
        /// Whether the same card may be tried again.
        pub retryable: bool,
    }

    /// What a payer gets for money.
    pub struct ReceiptView {
        /// `rcp_…`.
        pub id: String,
        /// The number printed on it.
        pub number: String,
        /// `pay_…`; where account credit alone paid, that use of it: `cru_…`.
        pub payment: String,
        /// What a card or a bank account paid, in minor units; 0 where account credit alone paid.
        pub amount: i64,
        /// ISO 4217.
        pub currency: String,
        /// When it was taken.
        pub paid_at: String,
        /// The card's scheme.
        pub brand: Option<Brand>,
        /// The last four digits.
        pub last4: Option<String>,
        /// What kind of method paid; says nothing where `amount` is 0.
        #[cfg_attr(feature = "serde", serde(default))]
        pub kind: MethodKind,
        /// Where it stands: a card's payment has succeeded, a debit is submitted until it settles.
        #[cfg_attr(feature = "serde", serde(default))]
        pub status: PaymentStatus,
    }

    /// Where a session stands now: `GET /v1/checkout/status`.
    pub struct StatusView {
        /// The session's state.
        pub session_status: SessionStatus,
        /// The newest try.
        pub attempt: Option<AttemptView>,
    }

    /// A problem document (RFC 9457).
    pub struct Problem {
        /// A URI reference that names the kind of problem.
        #[cfg_attr(feature = "serde", serde(rename = "type"))]
        pub kind: String,
        /// The kind in words.
        pub title: String,
        /// The HTTP status.
        pub status: u16,
        /// What is wrong with this request, and what to do about it. For developers, in English.
        pub detail: String,
        /// One of [`super::error::ErrorCode`].
        pub code: String,
        /// The field that is at fault, `billing_address.postal_code` for example.
        pub param: Option<String>,
        /// Finds the request in the logs.
        pub request_id: String,
        /// The try that stands in the way.
        pub attempt: Option<AttemptView>,
        /// The planned payments that stand in the way.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
        pub planned: Vec<WalletPlannedView>,
        /// How many more codes can be tried, after a wrong one.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub tries_left: Option<i64>,
    }
}
