//! Which numbers a country's form of a bank account has, and how long each of them is.

use crate::return_code::Rail;

/// One of the numbers of a bank account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BankPart {
    /// The US number of the bank, with a check digit.
    Routing,
    /// The Canadian number of the bank.
    Institution,
    /// The Canadian number of the branch.
    Transit,
    /// The number of the account.
    Account,
    /// The number of the account, typed once more: compared, and never sent.
    Again,
}

impl BankPart {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Routing, Self::Institution, Self::Transit, Self::Account, Self::Again];

    /// The numbers that a rail's form asks for, in the order in which they are asked.
    pub const fn of_rail(rail: Rail) -> &'static [Self] {
        match rail {
            Rail::Ach => &[Self::Routing, Self::Account, Self::Again],
            Rail::Pad => &[Self::Institution, Self::Transit, Self::Account],
        }
    }

    /// The part's name, which is also the id of its field.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Routing => "routing",
            Self::Institution => "institution",
            Self::Transit => "transit",
            Self::Account => "account",
            Self::Again => "again",
        }
    }

    /// Its place in [`Self::ALL`].
    pub const fn place(self) -> usize {
        match self {
            Self::Routing => 0,
            Self::Institution => 1,
            Self::Transit => 2,
            Self::Account => 3,
            Self::Again => 4,
        }
    }

    /// Whether the processor gets it.
    pub const fn is_sent(self) -> bool {
        !matches!(self, Self::Again)
    }

    /// The fewest and the most digits that it may have.
    ///
    /// A routing number has nine (American Bankers Association), an institution three and a transit five (Payments
    /// Canada's Standard 006). Account numbers as Stripe takes them: 4 to 17 digits in the US (17 is what an ACH entry has
    /// room for), 7 to 12 in Canada.
    pub const fn lengths(self, rail: Rail) -> (usize, usize) {
        match (self, rail) {
            (Self::Routing, _) => (9, 9),
            (Self::Institution, _) => (3, 3),
            (Self::Transit, _) => (5, 5),
            (Self::Account | Self::Again, Rail::Ach) => (4, 17),
            (Self::Account | Self::Again, Rail::Pad) => (7, 12),
        }
    }
}
