//! When a saved card's security code is asked for again: an organization's choice.
//!
//! A code may not be kept once a charge is authorized (PCI DSS 3.3.1), so that a saved card has none: a bank that should check it
//! needs it typed again.

/// When a saved card's security code is asked for again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecurityCodePolicy {
    /// Never.
    #[default]
    Never,
    /// Whenever somebody is there to type it.
    Always,
    /// When more than so many minor units are paid.
    Above(i64),
    /// When an admin acts for the client.
    Admin,
}

impl SecurityCodePolicy {
    /// The policy as it is stored, without its amount.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Always => "always",
            Self::Above(_) => "above",
            Self::Admin => "admin",
        }
    }

    /// Reads what was stored; `amount` is that of [`Self::Above`].
    pub fn parse(text: &str, amount: i64) -> Option<Self> {
        [Self::Never, Self::Always, Self::Above(amount), Self::Admin]
            .into_iter()
            .find(|policy| policy.as_str() == text)
    }

    /// The amount, in minor units, above which the code is asked for; `None` when it is not, whatever is paid.
    pub fn above(self, by_admin: bool) -> Option<i64> {
        match self {
            Self::Never => None,
            Self::Always => Some(0),
            Self::Above(amount) => Some(amount),
            Self::Admin => by_admin.then_some(0),
        }
    }

    /// Whether the code is asked for when `amount` minor units are paid.
    pub fn asks(self, amount: i64, by_admin: bool) -> bool {
        self.above(by_admin).is_some_and(|above| amount > above)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_as_the_organization_chose() {
        use SecurityCodePolicy as P;
        for (policy, amount, by_admin, asked) in [
            (P::Never, 1_000_000, true, false),
            (P::Always, 1, false, true),
            (P::Above(5_000), 5_000, true, false),
            (P::Above(5_000), 5_001, false, true),
            (P::Admin, 1, false, false),
            (P::Admin, 1, true, true),
        ] {
            assert_eq!(policy.asks(amount, by_admin), asked, "{policy:?} {amount} {by_admin}");
            let amount = if let P::Above(amount) = policy { amount } else { 7 };
            assert_eq!(P::parse(policy.as_str(), amount), Some(policy));
        }
        assert_eq!(P::parse("sometimes", 0), None);
    }
}
