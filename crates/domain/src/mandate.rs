//! A payer's agreement to bank debits: what it permits, and how long its proof is kept.

mod text;

pub use text::{AmountRule, DateRule, MandateTerms, MandateText, mandate_text};

use jiff::{SignedDuration, Timestamp};

use crate::money::{Currency, Money};

/// Under which rules a debit was agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MandateKind {
    /// Agreed to on a web page, for the US network (Nacha's entry class WEB).
    AchWeb,
    /// A Canadian pre-authorized debit agreement (Rule H1).
    Pad,
}

impl MandateKind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::AchWeb, Self::Pad];

    /// The kind as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AchWeb => "ach_web",
            Self::Pad => "pad",
        }
    }

    /// Reads what travelled.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// How many debits an agreement permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MandateScope {
    /// One. The agreement ends with it.
    OneTime,
    /// Those that the payer agrees to until the agreement ends.
    Standing,
}

impl MandateScope {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::OneTime, Self::Standing];

    /// The scope as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OneTime => "one_time",
            Self::Standing => "standing",
        }
    }

    /// Reads what travelled.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

/// Whose account it is: the rules protect a person longer than a business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum HolderType {
    /// A person's.
    Personal,
    /// A business's.
    Business,
}

impl HolderType {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Personal, Self::Business];

    /// The type as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::Business => "business",
        }
    }

    /// Reads what travelled.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|holder| holder.as_str() == text)
    }
}

/// Whether a debit is sent for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presentment {
    /// A debit that was not sent before.
    First,
    /// The same debit again, after the bank returned it for lack of money.
    Again,
}

/// What an agreement permits, from the facts that are kept of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    /// Under which rules.
    pub kind: MandateKind,
    /// How many debits.
    pub scope: MandateScope,
    /// In which currency.
    pub currency: Currency,
    /// The largest debit, in minor units; `None` where each amount is agreed to by itself.
    pub amount_max: Option<i64>,
    /// When the payer agreed.
    pub accepted_at: Timestamp,
    /// From when on it permits nothing: revoked, or ended by the organization.
    pub ended_at: Option<Timestamp>,
    /// Whether a debit was sent under it. A one-time agreement is over by this, not by `ended_at`: its debit may
    /// still be presented again.
    pub used: bool,
}

/// Why an agreement does not permit a debit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NotCovered {
    /// The payer had not agreed yet.
    #[error("the mandate was not agreed to yet")]
    NotYet,
    /// The agreement has ended.
    #[error("the mandate has ended")]
    Ended,
    /// It was for one debit, and that was sent.
    #[error("the mandate was for one debit, which was sent")]
    Used,
    /// It is for another currency.
    #[error("the mandate is for another currency")]
    OtherCurrency,
    /// The debit is larger than agreed.
    #[error("the mandate does not reach this amount")]
    TooMuch,
    /// Nothing, or less, cannot be debited.
    #[error("a debit is more than nothing")]
    NotAnAmount,
}

impl NotCovered {
    /// The reason as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotYet => "not_yet",
            Self::Ended => "ended",
            Self::Used => "used",
            Self::OtherCurrency => "other_currency",
            Self::TooMuch => "too_much",
            Self::NotAnAmount => "not_an_amount",
        }
    }
}

impl Mandate {
    /// Whether it permits a debit that was not sent before.
    ///
    /// # Errors
    /// [`NotCovered`] with the reason.
    pub fn covers(&self, amount: Money, at: Timestamp) -> Result<(), NotCovered> {
        self.covers_presentment(amount, at, Presentment::First)
    }

    /// Whether it permits a debit, which may be one that a bank returned and that is presented again.
    ///
    /// A one-time agreement ends with its first debit: a further one needs a new agreement (Rule H1 since
    /// 31 December 2023; a single-entry authorization of Nacha is no different). The same debit presented again
    /// is not a further one.
    ///
    /// # Errors
    /// [`NotCovered`] with the reason.
    pub fn covers_presentment(
        &self,
        amount: Money,
        at: Timestamp,
        presentment: Presentment,
    ) -> Result<(), NotCovered> {
        if at < self.accepted_at {
            return Err(NotCovered::NotYet);
        }
        if self.ended_at.is_some_and(|ended_at| at >= ended_at) {
            return Err(NotCovered::Ended);
        }
        match (self.scope, presentment) {
            (MandateScope::OneTime, Presentment::First) if self.used => return Err(NotCovered::Used),
            _ => {}
        }
        if amount.currency() != self.currency {
            return Err(NotCovered::OtherCurrency);
        }
        if !amount.is_positive() {
            return Err(NotCovered::NotAnAmount);
        }
        if self.amount_max.is_some_and(|amount_max| amount.minor() > amount_max) {
            return Err(NotCovered::TooMuch);
        }
        Ok(())
    }
}

