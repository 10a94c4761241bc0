//! Where a checkout session and a payment stand, as it travels.

/// Where a checkout session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SessionStatus {
    /// It can be paid.
    Open,
    /// A try is under way.
    Processing,
    /// It was paid, once and for all.
    Complete,
    /// Its time is over.
    Expired,
}

impl SessionStatus {
    /// The status as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Processing => "processing",
            Self::Complete => "complete",
            Self::Expired => "expired",
        }
    }

    /// Reads what travelled.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Processing, Self::Complete, Self::Expired]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// Where a payment stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PaymentStatus {
    /// A card was charged.
    #[default]
    Succeeded,
    /// A bank was asked for the money. It is on its way, and nothing is paid yet.
    Submitted,
    /// The bank's money came. It can still come back.
    Settled,
    /// The bank refused, or took the money back.
    Returned,
    /// The debit was called off before the bank was asked.
    Canceled,
}

impl PaymentStatus {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Succeeded, Self::Submitted, Self::Settled, Self::Returned, Self::Canceled];

    /// The status as it travels and as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Submitted => "submitted",
            Self::Settled => "settled",
            Self::Returned => "returned",
            Self::Canceled => "canceled",
        }
    }

    /// Reads what travelled.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}
