//! Why a bank sent a debit back: the rails' codes, what each means to staff, and what must follow.

mod ach;
mod ach_others;
mod pad;

use crate::consent::is_french;
use crate::money::Currency;

/// The network that a bank debit runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Rail {
    /// The US network, under the Nacha rules.
    Ach,
    /// Canadian pre-authorized debits, under Payments Canada's Rule H1.
    Pad,
}

impl Rail {
    /// The rail that debits of a currency run on; `None` where there is none.
    pub fn of_currency(currency: Currency) -> Option<Self> {
        match currency {
            Currency::USD => Some(Self::Ach),
            Currency::CAD => Some(Self::Pad),
            _ => None,
        }
    }

    /// The rail that debits bank accounts of a country (ISO 3166 alpha-2); `None` where there is none.
    pub fn of_country(country: &str) -> Option<Self> {
        match country {
            "US" => Some(Self::Ach),
            "CA" => Some(Self::Pad),
            _ => None,
        }
    }

    /// The rail as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ach => "ach",
            Self::Pad => "pad",
        }
    }
}

/// What must follow a return.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Consequence {
    /// The same debit may be presented again, within the rail's ceiling.
    Retry,
    /// This account cannot be debited: the payer must give another one.
    NewAccount,
    /// No debit may be sent to this account any more.
    StopDebits,
    /// The account is good, the permission is gone: only a new agreement permits another debit.
    NewConsent,
    /// Somebody must look before anything else happens.
    Review,
}

impl Consequence {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Retry, Self::NewAccount, Self::StopDebits, Self::NewConsent, Self::Review];

    /// The consequence as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::NewAccount => "new_account",
            Self::StopDebits => "stop_debits",
            Self::NewConsent => "new_consent",
            Self::Review => "review",
        }
    }

    /// Whether the agreement under which the debit was sent permits nothing more.
    pub const fn ends_consent(self) -> bool {
        matches!(self, Self::NewAccount | Self::StopDebits | Self::NewConsent)
    }

    /// Whether the account itself must not be debited any more, under whatever agreement.
    pub const fn blocks_account(self) -> bool {
        matches!(self, Self::NewAccount | Self::StopDebits)
    }
}

/// Which of Nacha's return-rate levels a code counts against (debits of the last 60 days).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateLevel {
    /// At most 0.5 %.
    Unauthorized,
    /// At most 3 %.
    Administrative,
}

/// How long after settlement a bank may still use a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReturnWindow {
    /// So many banking days.
    BankingDays(u16),
    /// So many calendar days.
    CalendarDays(u16),
    /// As long as the two banks agree to.
    Open,
}

/// Everything that we know of one code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnRule {
    /// The code, as in [`ReturnCode::as_str`].
    pub code: &'static str,
    /// The rail that it belongs to.
    pub rail: Rail,
    /// What happened, in words that staff understand.
    pub meaning: &'static str,
    /// The same in French.
    pub meaning_fr: &'static str,
    /// What must follow.
    pub consequence: Consequence,
    /// The return rate that it counts against.
    pub rate: Option<RateLevel>,
    /// How long it may arrive.
    pub window: ReturnWindow,
    /// Where the row comes from; says so where it is from memory.
    pub source: &'static str,
}

impl ReturnRule {
    /// What happened, in the reader's language. A language that has no text yet gets English.
    pub fn meaning_in(&self, locale: &str) -> &'static str {
        if is_french(locale) { self.meaning_fr } else { self.meaning }
    }
}

/// Every code of both rails that we know of: those that a debit can come back with, and those that it should never come
/// back with, which are for a human.
pub fn rules() -> impl Iterator<Item = &'static ReturnRule> {
    ach::RULES.iter().chain(ach_others::RULES).chain(pad::RULES)
}

/// A bank's code, or the processor's own word where it names no code.
///
/// `R01` to `R99` and `900` to `999` are the rails' codes. A word is lower-case letters and underscores, as
/// processors write them (`bank_account_unusable`). Neither can hold an account number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReturnCode(String);

/// The longest word.
const WORD_BYTES_MAX: usize = 64;

impl ReturnCode {
    /// Reads a code. `None` for what is neither a code nor a word.
    pub fn parse(text: &str) -> Option<Self> {
        let code = match text.as_bytes() {
            [b'R' | b'r', tens @ b'0'..=b'9', ones @ b'0'..=b'9'] if (*tens, *ones) != (b'0', b'0') => {
                text.to_ascii_uppercase()
            }
            [b'9', b'0'..=b'9', b'0'..=b'9'] => text.to_owned(),
            [b'a'..=b'z', rest @ ..]
                if (2..WORD_BYTES_MAX).contains(&rest.len()) && rest.iter().all(is_word_byte) =>
            {
                text.to_owned()
            }
            _ => return None,
        };
        Some(Self(code))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What we know of it; `None` for a code that is in no list we have read.
    pub fn rule(&self) -> Option<&'static ReturnRule> {
        rules().find(|rule| rule.code == self.0)
    }

    /// What must follow. A code that nobody here knows goes to a human.
    pub fn consequence(&self) -> Consequence {
        self.rule().map_or(Consequence::Review, |rule| rule.consequence)
    }
}

const fn is_word_byte(byte: &u8) -> bool {
    byte.is_ascii_lowercase() || *byte == b'_'
}

#[cfg(feature = "serde")]
impl serde::Serialize for ReturnCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for ReturnCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a return code"))
    }
}

#[cfg(test)]
mod tests;
