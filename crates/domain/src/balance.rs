//! The three figures of a balance, and how far money and invoices are matched to each other.

/// What an invoice or an account amounts to, in minor units of one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// What is asked for.
    pub total: i64,
    /// What has come in and settled, less what went back.
    pub paid: i64,
    /// What is on its way: submitted debits, charges whose answer is awaited.
    pub pending: i64,
}

impl Balance {
    /// What is owed in the books: a debit under way does not lower it. Below zero for a credit.
    pub const fn current(&self) -> i64 {
        self.total.saturating_sub(self.paid)
    }

    /// What is on its way.
    pub const fn pending(&self) -> i64 {
        self.pending
    }

    /// What may be asked for now without anybody paying twice. Never below zero.
    pub fn payable_now(&self) -> i64 {
        self.current().saturating_sub(self.pending.max(0)).max(0)
    }
}

/// How far a payment is matched to invoices, or an invoice to payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Reconciliation {
    /// Matched to the last cent.
    Full,
    /// Matched in part, or by planned payments that do not reach.
    Partial,
    /// Not matched.
    None,
    /// Matched in full once every planned payment has occurred.
    Planned,
    /// Matched for more than it is worth.
    Error,
}

impl Reconciliation {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Full, Self::Partial, Self::None, Self::Planned, Self::Error];

    /// The state as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Partial => "partial",
            Self::None => "none",
            Self::Planned => "planned",
            Self::Error => "error",
        }
    }

    /// Reads what travelled.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// The state of an invoice, from sums in minor units: its total, what payments and credits are matched to it,
    /// and what planned payments will bring.
    ///
    /// An invoice over nothing is matched in full. More planned than is open is no error: a planned amount can be
    /// edited apart from the invoice, and nothing is matched until it occurs.
    pub const fn of_invoice(total: i64, matched: i64, planned: i64) -> Self {
        if matched < 0 || planned < 0 || matched > total {
            Self::Error
        } else if matched == total {
            Self::Full
        } else if planned > 0 && matched.saturating_add(planned) >= total {
            Self::Planned
        } else if matched > 0 || planned > 0 {
            Self::Partial
        } else {
            Self::None
        }
    }

    /// The state of a payment, from sums in minor units: what came in, what of it was given back, and what
    /// invoices it is matched to.
    ///
    /// A payment that was given back in full is matched in full once no invoice holds any of it.
    pub const fn of_payment(amount: i64, refunded: i64, matched: i64) -> Self {
        let worth = amount.saturating_sub(refunded);
        if matched < 0 || refunded < 0 || matched > worth {
            Self::Error
        } else if matched == worth {
            Self::Full
        } else if matched > 0 {
            Self::Partial
        } else {
            Self::None
        }
    }
}
