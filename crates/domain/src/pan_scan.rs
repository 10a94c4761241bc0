//! Finds what looks like a card number in a text, so that a request that holds one can be refused unread.
//!
//! Looked for is 13 to 19 digits with a valid check digit (ISO/IEC 7812-1), with anything between groups that the
//! card parser skips as well. A number is also found when other groups stand next to it (`4242 4242 4242 4242 03 30`), and
//! inside a longer string of digits when its scheme and length fit (`4242424242424242123` typed together with
//! the code). Everything else about it is deliberately simple: a false alarm costs a clear error message,
//! a miss puts a card number into a database.

use crate::card::{Brand, digit, is_separator, passes_luhn};

const DIGITS_MIN: usize = 13;
const DIGITS_MAX: usize = 19;
/// What ends a candidate however it goes on, so that a hostile text costs linear time.
const RUN_DIGITS_MAX: usize = 256;

/// True when the text holds something that looks like a card number.
pub fn holds_card_number(text: &str) -> bool {
    let mut run = Run::default();
    for character in text.chars() {
        match digit(character) {
            Some(value) => {
                run.push(value);
                if run.digits.len() >= RUN_DIGITS_MAX {
                    if run.holds_card_number() {
                        return true;
                    }
                    run.keep_tail();
                }
            }
            // A form spells a space as a plus.
            None if is_separator(character) || character == '+' => run.end_group(),
            None => {
                if run.holds_card_number() {
                    return true;
                }
                run = Run::default();
            }
        }
    }
    run.holds_card_number()
}

/// Digits with nothing but separators between them, and where each group of them begins.
#[derive(Default)]
struct Run {
    digits: Vec<u8>,
    group_starts: Vec<usize>,
    in_group: bool,
}

impl Run {
    fn push(&mut self, value: u8) {
        if !self.in_group {
            self.group_starts.push(self.digits.len());
            self.in_group = true;
        }
        self.digits.push(value);
    }

    fn end_group(&mut self) {
        self.in_group = false;
    }

    /// Forgets all but what a number could still begin with.
    fn keep_tail(&mut self) {
        let cut = self.digits.len() - DIGITS_MAX;
        self.digits.drain(..cut);
        self.group_starts = self.group_starts.iter().filter_map(|start| start.checked_sub(cut)).collect();
        if self.group_starts.first() != Some(&0) {
            self.group_starts.insert(0, 0);
        }
    }

    fn holds_card_number(&self) -> bool {
        if self.digits.len() < DIGITS_MIN {
            return false;
        }
        let ends = || self.group_starts.iter().skip(1).copied().chain([self.digits.len()]);
        let between_groups = self.group_starts.iter().any(|start| {
            ends().any(|end| {
                let window = self.digits.get(*start..end).unwrap_or_default();
                (DIGITS_MIN..=DIGITS_MAX).contains(&window.len()) && passes_luhn(window)
            })
        });
        between_groups
            || self
                .group_starts
                .iter()
                .zip(ends())
                .any(|(start, end)| holds_known_scheme(self.digits.get(*start..end).unwrap_or_default()))
    }
}

/// Looks inside one unbroken group for a number of a known scheme with a usual length.
fn holds_known_scheme(group: &[u8]) -> bool {
    (0..group.len()).any(|start| {
        let rest = group.get(start..).unwrap_or_default();
        let brand = Brand::detect(rest.get(..4).unwrap_or_default());
        brand != Brand::Unknown && rest.get(..brand.usual_length()).is_some_and(passes_luhn)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{AttemptId, InvoiceId, spell_secret};
    use proptest::prelude::*;

    const NUMBERS: [&str; 12] = [
        "4242424242424242",
        "5555555555554444",
        "2223003122003222",
        "378282246310005",
        "6011111111111117",
        "3566002020360505",
        "36227206271667",
        "30569309025904",
        "6200000000000005",
        "4000000000000002",
        "4222222222222",
        "6205500000000000004",
    ];

    fn spellings(number: &str) -> Vec<String> {
        let groups = |separator: &str| {
            let digits: Vec<char> = number.chars().collect();
            let groups: Vec<String> = digits.chunks(4).map(|group| group.iter().collect()).collect();
            groups.join(separator)
        };
        let wide = number.chars().map(|c| char::from_u32(u32::from(c) - 0x30 + 0xFF10).unwrap()).collect();
        vec![number.to_owned(), groups(" "), groups("-"), groups("\u{a0}"), groups(" - "), wide]
    }

    #[test]
    fn finds_every_spelling_in_every_surrounding() {
        for number in NUMBERS {
            for spelling in spellings(number) {
                for text in [
                    spelling.clone(),
                    format!("{{\"note\":\"card {spelling} exp 03/30\"}}"),
                    format!("card={spelling}&x=1"),
                    format!("{spelling} 03 30 123"),
                    format!("2026-11-23 {spelling}"),
                    format!("x{spelling}x"),
                ] {
                    assert!(holds_card_number(&text), "{text}");
                }
            }
            let values: Vec<u8> = number.bytes().map(|byte| byte - b'0').collect();
            if number.len() == Brand::detect(&values).usual_length() {
                assert!(
                    holds_card_number(&format!("00{number}123")),
                    "inside a longer string of digits: {number}"
                );
                let long = "1".repeat(400);
                assert!(holds_card_number(&format!("{long}{number}")), "after a long one: {number}");
            }
        }
    }

    /// Positive control: with a list of separators of its own, as it was once, this misses the line end, U+200A and U+FF0D.
    #[test]
    fn finds_whatever_the_card_parser_reads() {
        let separators: Vec<char> = ('\0'..=char::MAX).filter(|character| is_separator(*character)).collect();
        assert!(separators.len() > 30, "spaces, line ends and dashes: {separators:?}");
        for separator in separators {
            for number in ["4242424242424242", "378282246310005", "30569309025904"] {
                let digits: Vec<char> = number.chars().collect();
                let groups: Vec<String> = digits.chunks(4).map(|group| group.iter().collect()).collect();
                let spelled = groups.join(&separator.to_string());
                assert!(crate::card::Pan::parse(&spelled).is_ok(), "{spelled:?}");
                assert!(holds_card_number(&format!("note: {spelled}.")), "{spelled:?}");
            }
        }
    }

    /// What requests of ours hold without any card number.
    #[test]
    fn leaves_ordinary_texts_alone() {
        for text in [
            "",
            "4242",
            "2026-11-23T10:00:00.123456789Z",
            "+1 514 555 0100",
            "192.168.10.10, 10.0.0.1",
            "{\"amount\":1234567,\"exp_year\":2030}",
            "4242424242424241",
            "INV-2026-000123",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36",
        ] {
            assert!(!holds_card_number(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn our_ids_and_secrets_never_trip_it(millis in 0i64..200_000_000_000_000, random in any::<u128>(), bytes in prop::collection::vec(any::<u8>(), 80)) {
            let now = jiff::Timestamp::from_millisecond(millis).unwrap();
            let secret = spell_secret(&bytes, 45).unwrap_or_default();
            let text = format!("/v1/invoices/{} {} cs_{secret}", InvoiceId::new(now, random), AttemptId::new(now, random));
            prop_assert!(!holds_card_number(&text));
        }

        #[test]
        fn never_panics(text in "[0-9 \\-]{0,600}") {
            holds_card_number(&text);
        }
    }
}
