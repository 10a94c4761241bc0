//! Card numbers in the groups of their scheme.

use paydesk_domain::card::{Brand, DIGITS_MAX};
use zeroize::Zeroizing;

use super::caret::{Edit, Formatted, after_digits, delete_through, digits_and_caret};

/// Formats a card number. `known` is how many digits the field had before the edit.
///
/// Digits of either width, spaces, dashes and letters may come in; up to 19 digits come out, in the groups of the
/// scheme. The caret stays between the same digits.
pub fn format_number(raw: &str, caret: usize, edit: Edit, known: usize) -> Formatted {
    let (digits, mut before) = digits_and_caret(raw, caret);
    let mut digits = Zeroizing::new(digits);
    delete_through(&mut digits, &mut before, edit, known);
    digits.truncate(DIGITS_MAX);
    let gaps = Brand::detect(&digits).gaps();
    let mut text = String::with_capacity(DIGITS_MAX + gaps.len());
    for (place, value) in digits.iter().enumerate() {
        if gaps.contains(&place) {
            text.push(' ');
        }
        text.push(char::from(b'0' + value));
    }
    let caret = after_digits(&text, before);
    Formatted { text, caret }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::model;
    use proptest::prelude::*;

    fn inserted(raw: &str) -> String {
        format_number(raw, raw.encode_utf16().count(), Edit::Insert, 0).text
    }

    #[test]
    fn groups_as_on_the_card() {
        for (raw, shown) in [
            ("", ""),
            ("4", "4"),
            ("4242", "4242"),
            ("42424", "4242 4"),
            ("4242-4242-4242-4242", "4242 4242 4242 4242"),
            ("４２４２４２４２", "4242 4242"),
            ("Card: 4242\u{a0}4242 4242 4242.", "4242 4242 4242 4242"),
            ("378282246310005", "3782 822463 10005"),
            ("36227206271667", "3622 720627 1667"),
            ("4242424242424242424242", "4242 4242 4242 4242 424"),
            ("😀4", "4"),
        ] {
            assert_eq!(inserted(raw), shown, "{raw}");
        }
    }

    #[test]
    fn deleting_a_space_deletes_the_digit_beside_it() {
        // `4242 |4`, then Backspace took the space.
        let backward = format_number("42424", 4, Edit::DeleteBackward, 5);
        assert_eq!((backward.text.as_str(), backward.caret), ("4244", 3));
        // `4242| 4`, then Delete took the space.
        let forward = format_number("42424", 4, Edit::DeleteForward, 5);
        assert_eq!((forward.text.as_str(), forward.caret), ("4242", 4));
    }

    #[test]
    fn a_wide_character_before_the_caret_counts_as_the_browser_counts() {
        let formatted = format_number("😀42", 3, Edit::Insert, 0);
        assert_eq!((formatted.text.as_str(), formatted.caret), ("42", 1));
    }

    proptest! {
        /// Whatever is typed, pasted and deleted, and wherever: the field shows the digits that a plain field
        /// without formatting would hold, and the caret stands between the same two of them.
        /// Positive control: counting the caret in characters instead of digits fails within a few cases.
        #[test]
        fn digits_and_caret_survive_any_editing(steps in prop::collection::vec(model::step(), 1..40)) {
            let mut field = model::Field::default();
            for step in steps {
                field.apply(&step, format_number);
                prop_assert_eq!(field.shown_digits(), field.digits.clone());
                prop_assert_eq!(field.caret_in_digits(), field.caret);
            }
        }
    }
}
