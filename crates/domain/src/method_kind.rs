//! The kinds of payment method, and the rail that money takes from each.

use crate::money::Currency;
use crate::return_code::Rail;

/// What kind of method pays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MethodKind {
    /// A card of any scheme.
    #[default]
    Card,
    /// A US bank account.
    Ach,
    /// A Canadian bank account.
    Pad,
}

impl MethodKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Card, Self::Ach, Self::Pad];

    /// The kind as it travels and as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Ach => "ach",
            Self::Pad => "pad",
        }
    }

    /// Reads what travelled.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The rail of a bank account; `None` for a card.
    pub const fn rail(self) -> Option<Rail> {
        match self {
            Self::Card => None,
            Self::Ach => Some(Rail::Ach),
            Self::Pad => Some(Rail::Pad),
        }
    }

    /// Whether this kind can pay in a currency: a card in any, a bank account only in that of its rail.
    pub fn pays_in(self, currency: Currency) -> bool {
        self.rail().is_none_or(|rail| Rail::of_currency(currency) == Some(rail))
    }
}

impl From<Rail> for MethodKind {
    fn from(rail: Rail) -> Self {
        match rail {
            Rail::Ach => Self::Ach,
            Rail::Pad => Self::Pad,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_read_back_and_know_their_currency() {
        for kind in MethodKind::ALL {
            assert_eq!(MethodKind::parse(kind.as_str()), Some(kind));
            assert_eq!(kind.rail().map_or(MethodKind::Card, MethodKind::from), kind);
        }
        let pays = |kind: MethodKind| ["USD", "CAD", "EUR"].map(|code| kind.pays_in(code.parse().unwrap()));
        assert_eq!(pays(MethodKind::Card), [true, true, true]);
        assert_eq!(pays(MethodKind::Ach), [true, false, false]);
        assert_eq!(pays(MethodKind::Pad), [false, true, false]);
    }
}
