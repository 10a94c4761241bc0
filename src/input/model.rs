//! A field without formatting, beside one with: what a person expects to see, for property tests.

use super::{Edit, Formatted};
use proptest::prelude::*;

/// One thing that a person does. Places are fractions of the text, so that every one of them exists.
#[derive(Clone, Debug)]
pub enum Step {
    /// Puts the caret somewhere.
    Click(f64),
    /// Types or pastes.
    Insert(String),
    /// Backspace.
    Backspace,
    /// The delete key.
    Delete,
    /// Selects from the caret to somewhere else and types over it.
    Replace(f64, String),
}

/// Any step.
pub fn step() -> impl Strategy<Value = Step> {
    let text = prop_oneof!["[0-9]", "[0-9]{2,6}", "[0-9]{4} [0-9]{4}", "[0-9a-z -]{0,5}", "[０-９]{1,3}"];
    prop_oneof![
        (0.0..1.0).prop_map(Step::Click),
        text.clone().prop_map(Step::Insert),
        Just(Step::Backspace),
        Just(Step::Delete),
        ((0.0..1.0), text).prop_map(|(place, text)| Step::Replace(place, text)),
    ]
}

/// Both fields.
#[derive(Debug, Default)]
pub struct Field {
    shown: Vec<char>,
    shown_caret: usize,
    /// The plain field: only digits.
    pub digits: Vec<u8>,
    /// The caret of the plain field.
    pub caret: usize,
}

impl Field {
    /// Does a step in both fields.
    pub fn apply(&mut self, step: &Step, format: fn(&str, usize, Edit, usize) -> Formatted) {
        let known = self.digits.len();
        match step {
            Step::Click(place) => {
                self.shown_caret = share(*place, self.shown.len());
                self.caret = self.caret_in_digits();
            }
            Step::Insert(text) => self.insert(self.shown_caret, text, known, format),
            Step::Replace(place, text) => self.insert(share(*place, self.shown.len()), text, known, format),
            Step::Backspace if self.shown_caret > 0 => {
                self.shown.remove(self.shown_caret - 1);
                self.shown_caret -= 1;
                if self.caret > 0 {
                    self.caret -= 1;
                    self.digits.remove(self.caret);
                }
                self.show(Edit::DeleteBackward, known, format);
            }
            Step::Delete if self.shown_caret < self.shown.len() => {
                self.shown.remove(self.shown_caret);
                if self.caret < self.digits.len() {
                    self.digits.remove(self.caret);
                }
                self.show(Edit::DeleteForward, known, format);
            }
            Step::Backspace | Step::Delete => {}
        }
    }

    /// The digits that the formatted field shows.
    pub fn shown_digits(&self) -> Vec<u8> {
        self.shown.iter().filter_map(|character| paydesk_domain::card::digit(*character)).collect()
    }

    /// How many digits stand before the caret of the formatted field.
    pub fn caret_in_digits(&self) -> usize {
        self.shown.iter().take(self.shown_caret).filter(|character| character.is_ascii_digit()).count()
    }

    fn insert(
        &mut self,
        end: usize,
        text: &str,
        known: usize,
        format: fn(&str, usize, Edit, usize) -> Formatted,
    ) {
        let (from, to) = (self.shown_caret.min(end), self.shown_caret.max(end));
        let count = |part: &[char]| part.iter().filter(|character| character.is_ascii_digit()).count();
        let (first, last) = (count(&self.shown[..from]), count(&self.shown[..to]));
        let typed: Vec<u8> = text.chars().filter_map(paydesk_domain::card::digit).collect();
        self.digits.splice(first..last, typed.iter().copied());
        self.digits.truncate(19);
        self.caret = (first + typed.len()).min(self.digits.len());
        self.shown.splice(from..to, text.chars());
        self.shown_caret = from + text.chars().count();
        self.show(Edit::Insert, known, format);
    }

    fn show(&mut self, edit: Edit, known: usize, format: fn(&str, usize, Edit, usize) -> Formatted) {
        let raw: String = self.shown.iter().collect();
        let formatted = format(&raw, self.shown_caret, edit, known);
        self.shown = formatted.text.chars().collect();
        self.shown_caret = formatted.caret;
    }
}

fn share(place: f64, length: usize) -> usize {
    (0..=length)
        .find(|at| {
            f64::from(u32::try_from(*at + 1).unwrap()) / f64::from(u32::try_from(length + 1).unwrap()) > place
        })
        .unwrap_or(length)
}
