//! Checks a bank account as it comes in.

use std::ops::RangeInclusive;

/// How many digits a US account number has.
pub const ACH_LENGTHS: RangeInclusive<usize> = 4..=17;
/// How many digits a Canadian account number has.
pub const PAD_LENGTHS: RangeInclusive<usize> = 7..=12;

/// Whether a text is so many digits.
pub fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is a US routing number: nine digits, weighted 3, 7 and 1 in turn, make a multiple of ten (the
/// American Bankers Association's check). Nine zeros pass the check and belong to no bank.
pub fn is_routing_number(text: &str) -> bool {
    let sum: u32 = text
        .bytes()
        .zip([3, 7, 1].into_iter().cycle())
        .map(|(byte, weight)| u32::from(byte % 16) * weight)
        .sum();
    is_digits(text, 9) && sum > 0 && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_routing_numbers() {
        for good in ["110000000", "021000021", "122105278", "011401533"] {
            assert!(is_routing_number(good), "{good}");
        }
        for wrong in ["110000001", "021000012", "000000000", "11000000", "1100000000", "11000000x", ""] {
            assert!(!is_routing_number(wrong), "{wrong}");
        }
    }
}
