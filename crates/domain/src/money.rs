//! Money as integer minor units with its currency, and exact splits.

use std::fmt;
use std::str::FromStr;

/// An ISO 4217 currency code, for example `CAD`.
///
/// Any three ASCII letters are accepted: the list of codes changes, and a charge in a currency that
/// the processor does not know is refused there. What must be right here is [`Currency::exponent`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The Canadian dollar.
    pub const CAD: Self = Self(*b"CAD");
    /// The US dollar.
    pub const USD: Self = Self(*b"USD");

    /// The code in capital letters.
    pub fn code(&self) -> &str {
        // The constructor admits ASCII letters only.
        str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many decimal digits the minor unit has (ISO 4217, amendment 180).
    ///
    /// This is the currency's own exponent. Processors differ for a few currencies (Stripe counts
    /// `UGX` and `ISK` with two), which is a matter of their adapters.
    pub fn exponent(&self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF"
            | b"UGX" | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            b"CLF" | b"UYW" => 4,
            _ => 2,
        }
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    /// Reads a code of three ASCII letters in any case.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        match text.as_bytes() {
            [a, b, c] if text.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                Ok(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase(), c.to_ascii_uppercase()]))
            }
            _ => Err(MoneyError::UnknownCurrency),
        }
    }
}

/// What can go wrong with money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two amounts of different currencies met.
    #[error("amounts of different currencies cannot be combined")]
    CurrencyMismatch,
    /// The result does not fit 64 bits.
    #[error("the amount is too large")]
    Overflow,
    /// Not a currency code.
    #[error("a currency is three letters, such as CAD")]
    UnknownCurrency,
    /// Not an amount, or with more decimals than the currency has.
    #[error("not an amount of this currency")]
    InvalidAmount,
    /// A split into no parts, or with weights that sum to zero.
    #[error("an amount cannot be split into nothing")]
    NothingToSplitInto,
}

/// An amount in minor units (cents) of one currency. May be negative: a refund, a credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// An amount of `minor` units.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Reads a decimal such as `12.50`, with at most as many decimals as the currency has.
    ///
    /// # Errors
    /// [`MoneyError::InvalidAmount`] for anything else, [`MoneyError::Overflow`] beyond 64 bits.
    pub fn parse_decimal(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let places = usize::try_from(currency.exponent()).map_err(|_| MoneyError::Overflow)?;
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || fraction.len() > places || !all_digits(whole) || !all_digits(fraction) {
            return Err(MoneyError::InvalidAmount);
        }
        let text = format!("{}{whole}{fraction:0<places$}", if negative { "-" } else { "" });
        let minor = text.parse().map_err(|_| MoneyError::Overflow)?;
        Ok(Self { minor, currency })
    }

    /// Reads an amount as a person types it: `25`, `25.5`, `25,50`, `$1,000.00`, `1 000,00`. The last point or comma is the
    /// decimal one, unless three digits follow it where the currency has fewer. `None` for anything else.
    pub fn read_typed(text: &str, currency: Currency) -> Option<Self> {
        let (mut number, mut digits, mut decimals) = (0_i64, 0, None);
        for character in text.chars() {
            match (crate::card::digit(character), character) {
                (Some(digit), _) => {
                    number = number.checked_mul(10)?.checked_add(digit.into())?;
                    digits += 1;
                    decimals = decimals.map(|decimals: u32| decimals + 1);
                }
                (None, '.' | ',') => decimals = Some(0),
                (None, '$' | '€' | '£' | '\'' | '’') => {}
                (None, other) if other.is_whitespace() => {}
                _ => return None,
            }
        }
        let decimals = match decimals.unwrap_or_default() {
            3 if currency.exponent() < 3 => 0,
            decimals => decimals,
        };
        let scale = 10_i64.checked_pow(currency.exponent().checked_sub(decimals)?)?;
        let minor = number.checked_mul(scale)?;
        (digits > 0).then_some(Self { minor, currency })
    }

    /// The amount in minor units.
    pub const fn minor(&self) -> i64 {
        self.minor
    }

    /// The currency.
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// True for amounts above zero.
    pub const fn is_positive(&self) -> bool {
        self.minor > 0
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`] or [`MoneyError::Overflow`].
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The difference.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`] or [`MoneyError::Overflow`].
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// Splits by weights, exact to the minor unit, by largest remainder.
    ///
    /// The parts always sum to the whole. Units that do not divide go, one each, to the parts with the
    /// largest remainders; among equals, to the earlier part, so that a first installment is never the
    /// smaller one. A negative amount is split as the mirror image of the positive one.
    ///
    /// # Errors
    /// [`MoneyError::NothingToSplitInto`] without a weight above zero.
    pub fn split(self, weights: &[u32]) -> Result<Vec<Self>, MoneyError> {
        let total: i128 = weights.iter().copied().map(i128::from).sum();
        if total == 0 {
            return Err(MoneyError::NothingToSplitInto);
        }
        let sign = if self.minor < 0 { -1 } else { 1 };
        let whole = i128::from(self.minor) * sign;
        let mut parts: Vec<i128> = Vec::with_capacity(weights.len());
        let mut remainders: Vec<(i128, usize)> = Vec::with_capacity(weights.len());
        for (index, weight) in weights.iter().copied().enumerate() {
            let product = whole * i128::from(weight);
            parts.push(product / total);
            remainders.push((product % total, index));
        }
        remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut left = whole - parts.iter().sum::<i128>();
        for (_, index) in remainders {
            if left == 0 {
                break;
            }
            if let Some(part) = parts.get_mut(index) {
                *part += 1;
                left -= 1;
            }
        }
        parts
            .into_iter()
            .map(|part| {
                let minor = i64::try_from(part * sign).map_err(|_| MoneyError::Overflow)?;
                Ok(Self { minor, currency: self.currency })
            })
            .collect()
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::CurrencyMismatch) }
    }
}

