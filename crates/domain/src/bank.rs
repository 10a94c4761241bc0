//! Bank accounts: the numbers that name one in each country, checked while typed.
//!
//! [`BankAccountNumber`] is a secret as a card number is: it can be neither printed, copied, compared nor serialized, and it
//! is overwritten when dropped. The only thing that can be made from one is a
//! [`crate::wire::processor::TokenizeRequest`].

mod number;
mod part;

pub use number::{BankAccountNumber, BankNumberError, check_again};
pub use part::BankPart;

use crate::return_code::Rail;

/// What kind of US account it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccountType {
    /// For everyday payments.
    #[default]
    Checking,
    /// For money that is put aside.
    Savings,
}

impl AccountType {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Checking, Self::Savings];

    /// The type as processors spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Checking => "checking",
            Self::Savings => "savings",
        }
    }

    /// Reads what travelled.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A bank account that can be debited: every number that its country asks for, each of them right.
#[derive(Debug)]
pub struct BankAccount {
    rail: Rail,
    numbers: Vec<BankAccountNumber>,
}

impl BankAccount {
    /// Reads the numbers of an account; `text` tells what was typed for each.
    ///
    /// # Errors
    /// The first number that is wrong, and why.
    pub fn read<T: AsRef<str>>(
        rail: Rail,
        text: impl Fn(BankPart) -> T,
    ) -> Result<Self, (BankPart, BankNumberError)> {
        // Room for all of them at once: a vector that grows leaves copies behind.
        let mut numbers = Vec::with_capacity(BankPart::ALL.len());
        for part in BankPart::of_rail(rail).iter().copied().filter(|part| part.is_sent()) {
            let number = BankAccountNumber::parse(text(part).as_ref(), part, rail);
            numbers.push(number.map_err(|why| (part, why))?);
        }
        Ok(Self { rail, numbers })
    }

    /// Which network debits it.
    pub const fn rail(&self) -> Rail {
        self.rail
    }

    /// Its numbers, for whoever sends them to the processor.
    pub(crate) fn numbers(&self) -> &[BankAccountNumber] {
        &self.numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_read_whole_or_not_at_all() {
        let texts = |part| match part {
            BankPart::Routing => "110000000",
            BankPart::Institution => "000",
            BankPart::Transit => "11000",
            BankPart::Account => "000123456789",
            BankPart::Again => "never read",
        };
        for (rail, count) in [(Rail::Ach, 2), (Rail::Pad, 3)] {
            let account = BankAccount::read(rail, texts).unwrap();
            assert_eq!((account.rail(), account.numbers().len()), (rail, count));
            assert!(!format!("{account:?}").contains("11000"), "{account:?}");
        }
        let wrong = |part| if part == BankPart::Routing { "110000001" } else { texts(part) };
        let error = BankAccount::read(Rail::Ach, wrong).unwrap_err();
        assert_eq!(error, (BankPart::Routing, BankNumberError::WrongCheckDigit));
        for (place, part) in BankPart::ALL.into_iter().enumerate() {
            assert_eq!(part.place(), place);
        }
        for kind in AccountType::ALL {
            assert_eq!(AccountType::parse(kind.as_str()), Some(kind));
        }
    }
}
