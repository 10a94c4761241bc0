//! An organization's own words: whichever comes first, the session or a language's words, and in every language.

use paydesk_words::{ENGLISH, FRENCH, Table};

use super::*;
use crate::i18n::{Locale, Strings};

fn own(table: Table, word: &str) -> String {
    table.own_file(&[("pay".to_owned(), word.to_owned())].into()).unwrap()
}

fn worded(words: &[String]) -> Action {
    let view = told(SessionStatus::Open, vec![method("pm_a", false)], None);
    Action::Loaded(Rc::new(CheckoutView { words: (!words.is_empty()).then(|| words.join("\n")), ..view }))
}

fn french() -> Action {
    Action::Words(Strings::english().learn(FRENCH.file()))
}

/// What the button says in each language.
fn says(state: &Checkout) -> [&'static str; 2] {
    ["en-CA", "fr-CA"].map(|tag| Locale::parse(tag, state.words, state.english()).strings().pay())
}

/// Positive control: without `take_own_words` in `apply`, or in `open`, one of the two orders fails (tried).
#[test]
fn own_words_are_said_whichever_comes_first() {
    let both = || worded(&[own(ENGLISH, "Donate {0}"), own(FRENCH, "Verser {0}")]);
    let wanted = ["Donate {0}", "Verser {0}"];
    assert_eq!(says(&after([both(), french()])), wanted);
    assert_eq!(says(&after([french(), both()])), wanted);
    assert_eq!(says(&after([french(), both(), Action::Reload, both()])), wanted, "asked for once more");
    assert_eq!(says(&after([both(), french(), french()])), wanted, "learned once more");
}

#[test]
fn each_language_has_only_its_own() {
    let said = |words: &[String]| says(&after([worded(words), french()]));
    assert_eq!(said(&[]), [ENGLISH.pay, FRENCH.pay]);
    assert_eq!(said(&[own(FRENCH, "Verser {0}")]), [ENGLISH.pay, "Verser {0}"]);
    assert_eq!(said(&[own(ENGLISH, "Donate {0}")]), ["Donate {0}", FRENCH.pay]);
    // Words that did not come, and of languages that nobody speaks here, are English, and the organization's.
    let state = after([worded(&[own(ENGLISH, "Donate {0}"), own(FRENCH, "Verser {0}")])]);
    assert_eq!(says(&state), ["Donate {0}", "Donate {0}"]);
    assert_eq!(Locale::parse("de", state.words, state.english()).strings().pay(), "Donate {0}");
    // Nothing of it outlives the checkout: the next one may be another organization's.
    assert_eq!(says(&after([worded(&[]), french()])), [ENGLISH.pay, FRENCH.pay]);
}
