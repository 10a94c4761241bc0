use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

/// Every code that could be written, of both rails.
fn every_code() -> Vec<String> {
    (1..=99)
        .map(|number| format!("R{number:02}"))
        .chain((900..=999).map(|number| number.to_string()))
        .collect()
}

fn codes_where(wanted: impl Fn(&ReturnRule) -> bool) -> Vec<&'static str> {
    rules().filter(|rule| wanted(rule)).map(|rule| rule.code).collect()
}

/// Positive control: giving any other code `Retry` in its table makes the first comparison fail.
#[test]
fn only_lack_of_money_is_tried_again() {
    let retried: Vec<String> = every_code()
        .into_iter()
        .filter(|code| ReturnCode::parse(code).unwrap().consequence() == Consequence::Retry)
        .collect();
    assert_eq!(retried, ["R01", "R09", "901", "908"]);
}

/// What the rules and the processors' matrices call final must not even be left to somebody's judgement.
#[test]
fn what_is_final_is_neither_retried_nor_reviewed() {
    for code in [
        "R02", "R03", "R04", "R07", "R08", "R10", "R16", "R20", "R29", "902", "905", "907", "909", "910",
        "911", "912", "915", "917", "920",
    ] {
        let consequence = ReturnCode::parse(code).unwrap().consequence();
        assert!(!matches!(consequence, Consequence::Retry | Consequence::Review), "{code} {consequence:?}");
    }
}

#[test]
fn codes_that_nobody_here_knows_go_to_a_human() {
    let known: HashSet<&str> = rules().map(|rule| rule.code).collect();
    let unknown: Vec<String> =
        every_code().into_iter().filter(|code| !known.contains(code.as_str())).collect();
    assert!(unknown.len() > 100);
    for text in unknown.iter().map(String::as_str).chain(["bank_account_unusable", "debit_not_authorized"]) {
        let code = ReturnCode::parse(text).unwrap();
        assert_eq!((code.rule(), code.consequence()), (None, Consequence::Review), "{text}");
    }
}

#[test]
fn rates_are_counted_as_nacha_does() {
    let unauthorized = codes_where(|rule| rule.rate == Some(RateLevel::Unauthorized));
    assert_eq!(unauthorized, ["R05", "R07", "R10", "R11", "R29", "R51"]);
    let administrative = codes_where(|rule| rule.rate == Some(RateLevel::Administrative));
    assert_eq!(administrative, ["R02", "R03", "R04"]);
}

#[test]
fn the_long_windows_are_those_of_claims() {
    let long = codes_where(|rule| matches!(rule.window, ReturnWindow::CalendarDays(60 | 90)));
    let claims =
        ["R05", "R07", "R10", "R11", "R33", "R37", "R38", "R51", "R52", "R53", "915", "916", "917", "918"];
    assert_eq!(long, claims);
}

#[test]
fn every_row_is_complete_and_its_own() {
    let mut codes = HashSet::new();
    for rule in rules() {
        let code = ReturnCode::parse(rule.code).unwrap();
        assert_eq!((code.as_str(), code.rule()), (rule.code, Some(rule)));
        assert!(codes.insert(rule.code), "{} twice", rule.code);
        assert_eq!(rule.rail == Rail::Ach, rule.code.starts_with('R'), "{}", rule.code);
        assert!(rule.source.contains("2026-11") || rule.source.starts_with("[M]"), "{}", rule.code);
        for text in [rule.meaning, rule.meaning_fr] {
            assert!(text.ends_with('.') && text.len() > 15, "{}: {text}", rule.code);
            for jargon in ["RDFI", "ODFI", "DFI", "SEC ", "entry", "  ", "'", " :", " ;"] {
                assert!(!text.contains(jargon), "{}: {jargon} in {text}", rule.code);
            }
        }
        assert_ne!(rule.meaning_in("fr-CA"), rule.meaning_in("en-CA"));
    }
    for number in (1..=47).chain(50..=53).chain([61, 62]).chain(67..=77).chain(80..=85) {
        assert!(codes.contains(format!("R{number:02}").as_str()), "R{number:02}");
    }
    for number in (900..=922).filter(|number| ![906, 913].contains(number)).chain([990]) {
        assert!(codes.contains(number.to_string().as_str()), "{number}");
    }
}

#[test]
fn debits_run_on_the_rail_of_their_currency() {
    assert_eq!(Rail::of_currency(Currency::USD), Some(Rail::Ach));
    assert_eq!(Rail::of_currency(Currency::CAD), Some(Rail::Pad));
    assert_eq!(Rail::of_currency("EUR".parse().unwrap()), None);
}

#[test]
fn reads_codes_and_words_only() {
    assert_eq!(ReturnCode::parse("r09").unwrap().as_str(), "R09");
    let long = "a".repeat(65);
    for wrong in
        ["", "R1", "R00", "R001", "R0x", "800", "90", "9011", "901 ", "ab", "Bank_unusable", "a1_b", &long]
    {
        assert_eq!(ReturnCode::parse(wrong), None, "{wrong}");
    }
    assert!(ReturnCode::parse(&"a".repeat(64)).is_some());
}

proptest! {
    /// A code is kept, logged and shown: no number of an account or a card may hide in it.
    #[test]
    fn no_account_number_fits(text in "[Rr9a-z_]{0,3}[0-9 _-]{0,20}[a-z_]{0,5}") {
        if let Some(code) = ReturnCode::parse(&text) {
            let digits = code.as_str().bytes().filter(u8::is_ascii_digit).count();
            prop_assert!(digits <= 3);
        }
    }
}

#[cfg(feature = "serde")]
#[test]
fn travels_as_text() {
    let code = ReturnCode::parse("R10").unwrap();
    assert_eq!(serde_json::to_string(&code).unwrap(), "\"R10\"");
    assert_eq!(serde_json::from_str::<ReturnCode>("\"R10\"").unwrap(), code);
    assert!(serde_json::from_str::<ReturnCode>("\"R1\"").is_err());
}
