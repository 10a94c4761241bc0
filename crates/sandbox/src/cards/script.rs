//! What a test card does: each well-known number plays one of these parts.

use serde::{Deserialize, Serialize};

use super::decline::Decline;

/// The part that a card plays. It is noted when the card comes in, so that nothing needs its number later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Script {
    /// Everything succeeds.
    #[default]
    Approve,
    /// Refused without a reason, also when it is attached.
    Generic,
    /// Refused: no money.
    InsufficientFunds,
    /// Refused: lost.
    Lost,
    /// Refused: stolen.
    Stolen,
    /// Refused: expired at the bank, whatever its date says.
    Expired,
    /// Refused: the security code was wrong.
    IncorrectCvc,
    /// The network had a fault.
    ProcessingError,
    /// Refused: used too often.
    Velocity,
    /// Refused: blocked as fraud.
    Fraudulent,
    /// Attaches, and is refused when it is charged.
    AttachesThenDeclines,
    /// Charged, but the security code does not match.
    CvcCheckFails,
    /// Charged, but the postal code does not match.
    PostalCheckFails,
    /// Charged, but the street does not match.
    LineCheckFails,
    /// Charged, but neither street nor postal code matches.
    AddressChecksFail,
    /// Asks for authentication until it was set up for later use.
    AuthenticateUnlessSetUp,
    /// Asks for authentication each time.
    AuthenticateAlways,
    /// Was set up for later use already; asks for authentication when the payer is there.
    AlreadySetUp,
    /// Asks for authentication, then has no money.
    AuthenticateThenDecline,
    /// Asks for authentication, and is refused without a reason after it.
    AuthenticateThenRefuse,
    /// Charged; a refund takes its time.
    PendingRefund,
    /// Charged; a refund succeeds, and fails later.
    RefundFails,
}

impl Script {
    /// The refusal of a charge, before authentication has a say.
    pub fn charge_decline(self) -> Option<Decline> {
        let code = match self {
            Self::Generic | Self::AttachesThenDeclines => "generic_decline",
            Self::InsufficientFunds => "insufficient_funds",
            Self::Lost => "lost_card",
            Self::Stolen => "stolen_card",
            Self::Expired => "expired_card",
            Self::IncorrectCvc => "incorrect_cvc",
            Self::ProcessingError => "processing_error",
            Self::Velocity => "card_velocity_exceeded",
            Self::Fraudulent => "fraudulent",
            _ => return None,
        };
        Some(Decline::by_code(code))
    }

    /// The refusal when the card is saved: the bank is asked then as well.
    pub fn attach_decline(self) -> Option<Decline> {
        if self == Self::AttachesThenDeclines { None } else { self.charge_decline() }
    }

    /// The refusal that comes after the payer has authenticated.
    pub fn late_decline(self) -> Option<Decline> {
        match self {
            Self::AuthenticateThenDecline => Some(Decline::by_code("insufficient_funds")),
            Self::AuthenticateThenRefuse => Some(Decline::by_code("generic_decline")),
            _ => None,
        }
    }

    /// Whether the bank wants the payer to authenticate, given whether they are there and whether the card
    /// was set up for later use.
    pub const fn wants_authentication(self, off_session: bool, set_up: bool) -> bool {
        match self {
            Self::AuthenticateAlways | Self::AuthenticateThenDecline | Self::AuthenticateThenRefuse => true,
            Self::AuthenticateUnlessSetUp => !(off_session && set_up),
            Self::AlreadySetUp => !off_session,
            _ => false,
        }
    }

    /// Whether the payer's security code matches.
    pub const fn cvc_matches(self) -> bool {
        !matches!(self, Self::CvcCheckFails | Self::IncorrectCvc)
    }

    /// Whether the postal code matches.
    pub const fn postal_code_matches(self) -> bool {
        !matches!(self, Self::PostalCheckFails | Self::AddressChecksFail)
    }

    /// Whether the street matches.
    pub const fn line_matches(self) -> bool {
        !matches!(self, Self::LineCheckFails | Self::AddressChecksFail)
    }
}
