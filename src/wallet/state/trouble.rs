//! What can go wrong, as far as the client has to know.

/// Why the wallet is not shown at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barrier {
    /// The session's time is over.
    Expired,
    /// It is no session, or not for this page.
    Invalid,
    /// The server could not be reached, or had a fault.
    Unreachable,
    /// Nobody told the client's e-mail address: there is nowhere to send a code to.
    NoEmail,
    /// Too many codes were asked for.
    TooManyCodes,
    /// The server sends no mail.
    NoMail,
}

impl Barrier {
    /// The code that the page is told.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Expired => "session_expired",
            Self::Invalid => "session_invalid",
            Self::Unreachable => "api_unreachable",
            Self::NoEmail => "no_email",
            Self::TooManyCodes => "too_many_codes",
            Self::NoMail => "mail_unavailable",
        }
    }

    /// Whether asking again may help.
    pub const fn can_pass(self) -> bool {
        matches!(self, Self::Unreachable | Self::TooManyCodes | Self::NoMail)
    }
}

/// Why something that was to be done with a method was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Another tab or device was quicker.
    Changed,
    /// The card is being brought up to date.
    Updating,
    /// The server refused what was typed.
    Refused,
    /// Nothing was chosen for what was agreed to.
    Unchosen,
    /// No other method was chosen.
    NoOther,
    /// The other method cannot be charged for all that is to move to it.
    CannotTake,
    /// The plan's organization may not charge the other method.
    NotAllowed,
    /// A purchase with the method is under way.
    UnderWay,
    /// The new card or account was not accepted.
    NotAccepted,
    /// Nothing can be saved here: the organization has to act.
    NotHere,
    /// There is no room for another one.
    Full,
    /// The bank did not confirm that it is the client.
    NotProven,
    /// The client gave the proof up, or its time was over.
    GivenUp,
    /// Nobody knows yet whether it is saved.
    Undecided,
    /// The details have to be entered again.
    TokenGone,
    /// No answer came.
    Lost,
    /// None came from the processor.
    ProcessorLost,
    /// Too many tries.
    TooOften,
    /// Anything else.
    WentWrong,
}

impl Trouble {
    /// The code that the page is told.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Changed => "method_changed",
            Self::Updating => "update_in_progress",
            Self::Refused | Self::Unchosen | Self::NoOther => "invalid",
            Self::CannotTake => "method_cannot_take",
            Self::NotAllowed => "not_authorized",
            Self::UnderWay => "method_in_use",
            Self::NotAccepted => "card_refused",
            Self::NotHere => "processor_misconfigured",
            Self::Full => "wallet_full",
            Self::NotProven => "authentication_failed",
            Self::GivenUp => "authentication_abandoned",
            Self::Undecided => "undecided",
            Self::TokenGone => "token_unusable",
            Self::Lost => "api_unreachable",
            Self::ProcessorLost => "processor_unreachable",
            Self::TooOften => "rate_limited",
            Self::WentWrong => "internal",
        }
    }
}
