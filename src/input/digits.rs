//! Security codes and the numbers of bank accounts: digits and nothing else.

use super::caret::{Edit, Formatted, after_digits, digits_and_caret};

/// Keeps the digits, at most `digits_max` of them.
pub fn format_digits(raw: &str, caret: usize, _: Edit, digits_max: usize) -> Formatted {
    let (digits, before) = digits_and_caret(raw, caret);
    let mut text = String::with_capacity(digits_max);
    text.extend(
        zeroize::Zeroizing::new(digits).iter().take(digits_max).map(|value| char::from(b'0' + value)),
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
            let formatted = format_digits(raw, caret, Edit::Insert, 4);
            assert_eq!((formatted.text.as_str(), formatted.caret), (shown, after), "{raw}");
        }
    }
}
