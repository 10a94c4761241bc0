//! The words that a payer reads, found by their names. English is in the program; the words of another language are
//! learned from its file.

use std::cell::OnceCell;

use paydesk_words::STAMP;

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

paydesk_words::english!(strings);

thread_local! {
    static ENGLISH_WORDS: OnceCell<&'static Strings> = const { OnceCell::new() };
}

impl Strings {
    /// The words of English. They are set apart once, and stay.
    pub fn english() -> &'static Self {
        ENGLISH_WORDS
            .with(|words| *words.get_or_init(|| Self::set(&pieces(ENGLISH, &['\n']).as_chunks().0[0], None)))
    }

    /// The words of a file in place of these, where its line is not empty; these, where it is not whole, or another
    /// program's. They stay for as long as the page: whoever learns a language asks first whether it is known.
    pub fn learn(&'static self, file: String) -> &'static Self {
        self.take(file.leak(), "")
    }

    /// The same words, or an organization's own in their places, where what it says holds a file of this language.
    pub fn in_words_of(&'static self, own: &'static str) -> &'static Self {
        self.take(own, self.language())
    }

    /// Whether what a page calls a language is this one: `fr-CA` is French, and `frr` is not.
    #[inline(never)]
    pub fn speak(&self, tag: &str) -> bool {
        let language = self.language();
        let (own, rest) = tag.as_bytes().split_at_checked(language.len()).unwrap_or_default();
        own.eq_ignore_ascii_case(language.as_bytes()) && !rest.first().is_some_and(u8::is_ascii_alphanumeric)
    }

    /// Takes the words of the first whole file whose language begins so.
    #[inline(never)]
    fn take(&'static self, files: &'static str, language: &str) -> &'static Self {
        for file in pieces(files, &['\n']).as_chunks().0 {
            if file[COUNT] == STAMP && file[0].starts_with(language) {
                return Self::set(file, Some(self));
            }
        }
        self
    }

    /// Sets words apart, of which there is one more than is needed; where one is empty, it is another's.
    #[inline(never)]
    fn set(words: &[&'static str; COUNT + 1], otherwise: Option<&Self>) -> &'static Self {
        let word = |place: usize| match otherwise {
            Some(Self(others)) if words[place].is_empty() => others[place],
            _ => words[place],
        };
        Box::leak(Box::new(Self(std::array::from_fn(word))))
    }
}

impl PartialEq for Strings {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
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

    use paydesk_words::{FRENCH, LANGUAGES, Table};

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
            for ((name, english), (_, other)) in paydesk_words::ENGLISH.all().into_iter().zip(language.all())
            {
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
        assert_eq!(Strings::english().0.to_vec(), words(&paydesk_words::ENGLISH));
        for table in LANGUAGES {
            let learned = Strings::english().learn(table.file());
            assert_eq!(learned.0.to_vec(), words(&table));
            assert_eq!(learned.retry(), table.retry, "the last one, by its name");
        }
    }

    /// Positive control: without the stamp in `take`, all but the first three are learned (tried).
    #[test]
    fn a_file_that_is_not_whole_or_of_another_version_is_not_learned() {
        let file = FRENCH.file();
        let without_a_word = file.replacen("Total\n", "", 1);
        let with_one_more = file.replacen("Total\n", "Total\nmore\n", 1);
        let (cut_off, _) = file.rsplit_once('\n').unwrap();
        let other_version = format!("{cut_off}\n{}", STAMP.replace(|_| true, "0"));
        for wrong in
            ["", "<!doctype html>", &without_a_word, &with_one_more, &format!("{cut_off}\n"), &other_version]
        {
            assert_eq!(Strings::english().learn(wrong.to_owned()), Strings::english());
        }
        assert_eq!(Strings::english().learn(file).language(), "fr");
    }

    /// Positive control: without its second condition in `take`, French becomes English here (tried).
    #[test]
    fn an_organizations_words_are_said_in_their_own_language_alone() {
        let french = Strings::english().learn(FRENCH.file());
        let own = |table: Table, word: &str| -> &'static str {
            table.own_file(&[("pay".to_owned(), word.to_owned())].into()).unwrap().leak()
        };
        let (in_french, in_english) = (own(FRENCH, "Verser {0}"), own(paydesk_words::ENGLISH, "Donate {0}"));
        let both: &'static str = format!("{in_english}\n{in_french}").leak();
        for own in [in_french, both] {
            let said = french.in_words_of(own);
            assert_eq!((said.pay(), said.retry(), said.language()), ("Verser {0}", FRENCH.retry, "fr"));
        }
        for own in [in_english, both] {
            let said = Strings::english().in_words_of(own);
            let wanted = ("Donate {0}", paydesk_words::ENGLISH.retry, "en");
            assert_eq!((said.pay(), said.retry(), said.language()), wanted);
        }
        assert_eq!(french.in_words_of(in_english), french);
        assert_eq!(french.in_words_of("fr"), french, "what is not whole says nothing");
        assert_eq!(
            Strings::english().pay(),
            paydesk_words::ENGLISH.pay,
            "the program's own stay as they are"
        );
    }

    #[test]
    fn a_language_is_known_by_its_tag() {
        let french = Strings::english().learn(FRENCH.file());
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
