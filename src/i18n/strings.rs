//! The words that a payer reads, found by their names. English is in the program; the words of another language are
//! learned from its file.

use std::cell::OnceCell;

macro_rules! strings {
    ($($name:ident: $text:literal;)*) => {
        /// The place of each word.
        #[expect(non_camel_case_types, reason = "the names of the words are those of the methods")]
        enum Place { $($name,)* end }

        #[expect(clippy::as_conversions, reason = "the place of a word is the number of its variant")]
        const COUNT: usize = Place::end as usize;

        /// The words of one language.
        #[derive(Debug)]
        pub struct Strings([&'static str; COUNT]);

        impl Strings {
            $(#[doc = $text] pub const fn $name(&self) -> &'static str { self.0[Place::$name as usize] })*
        }

        // One text: an address and a length for each of its words would weigh as much as a tenth of them.
        const ENGLISH: &str = concat!($($text, "\n"),*);
    };
}

include!("words/english.rs");

thread_local! {
    static ENGLISH_WORDS: OnceCell<&'static Strings> = const { OnceCell::new() };
}

impl Strings {
    /// The words of English. They are set apart once, and stay.
    pub fn english() -> &'static Self {
        ENGLISH_WORDS.with(|words| *words.get_or_init(|| Self::of(ENGLISH)))
    }

    /// Learns the words of a language from its file; `None` when it is not whole, or another program's. They stay for as
    /// long as the page: whoever learns a language asks first whether it is known.
    pub fn learn(file: String) -> Option<&'static Self> {
        (pieces(&file, &['\n']).len() == COUNT + 1).then(|| Self::of(file.leak()))
    }

    /// Whether what a page calls a language is this one: `fr-CA` is French, and `frr` is not.
    #[inline(never)]
    pub fn speak(&self, tag: &str) -> bool {
        let language = self.language();
        let (own, rest) = tag.as_bytes().split_at_checked(language.len()).unwrap_or_default();
        own.eq_ignore_ascii_case(language.as_bytes()) && !rest.first().is_some_and(u8::is_ascii_alphanumeric)
    }

    /// Sets the words apart.
    #[inline(never)]
    fn of(text: &'static str) -> &'static Self {
        let mut words = [""; COUNT];
        words.iter_mut().zip(pieces(text, &['\n'])).for_each(|(place, word)| *place = word);
        Box::leak(Box::new(Self(words)))
    }
}

impl PartialEq for Strings {
    fn eq(&self, other: &Self) -> bool {
        self.language() == other.language()
    }
}

/// The pieces of a text between any of these signs. Every text is taken apart here: each way to search weighs half a kilobyte.
#[inline(never)]
pub fn pieces<'a>(text: &'a str, signs: &[char]) -> Vec<&'a str> {
    text.split(|character| signs.contains(&character)).collect()
}

/// Fills `{0}`, `{1}` … with the given texts.
pub fn fill(template: &str, texts: &[&str]) -> String {
    let mut filled = String::with_capacity(template.len() + 16);
    // Every second piece is a number: no word of ours has a brace of its own.
    for (place, piece) in pieces(template, &['{', '}']).into_iter().enumerate() {
        let number = if place % 2 == 1 { piece.parse::<usize>().ok() } else { None };
        filled.push_str(match number {
            Some(number) => texts.get(number).copied().unwrap_or_default(),
            None => piece,
        });
    }
    filled
}

/// Two texts with something between them.
pub fn between(first: &str, between: &str, second: &str) -> String {
    [first, between, second].concat()
}

/// A number in digits. There are never so many of anything here that it needs marks between thousands.
pub fn decimal(number: usize) -> String {
    let mut text = if number > 9 { decimal(number / 10) } else { String::new() };
    text.push(char::from(b'0' + u8::try_from(number % 10).unwrap_or_default()));
    text
}

/// A number below 100 with two digits.
pub fn two_digits(number: u8) -> String {
    [number / 10 % 10, number % 10].map(|digit| char::from(b'0' + digit)).iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::i18n::tables::{self, LANGUAGES, Table};

    fn places(text: &str) -> Vec<&str> {
        let mut places: Vec<&str> =
            text.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
        places.sort_unstable();
        places
    }

    /// Positive control: removing a `{0}` from a French text, or leaving one empty, fails here. A name that only one of
    /// the tables has is an error of the compiler.
    #[test]
    fn every_language_says_all() {
        for language in LANGUAGES {
            for ((name, english), (_, other)) in tables::ENGLISH.all().into_iter().zip(language.all()) {
                assert!(!english.is_empty() && !other.is_empty(), "{name}");
                assert_eq!(places(english), places(other), "{name}: the same places in both languages");
                assert!(!english.contains('\n') && !other.contains('\n'), "{name}: one line");
                assert!(!other.contains('\''), "{name}: a typographic apostrophe");
            }
        }
    }

    /// What the program has of English is the table, and what it learns from a file is that language's table.
    ///
    /// Positive control: with `Table::all` in another order, or with a word left out of `Table::file`, this fails.
    #[test]
    fn the_files_and_the_tables_agree() {
        let words = |table: &Table| table.all().into_iter().map(|(_, word)| word).collect::<Vec<_>>();
        assert_eq!(Strings::english().0.to_vec(), words(&tables::ENGLISH));
        for table in LANGUAGES {
            let learned = Strings::learn(table.file()).unwrap();
            assert_eq!(learned.0.to_vec(), words(&table));
            assert_eq!(learned.retry(), table.retry, "the last one, by its name");
        }
    }

    #[test]
    fn a_file_that_is_not_whole_is_not_learned() {
        let file = tables::FRENCH.file();
        let short = file.trim_end().rsplit_once('\n').unwrap().0.to_owned() + "\n";
        for wrong in [String::new(), "<!doctype html>".to_owned(), short, file.clone() + "more\n"] {
            assert_eq!(Strings::learn(wrong), None);
        }
        assert!(Strings::learn(file).is_some());
    }

    #[test]
    fn a_language_is_known_by_its_tag() {
        let french = Strings::learn(tables::FRENCH.file()).unwrap();
        for (tag, is_french) in [
            ("fr", true),
            ("FR_ca", true),
            ("fr-CA", true),
            ("frr", false),
            ("f", false),
            ("en", false),
            ("", false),
        ] {
            assert_eq!(french.speak(tag), is_french, "{tag}");
        }
    }

    #[test]
    fn fills_in_any_order() {
        assert_eq!(fill("{1} then {0}.", &["a", "b"]), "b then a.");
        assert_eq!(fill("{0} {7}", &["{1}"]), "{1} ");
        assert_eq!(fill("no places", &["a"]), "no places");
    }
}
