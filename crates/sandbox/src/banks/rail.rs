//! The two ways by which a bank account is debited.

/// A rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rail {
    /// US ACH.
    Ach,
    /// Canadian pre-authorized debit.
    Pad,
}

impl Rail {
    /// The payment method's type, as it travels.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Ach => "us_bank_account",
            Self::Pad => "acss_debit",
        }
    }

    /// The rail of a payment method's type.
    pub fn of_kind(kind: &str) -> Option<Self> {
        [Self::Ach, Self::Pad].into_iter().find(|rail| rail.kind() == kind)
    }

    /// In which currencies an account may be debited.
    pub const fn currencies(self) -> &'static [&'static str] {
        match self {
            Self::Ach => &["usd"],
            Self::Pad => &["cad", "usd"],
        }
    }

    /// For how many days after it settled a debit may come back: 60 calendar days (Nacha, unauthorized consumer
    /// debits), 90 (Payments Canada rule H1, personal debits).
    pub const fn return_days_max(self) -> u64 {
        match self {
            Self::Ach => 60,
            Self::Pad => 90,
        }
    }
}
