//! The well-known test accounts and the short names for them (Stripe's pages on testing ACH and Canadian
//! debits), and two of our own: those that end in 2 and 3.

use super::Rail;
use super::part::Part;

/// One row: the number and its part.
struct Row(&'static str, Part);

const TABLE: &[Row] = &[
    Row("000123456789", Part::Settles),
    Row("900123456789", Part::SettlesLate),
    Row("000111111113", Part::Closed),
    Row("000111111116", Part::NotFound),
    Row("000222222227", Part::NoFunds),
    Row("900222222227", Part::NoFundsLate),
    Row("000333333335", Part::NotAuthorized),
    Row("000444444440", Part::WrongCurrency),
    Row("000555555559", Part::Disputed),
    Row("000666666661", Part::NoMicrodeposits),
    Row("000777777771", Part::WeeklyLimit),
    Row("000888888881", Part::TransactionLimit),
    Row("000000000009", Part::StaysProcessing),
    Row("000999999992", Part::RefundFails),
    Row("000999999993", Part::Corrected),
];

/// What stands behind a short name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestAccount {
    /// Its rail.
    pub rail: Rail,
    /// Its number.
    pub number: &'static str,
}

/// What a number does. One that is not in the table is an ordinary account.
pub fn part_of(number: &str) -> Part {
    TABLE.iter().find(|row| row.0 == number).map_or(Part::Settles, |row| row.1)
}

/// The account behind `pm_usBankAccount_success`, `pm_acssDebit_dispute` and their like: ids that need not be
/// made first.
pub fn account_of_alias(id: &str) -> Option<TestAccount> {
    let (rail, name) = match (id.strip_prefix("pm_usBankAccount_"), id.strip_prefix("pm_acssDebit_")) {
        (Some(name), _) => (Rail::Ach, name),
        (None, Some(name)) => (Rail::Pad, name),
        (None, None) => return None,
    };
    let part = match name {
        "success" => Part::Settles,
        "accountClosed" => Part::Closed,
        "noAccount" => Part::NotFound,
        "insufficientFunds" => Part::NoFunds,
        "debitNotAuthorized" => Part::NotAuthorized,
        "invalidCurrency" => Part::WrongCurrency,
        "failMicrodeposits" => Part::NoMicrodeposits,
        "dispute" => Part::Disputed,
        "processing" => Part::StaysProcessing,
        "weeklyLimitExceeded" => Part::WeeklyLimit,
        _ => return None,
    };
    TABLE.iter().find(|row| row.1 == part).map(|row| TestAccount { rail, number: row.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::banks::AccountNumber;
    use crate::banks::check::PAD_LENGTHS;

    #[test]
    fn every_number_is_one_on_both_rails_and_listed_once() {
        for row in TABLE {
            assert!(AccountNumber::parse(row.0, PAD_LENGTHS).is_some(), "{}", row.0);
            let same = TABLE.iter().filter(|other| other.0 == row.0 || other.1 == row.1);
            assert_eq!(same.count(), 1, "{}", row.0);
        }
    }

    #[test]
    fn short_names_stand_for_numbers() {
        let account = account_of_alias("pm_acssDebit_dispute").unwrap();
        assert_eq!((account.rail, account.number), (Rail::Pad, "000555555559"));
        assert!(account_of_alias("pm_usBankAccount_nothing").is_none());
        assert!(account_of_alias("pm_card_visa").is_none());
    }
}
