//! A bank account's number: known while it comes in, sealed from then on.

use std::ops::RangeInclusive;

use zeroize::Zeroizing;

/// A number. It cannot be printed or cloned, and it is overwritten when dropped.
pub struct AccountNumber(Zeroizing<String>);

impl AccountNumber {
    /// Reads a number with so many digits, and nothing but digits.
    pub fn parse(text: &str, lengths: RangeInclusive<usize>) -> Option<Self> {
        let is_number = lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The last four digits, the only part that may be shown and kept.
    pub fn last4(&self) -> String {
        let from = self.0.len().saturating_sub(4);
        self.0.get(from..).unwrap_or_default().to_owned()
    }

    /// The digits, for the vault.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The same number with other last digits, as a bank corrects it.
    pub fn with_last(&self, digits: &str) -> Option<Self> {
        let kept = self.0.get(..self.0.len().checked_sub(digits.len())?)?;
        let number = Zeroizing::new(format!("{kept}{digits}"));
        Self::parse(&number, 1..=17)
    }
}

impl std::fmt::Debug for AccountNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccountNumber(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_four_digits_and_takes_others() {
        let number = AccountNumber::parse("000123456789", 4..=17).unwrap();
        assert_eq!(number.last4(), "6789");
        assert_eq!(format!("{number:?}"), "AccountNumber(redacted)");
        assert_eq!(number.with_last("0001").unwrap().reveal(), "000123450001");
        assert!(number.with_last("00012345678901").is_none() && number.with_last("x").is_none());
        for wrong in ["123", "123456789012345678", "12345x", "12 345", "१२३४५"] {
            assert!(AccountNumber::parse(wrong, 4..=17).is_none(), "{wrong}");
        }
    }
}
