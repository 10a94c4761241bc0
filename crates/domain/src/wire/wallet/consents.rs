//! What a client agreed to in their wallet, as it travels.

use crate::card::Brand;
use crate::method_kind::MethodKind;
use crate::wire::billing::wire;

wire! {
    /// What was ever agreed to in a wallet: `GET /v1/wallet/consents`.
    pub struct WalletConsentsView {
        /// The newest first.
        pub consents: Vec<WalletConsentView>,
        /// What to ask for the next page with; none on the last one.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub next_cursor: Option<String>,
    }

    /// Something that the client, or somebody for them, agreed to: kept as it was.
    pub struct WalletConsentView {
        /// `aut_…`, `man_…` or `bup_…`.
        pub id: String,
        /// Whether an organization may charge a method, also as a backup, or a bank account is debited.
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
    /// An organization may charge a method where a planned payment is refused.
    Backup,
}

impl ConsentKind {
    /// As it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authorization => "authorization",
            Self::Mandate => "mandate",
            Self::Backup => "backup",
        }
    }

    /// Reads what travelled.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Authorization, Self::Mandate, Self::Backup].into_iter().find(|kind| kind.as_str() == text)
    }
}
