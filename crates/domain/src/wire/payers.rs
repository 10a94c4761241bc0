//! Who acts in a checkout, and saved cards that are brought up to date, as the browser sees them.
//!
//! Made by the macro of [`super::billing`]: no document of these can hold a card number either.

use crate::address::Address;
use crate::wire::billing::wire;

/// Who acts in a checkout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ActorKind {
    /// The client, for themselves.
    #[default]
    Client,
    /// An admin of the organization, on the client's behalf.
    Admin,
}

impl ActorKind {
    /// The kind as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Admin => "admin",
        }
    }

    /// Reads what travelled.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Client, Self::Admin].into_iter().find(|kind| kind.as_str() == text)
    }
}

wire! {
    /// Who acts in a checkout, and for whom.
    pub struct ActingView {
        /// The client or an admin.
        pub kind: ActorKind,
        /// The admin's name, as the organization states it.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub admin: Option<String>,
        /// The client's name: for whom.
        pub client: String,
    }

    /// A saved card to bring up to date: `POST /v1/checkout/methods/{id}/update`. Either a new expiry with the security code,
    /// or `token` for a card that takes its place.
    #[derive(Default)]
    pub struct MethodUpdateRequest {
        /// 1 to 12.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub exp_month: Option<u8>,
        /// Four digits.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub exp_year: Option<u16>,
        /// The processor's single-use name for the security code. It goes to the bank with the next charge of this session.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub cvc_token: Option<String>,
        /// A single-use token that the processor gave for the card that takes the saved one's place.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub token: Option<String>,
        /// The corrected billing address. Needed with `token`, and where the saved one is missing or no longer valid.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub billing_address: Option<Address>,
    }
}
