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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn three_figures() {
        // 100.00 asked for, 40.00 paid, an eCheck of 25.00 under way.
        let balance = Balance { total: 10_000, paid: 4_000, pending: 2_500 };
        assert_eq!((balance.current(), balance.pending(), balance.payable_now()), (6_000, 2_500, 3_500));
        let credit = Balance { total: 1_000, paid: 1_500, pending: 0 };
        assert_eq!((credit.current(), credit.payable_now()), (-500, 0));
        let covered = Balance { total: 1_000, paid: 0, pending: 1_200 };
        assert_eq!((covered.current(), covered.payable_now()), (1_000, 0));
    }

    #[test]
    fn an_invoice_is_matched_by_what_occurred_and_what_is_planned() {
        use Reconciliation as R;
        for (total, matched, planned, state) in [
            (100, 100, 0, R::Full),
            (100, 100, 50, R::Full),
            (0, 0, 0, R::Full),
            (100, 40, 0, R::Partial),
            (100, 0, 0, R::None),
            (100, 0, 100, R::Planned),
            (100, 40, 60, R::Planned),
            (100, 40, 70, R::Planned),
            (100, 40, 59, R::Partial),
            (100, 0, 99, R::Partial),
            (100, 101, 0, R::Error),
            (100, -1, 0, R::Error),
            (100, 0, -1, R::Error),
        ] {
            assert_eq!(R::of_invoice(total, matched, planned), state, "{total} {matched} {planned}");
        }
    }

    #[test]
    fn a_payment_is_worth_what_was_not_given_back() {
        use Reconciliation as R;
        for (amount, refunded, matched, state) in [
            (100, 0, 100, R::Full),
            (100, 40, 60, R::Full),
            (100, 100, 0, R::Full),
            (100, 0, 60, R::Partial),
            (100, 0, 0, R::None),
            (100, 40, 61, R::Error),
            (100, 101, 0, R::Error),
            (100, 0, -1, R::Error),
            (100, -1, 0, R::Error),
        ] {
            assert_eq!(R::of_payment(amount, refunded, matched), state, "{amount} {refunded} {matched}");
        }
        for state in R::ALL {
            assert_eq!(R::parse(state.as_str()), Some(state));
        }
    }

    proptest! {
        #[test]
        fn nobody_is_asked_twice(total in any::<i64>(), paid in any::<i64>(), pending in any::<i64>()) {
            let balance = Balance { total, paid, pending };
            prop_assert!(balance.payable_now() >= 0);
            prop_assert!(balance.payable_now() <= balance.current().max(0));
            let exact = i128::from(total) - i128::from(paid) - i128::from(pending.max(0));
            prop_assert!(i128::from(balance.payable_now()) <= exact.max(0) || i64::try_from(exact).is_err());
        }
    }
}
