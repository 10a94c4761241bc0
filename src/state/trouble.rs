//! What can keep a payment from being made, as far as the payer has to know.

/// Why the page could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadFailure {
    /// Its session's time is over.
    Expired,
    /// Its session is not one, or not for this page.
    Invalid,
    /// The server could not be reached or had a fault.
    Unreachable,
}

impl LoadFailure {
    /// The code that the page is told.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Expired => "session_expired",
            Self::Invalid => "session_invalid",
            Self::Unreachable => "api_unreachable",
        }
    }
}

/// Why a try was not made. In all of these, no money moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The processor could not be reached.
    ProcessorUnreachable,
    /// The processor does not take card numbers with this key: the organization has to act.
    ProcessorMisconfigured,
    /// What is due is no longer what was shown.
    AmountChanged,
    /// What is due when is no longer what was shown.
    ScheduleChanged,
    /// Later payments need a saved method, and the new one is not saved.
    NeedsSaved,
    /// The saved card expired or went.
    MethodGone,
    /// The saved method needs something more than was asked for.
    NeedsMore,
    /// The saved card could not be brought up to date.
    NotUpdated,
    /// The token cannot be used.
    TokenGone,
    /// The address was refused by the server.
    AddressRefused,
    /// Too many tries.
    Busy,
    /// A fault of ours, and it is certain that nothing was charged.
    WentWrong,
}

impl Trouble {
    /// The code that the page is told.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ProcessorUnreachable => "processor_unreachable",
            Self::ProcessorMisconfigured => "processor_misconfigured",
            Self::AmountChanged => "amount_changed",
            Self::ScheduleChanged => "schedule_changed",
            Self::NeedsSaved => "plan_needs_saved_method",
            Self::MethodGone => "method_unknown",
            Self::NeedsMore => "method_needs_more",
            Self::NotUpdated => "card_not_updated",
            Self::TokenGone => "token_unusable",
            Self::AddressRefused => "address_invalid",
            Self::Busy => "rate_limited",
            Self::WentWrong => "internal",
        }
    }
}
