//! What a test account does: each well-known number plays one of these parts.

use serde::{Deserialize, Serialize};

use super::fate::{Correction, Ending, Fate};
use super::{Rail, Refusal, ReturnCode};
use crate::cards::decline::Decline;

/// How much later than the others an account of the kind "with a delay" answers, in seconds.
const DELAY_S: i64 = 180;

/// The part that an account plays. It is noted when the account comes in, so that nothing needs its number later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Debits settle.
    #[default]
    Settles,
    /// Debits settle three minutes later than others.
    SettlesLate,
    /// Debits fail: no money.
    NoFunds,
    /// Debits fail three minutes later than others: no money.
    NoFundsLate,
    /// Debits fail: closed.
    Closed,
    /// Debits fail: there is no such account.
    NotFound,
    /// Debits fail: not authorized.
    NotAuthorized,
    /// Debits fail: of another currency.
    WrongCurrency,
    /// Microdeposits cannot be sent to it.
    NoMicrodeposits,
    /// Debits settle, and come back as not authorized.
    Disputed,
    /// Nothing is ever heard of a debit.
    StaysProcessing,
    /// Refused at once: too much in a week.
    WeeklyLimit,
    /// Refused at once: too much in one debit.
    TransactionLimit,
    /// Debits settle, and refunds fail.
    RefundFails,
    /// Debits settle, and the bank corrects the account's number then.
    Corrected,
}

impl Part {
    /// What will become of a debit on this rail, of a company's account or a person's.
    pub fn fate(self, rail: Rail, is_company: bool) -> Fate {
        let code = |ach, pad| ReturnCode::known(if rail == Rail::Ach { ach } else { pad });
        let unauthorized = || code(if is_company { "R29" } else { "R10" }, "915");
        let fails = |code: ReturnCode| Fate::of(Ending::Fails(code.refusal()));
        match self {
            Self::NoFunds | Self::NoFundsLate => fails(code("R01", "901")),
            Self::Closed => fails(code("R02", "905")),
            Self::NotFound => fails(code("R03", "902")),
            Self::NotAuthorized => fails(unauthorized()),
            Self::WrongCurrency if rail == Rail::Pad => fails(ReturnCode::known("909")),
            Self::WrongCurrency => Fate::of(Ending::Fails(Refusal::wrong_currency())),
            Self::Disputed => Fate::of(Ending::ComesBack { code: unauthorized(), after_s: None }),
            Self::StaysProcessing => Fate::of(Ending::Stays),
            Self::Corrected => {
                let correction = Correction { routing_number: None, last4: Some("6789".to_owned()) };
                Fate { correction: Some(correction), ..Fate::of(Ending::Settles) }
            }
            Self::Settles
            | Self::SettlesLate
            | Self::NoMicrodeposits
            | Self::WeeklyLimit
            | Self::TransactionLimit
            | Self::RefundFails => Fate::of(Ending::Settles),
        }
    }

    /// How much later than others it answers, in seconds.
    pub const fn delay_s(self) -> i64 {
        match self {
            Self::SettlesLate | Self::NoFundsLate => DELAY_S,
            _ => 0,
        }
    }

    /// The refusal before the bank is even asked.
    pub fn limit(self) -> Option<Decline> {
        match self {
            Self::WeeklyLimit => Some(Decline::by_code("charge_exceeds_source_limit")),
            Self::TransactionLimit => Some(Decline::by_code("charge_exceeds_transaction_limit")),
            _ => None,
        }
    }
}
