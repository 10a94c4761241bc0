//! Expiry dates as they stand on the card: `03 / 30`.

use super::caret::{Edit, Formatted, after_digits, delete_through, digits_and_caret};

const SEPARATOR: &str = " / ";
/// Two for the month, up to four for the year.
const DIGITS_MAX: usize = 6;

/// Formats an expiry. `known` is how many digits the field had before the edit.
///
/// `3/30`, `0330`, `03-2030` and `2030-03` (what some password managers fill in) all come out as on the card. A
/// month that can only have one digit gets its zero: `3` becomes `03`.
pub fn format_expiry(raw: &str, caret: usize, edit: Edit, known: usize) -> Formatted {
    let (mut digits, mut before) = digits_and_caret(raw, caret);
    let inserting = edit == Edit::Insert;
    let mut separated = false;
    if inserting {
        if year_first(raw) {
            digits.rotate_left(4);
            before = digits.len();
        }
        let typed = || raw.chars().skip_while(|character| character.is_whitespace());
        let is_digit = |character: &char| paydesk_domain::card::digit(*character).is_some();
        let month_digits = typed().take_while(is_digit).count();
        separated = month_digits > 0 && typed().count() > month_digits;
        let needs_zero = digits.first().is_some_and(|first| *first > 1) || (month_digits == 1 && separated);
        if needs_zero && known < 2 {
            digits.insert(0, 0);
            before += usize::from(before > 0);
        }
    } else {
        delete_through(&mut digits, &mut before, edit, known);
    }
    digits.truncate(DIGITS_MAX);
    let mut text = String::with_capacity(DIGITS_MAX + SEPARATOR.len());
    for (place, value) in digits.iter().enumerate() {
        if place == 2 {
            text.push_str(SEPARATOR);
        }
        text.push(char::from(b'0' + value));
    }
    // The separator shows as soon as the person typed one, or once the month is typed to its end.
    if inserting && digits.len() == 2 && (separated || known < 2) {
        text.push_str(SEPARATOR);
        if before == 2 {
            return Formatted { caret: text.len(), text };
        }
    }
    let caret = after_digits(&text, before);
    Formatted { text, caret }
}

/// True for `2030-03`: a year of this century, a separator, a month.
fn year_first(raw: &str) -> bool {
    match raw.trim().as_bytes() {
        [b'2', b'0', year @ .., b'-' | b'/' | b'.', tens, ones] if year.len() == 2 => {
            year.iter().chain([tens, ones]).all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use paydesk_domain::card::Expiry;
    use proptest::prelude::*;

    /// Types a text key by key at the end, as a person does.
    fn typed(keys: &str) -> Formatted {
        let mut field = Formatted { text: String::new(), caret: 0 };
        for key in keys.chars() {
            let known = field.text.bytes().filter(u8::is_ascii_digit).count();
            field.text.insert(field.caret, key);
            field = format_expiry(&field.text, field.caret + 1, Edit::Insert, known);
        }
        field
    }

    #[test]
    fn typing_ends_as_on_the_card() {
        for (keys, shown) in [
            ("0", "0"),
            ("03", "03 / "),
            ("033", "03 / 3"),
            ("0330", "03 / 30"),
            ("3", "03 / "),
            ("330", "03 / 30"),
            ("3/30", "03 / 30"),
            ("1", "1"),
            ("1/", "01 / "),
            ("1/30", "01 / 30"),
            ("12", "12 / "),
            ("12/30", "12 / 30"),
            ("03/2030", "03 / 2030"),
            ("03 / 30", "03 / 30"),
            ("0330999", "03 / 3099"),
        ] {
            let field = typed(keys);
            assert_eq!(field.text, shown, "{keys}");
            assert_eq!(field.caret, shown.len(), "{keys}: the caret stays at the end");
        }
    }

    #[test]
    fn filled_in_at_once() {
        for (raw, shown) in [
            ("2030-03", "03 / 2030"),
            ("03/30", "03 / 30"),
            ("0330", "03 / 30"),
            ("3/2030", "03 / 2030"),
            ("０３／３０", "03 / 30"),
        ] {
            assert_eq!(format_expiry(raw, raw.chars().count(), Edit::Insert, 0).text, shown, "{raw}");
        }
    }

    #[test]
    fn backspace_goes_all_the_way() {
        let mut field = typed("0330");
        for shown in ["03 / 3", "03", "0", ""] {
            let known = field.text.bytes().filter(u8::is_ascii_digit).count();
            field.text.remove(field.caret - 1);
            field = format_expiry(&field.text, field.caret - 1, Edit::DeleteBackward, known);
            assert_eq!((field.text.as_str(), field.caret), (shown, shown.len()));
        }
    }

    proptest! {
        #[test]
        fn any_month_reads_back(year in 2026u16..2076, month in 1u8..=12, long in any::<bool>()) {
            let keys = if long { format!("{month:02}{year}") } else { format!("{month:02}{:02}", year % 100) };
            prop_assert_eq!(Expiry::parse(&typed(&keys).text), Expiry::new(year, month));
        }

        #[test]
        fn never_panics(raw in "\\PC{0,20}", caret in 0usize..30, known in 0usize..8) {
            for edit in [Edit::Insert, Edit::DeleteBackward, Edit::DeleteForward] {
                let formatted = format_expiry(&raw, caret, edit, known);
                prop_assert!(formatted.caret <= formatted.text.len());
            }
        }
    }
}
