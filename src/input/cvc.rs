//! Security codes: digits and nothing else.

use super::caret::{Edit, Formatted, after_digits, digits_and_caret};

const DIGITS_MAX: usize = 4;

/// Keeps the digits of a security code, at most four.
pub fn format_cvc(raw: &str, caret: usize, _: Edit, _: usize) -> Formatted {
    let (digits, before) = digits_and_caret(raw, caret);
    let mut text = String::with_capacity(DIGITS_MAX);
    text.extend(
        zeroize::Zeroizing::new(digits).iter().take(DIGITS_MAX).map(|value| char::from(b'0' + value)),
    );
    let caret = after_digits(&text, before);
    Formatted { text, caret }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_digits_only() {
        for (raw, caret, shown, after) in
            [("1a2", 2, "12", 1), ("１２３", 3, "123", 3), ("12345", 5, "1234", 4), ("", 0, "", 0)]
        {
            let formatted = format_cvc(raw, caret, Edit::Insert, 0);
            assert_eq!((formatted.text.as_str(), formatted.caret), (shown, after), "{raw}");
        }
    }
}