/// Until when the proof of an agreement is kept: two years after its end or its last debit, whichever is later
/// (Nacha, as US banks publish it).
///
/// 731 days: two years hold at most one 29 February.
pub fn retain_until(ended_at: Timestamp) -> Timestamp {
    ended_at.saturating_add(SignedDuration::from_hours(731 * 24)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn cad(minor: i64) -> Money {
        Money::new(minor, Currency::CAD)
    }

    fn mandate(scope: MandateScope) -> Mandate {
        Mandate {
            kind: MandateKind::Pad,
            scope,
            currency: Currency::CAD,
            amount_max: Some(10_000),
            accepted_at: at("2026-11-25T12:00:00Z"),
            ended_at: None,
            used: false,
        }
    }

    const NOON: &str = "2026-11-25T12:00:00Z";
    const LATER: &str = "2026-12-25T12:00:00Z";

    #[test]
    fn permits_what_was_agreed_to_and_no_more() {
        let standing = mandate(MandateScope::Standing);
        assert_eq!(standing.covers(cad(10_000), at(NOON)), Ok(()));
        assert_eq!(standing.covers(cad(10_001), at(NOON)), Err(NotCovered::TooMuch));
        assert_eq!(standing.covers(cad(0), at(NOON)), Err(NotCovered::NotAnAmount));
        assert_eq!(standing.covers(Money::new(1, Currency::USD), at(NOON)), Err(NotCovered::OtherCurrency));
        assert_eq!(standing.covers(cad(1), at("2026-11-25T11:59:59Z")), Err(NotCovered::NotYet));
        let open = Mandate { amount_max: None, ..standing.clone() };
        assert_eq!(open.covers(cad(i64::MAX), at(NOON)), Ok(()));
        let ended = Mandate { ended_at: Some(at(LATER)), ..standing };
        assert_eq!(ended.covers(cad(1), at("2026-12-25T11:59:59Z")), Ok(()));
        assert_eq!(ended.covers(cad(1), at(LATER)), Err(NotCovered::Ended));
        assert_eq!(ended.covers_presentment(cad(1), at(LATER), Presentment::Again), Err(NotCovered::Ended));
    }

    /// Positive control: without the arm for `OneTime`, the second debit is permitted.
    #[test]
    fn a_one_time_agreement_ends_with_its_debit() {
        let fresh = mandate(MandateScope::OneTime);
        assert_eq!(fresh.covers(cad(1), at(NOON)), Ok(()));
        let used = Mandate { used: true, ..fresh };
        assert_eq!(used.covers(cad(1), at(LATER)), Err(NotCovered::Used));
        assert_eq!(used.covers_presentment(cad(1), at(LATER), Presentment::Again), Ok(()));
        let standing = Mandate { used: true, ..mandate(MandateScope::Standing) };
        assert_eq!(standing.covers(cad(1), at(LATER)), Ok(()));
    }

    #[test]
    fn proof_is_never_dropped_early() {
        let mut day = at("2027-01-01T15:30:00Z");
        for _ in 0..(4 * 366) {
            let utc = day.to_zoned(jiff::tz::TimeZone::UTC);
            let two_years = utc.saturating_add(jiff::Span::new().years(2)).timestamp();
            assert!(retain_until(day) >= two_years, "{day}");
            day += SignedDuration::from_hours(24);
        }
        assert_eq!(retain_until(Timestamp::MAX), Timestamp::MAX);
    }

    #[test]
    fn names_read_back() {
        for kind in MandateKind::ALL {
            assert_eq!(MandateKind::parse(kind.as_str()), Some(kind));
        }
        for scope in MandateScope::ALL {
            assert_eq!(MandateScope::parse(scope.as_str()), Some(scope));
        }
        for holder in HolderType::ALL {
            assert_eq!(HolderType::parse(holder.as_str()), Some(holder));
        }
    }
}