/// `12.50 CAD`: for logs and documents. What a person reads is formatted for their locale.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = self.currency.exponent();
        let scale = 10_u64.pow(exponent);
        let sign = if self.minor < 0 { "-" } else { "" };
        let magnitude = self.minor.unsigned_abs();
        let whole = magnitude / scale;
        if exponent == 0 {
            return write!(f, "{sign}{whole} {}", self.currency);
        }
        let width = usize::try_from(exponent).unwrap_or(2);
        write!(f, "{sign}{whole}.{:0width$} {}", magnitude % scale, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cad(minor: i64) -> Money {
        Money::new(minor, Currency::CAD)
    }

    #[test]
    fn reads_what_people_type() {
        let yen: Currency = "JPY".parse().unwrap();
        for (text, currency, minor) in [
            ("25", Currency::CAD, Some(2_500)),
            (" 25.5 ", Currency::CAD, Some(2_550)),
            ("25,50", Currency::CAD, Some(2_550)),
            ("$1,000.00", Currency::CAD, Some(100_000)),
            ("1 000,00\u{a0}$", Currency::CAD, Some(100_000)),
            ("1.000", Currency::CAD, Some(100_000)),
            ("1’000.05", Currency::CAD, Some(100_005)),
            ("25.", Currency::CAD, Some(2_500)),
            (".5", Currency::CAD, Some(50)),
            ("1,000", yen, Some(1_000)),
            ("1.5", yen, None),
            ("25.1234", Currency::CAD, None),
            ("-25", Currency::CAD, None),
            ("", Currency::CAD, None),
            (",", Currency::CAD, None),
            ("ten", Currency::CAD, None),
            ("99999999999999999999", Currency::CAD, None),
        ] {
            assert_eq!(Money::read_typed(text, currency).map(|money| money.minor()), minor, "{text}");
        }
    }

    #[test]
    fn reads_and_writes_decimals() {
        let yen: Currency = "jpy".parse().unwrap();
        let dinar: Currency = "KWD".parse().unwrap();
        for (text, currency, minor) in [
            ("12.5", Currency::CAD, 1250),
            ("-0.05", Currency::USD, -5),
            ("300", yen, 300),
            ("1.005", dinar, 1005),
        ] {
            assert_eq!(Money::parse_decimal(text, currency), Ok(Money::new(minor, currency)), "{text}");
        }
        for text in ["", ".", ".5", "1.234", "1,5", "1e3", "١٢", "--1", "1.-5"] {
            assert_eq!(Money::parse_decimal(text, Currency::CAD), Err(MoneyError::InvalidAmount), "{text}");
        }
        assert_eq!(Money::parse_decimal("1.5", yen), Err(MoneyError::InvalidAmount));
        assert_eq!(Money::parse_decimal("99999999999999999999", yen), Err(MoneyError::Overflow));
        assert_eq!(cad(-5).to_string(), "-0.05 CAD");
        assert_eq!(Money::new(1005, dinar).to_string(), "1.005 KWD");
        assert_eq!(Money::new(300, yen).to_string(), "300 JPY");
    }

    #[test]
    fn first_parts_take_the_extra_units() {
        assert_eq!(cad(1000).split(&[1, 1, 1]).unwrap(), [cad(334), cad(333), cad(333)]);
        assert_eq!(cad(-1000).split(&[1, 1, 1]).unwrap(), [cad(-334), cad(-333), cad(-333)]);
        assert_eq!(cad(100).split(&[0, 1]).unwrap(), [cad(0), cad(100)]);
        assert_eq!(cad(100).split(&[]), Err(MoneyError::NothingToSplitInto));
        assert_eq!(cad(100).split(&[0, 0]), Err(MoneyError::NothingToSplitInto));
    }

    #[test]
    fn currencies_never_mix() {
        let usd = Money::new(1, Currency::USD);
        assert_eq!(cad(1).checked_add(usd), Err(MoneyError::CurrencyMismatch));
        assert_eq!(cad(1).checked_sub(usd), Err(MoneyError::CurrencyMismatch));
        assert_eq!(cad(i64::MAX).checked_add(cad(1)), Err(MoneyError::Overflow));
        assert_eq!("C4D".parse::<Currency>(), Err(MoneyError::UnknownCurrency));
    }

    proptest! {
        #[test]
        fn a_split_is_exact_and_fair(minor in any::<i64>(), weights in prop::collection::vec(0u32..1000, 1..24)) {
            prop_assume!(weights.iter().any(|weight| *weight > 0));
            let parts = cad(minor).split(&weights).unwrap();
            let sum: i128 = parts.iter().map(|part| i128::from(part.minor())).sum();
            prop_assert_eq!(sum, i128::from(minor));
            let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            for (part, weight) in parts.iter().zip(&weights) {
                let off = i128::from(part.minor()) * total - i128::from(minor) * i128::from(*weight);
                prop_assert!(off.abs() < total, "no part is a whole unit away from its fair share");
            }
        }

        #[test]
        fn display_reads_back(minor in any::<i64>()) {
            let text = cad(minor).to_string();
            let decimal = text.strip_suffix(" CAD").unwrap();
            prop_assert_eq!(Money::parse_decimal(decimal, Currency::CAD), Ok(cad(minor)));
        }
    }
}
