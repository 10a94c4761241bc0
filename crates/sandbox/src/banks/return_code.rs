//! Return codes: why a bank sent a debit back.

use serde::{Deserialize, Serialize};

use super::Rail;
use super::meaning::{MEANINGS, Meaning, UNKNOWN, WRONG_CURRENCY};

/// A code of a rail: `R01` to `R85` of ACH, `900` to `990` of Canadian debits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReturnCode(String);

/// Why a debit failed, in the words of the dialect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The error's code, such as `insufficient_funds`.
    pub code: String,
    /// The reason in the dialect's own words, such as `bank_account_closed`.
    pub decline_code: Option<String>,
    /// The sentence for a payer.
    pub message: String,
    /// The bank's own code.
    pub network_code: Option<ReturnCode>,
}

impl ReturnCode {
    /// Reads a code.
    pub fn parse(text: &str) -> Option<Self> {
        let number = |digits: &str| match digits.bytes().all(|byte| byte.is_ascii_digit()) {
            true => digits.parse::<u16>().ok(),
            false => None,
        };
        let exists = match text.strip_prefix('R') {
            Some(digits) if digits.len() == 2 => matches!(number(digits), Some(1..=85)),
            Some(_) => false,
            None => text.len() == 3 && matches!(number(text), Some(900..=990)),
        };
        exists.then(|| Self(text.to_owned()))
    }

    /// A code that this crate names itself.
    pub(super) fn known(code: &'static str) -> Self {
        Self(code.to_owned())
    }

    /// The code as it travels.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The rail that it belongs to.
    pub fn rail(&self) -> Rail {
        if self.0.starts_with('R') { Rail::Ach } else { Rail::Pad }
    }

    /// The reason of the dispute that a late return becomes.
    pub fn dispute_reason(&self) -> &'static str {
        self.meaning().dispute_reason
    }

    /// Whether the payer's consent is over: no further debit without a new one.
    pub fn ends_consent(&self) -> bool {
        self.meaning().ends_consent
    }

    /// The failure that it is.
    pub fn refusal(self) -> Refusal {
        let meaning = self.meaning();
        Refusal { network_code: Some(self), ..Refusal::of(meaning) }
    }

    fn meaning(&self) -> &'static Meaning {
        MEANINGS
            .iter()
            .find(|(codes, _)| codes.contains(&self.as_str()))
            .map_or(&UNKNOWN, |(_, meaning)| meaning)
    }
}

impl Refusal {
    fn of(meaning: &Meaning) -> Self {
        Self {
            code: meaning.code.to_owned(),
            decline_code: Some(meaning.decline_code.to_owned()),
            message: meaning.message.to_owned(),
            network_code: None,
        }
    }

    /// The account is of another currency; ACH has no code for that.
    pub fn wrong_currency() -> Self {
        Self::of(&WRONG_CURRENCY)
    }
}

impl TryFrom<String> for ReturnCode {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a return code is R01 to R85, or 900 to 990")
    }
}

impl From<ReturnCode> for String {
    fn from(code: ReturnCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_code_and_nothing_else() {
        for number in 1..=85 {
            assert_eq!(ReturnCode::parse(&format!("R{number:02}")).unwrap().rail(), Rail::Ach);
        }
        for number in 900..=990 {
            assert_eq!(ReturnCode::parse(&number.to_string()).unwrap().rail(), Rail::Pad);
        }
        for wrong in ["R00", "R86", "R1", "R001", "r01", "899", "991", "9000", "R+1", "+90", "", "R"] {
            assert!(ReturnCode::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn every_code_has_one_meaning() {
        let mut seen = std::collections::BTreeSet::new();
        for code in MEANINGS.iter().flat_map(|(codes, _)| codes.iter()) {
            assert!(ReturnCode::parse(code).is_some(), "{code}");
            assert!(seen.insert(code), "{code} twice");
        }
        let unknown = ReturnCode::parse("R61").unwrap();
        assert_eq!((unknown.dispute_reason(), unknown.ends_consent()), ("bank_cannot_process", false));
        assert_eq!(unknown.refusal().code, "payment_method_provider_decline");
    }
}
