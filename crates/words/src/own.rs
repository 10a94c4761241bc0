//! What an organization says in its own words: which words it may replace and by what, and the file that tells a program.

use std::collections::BTreeMap;
use std::fmt;

use crate::table::{Table, file};

/// How long a word of an organization's may be.
pub const CHARACTERS_MAX: usize = 300;

/// No organization's to say: three that are not for reading, and those by which a payer agrees to something.
pub const KEPT: [&str; 5] = ["language", "direction", "pictures", "agree", "pay_nothing"];

/// Why a word cannot be an organization's own. Each says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WordError {
    /// No table has this language: which ones there are.
    UnknownLanguage(String),
    /// No word has this name.
    UnknownName,
    /// One of [`KEPT`].
    Kept,
    /// Nothing but space.
    Empty,
    /// Longer than [`CHARACTERS_MAX`]: how long.
    TooLong(usize),
    /// A line break, or another character that is not for reading.
    ControlCharacter,
    /// A brace that is none of the places' own.
    Brace,
    /// Not the original's places: which ones these are.
    Places(Vec<String>),
}

impl fmt::Display for WordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownLanguage(known) => write!(f, "There are no words in this language: name {known}."),
            Self::UnknownName => {
                f.write_str("No word has this name: `paydesk-billing words` lists them all.")
            }
            Self::Kept => f.write_str("This word is not to be replaced: leave it out."),
            Self::Empty => f.write_str("It is empty: leave the name out to have the original."),
            Self::TooLong(characters) => {
                write!(f, "It has {characters} characters: say it in {CHARACTERS_MAX} at most.")
            }
            Self::ControlCharacter => {
                f.write_str("It has a line break or another control character: write it in one line.")
            }
            Self::Brace => f.write_str("It has a brace that belongs to none of {0}, {1} …: leave it out."),
            Self::Places(places) => match places.as_slice() {
                [] => f.write_str("The original has no {0} or the like: leave it out."),
                places => {
                    let places = places.join(" and ");
                    write!(
                        f,
                        "It has to say {places}, and no other: that is where amounts, names and days go."
                    )
                }
            },
        }
    }
}

impl std::error::Error for WordError {}

impl Table {
    /// The language that an organization calls by its tag, such as `fr`.
    ///
    /// # Errors
    /// Where there is none, with those that there are.
    pub fn of(language: &str) -> Result<Self, WordError> {
        Self::every().find(|table| table.language == language).ok_or_else(|| {
            let tags: Vec<_> = Self::every().map(|table| table.language).collect();
            WordError::UnknownLanguage(tags.join(" or "))
        })
    }

    /// Every word that an organization may replace, with its name.
    pub fn open(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.all().into_iter().filter(|(name, _)| !KEPT.contains(name))
    }

    /// A word as an organization says it, without space around it; `None` where that is how the original says it.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn own_word(&self, name: &str, text: &str) -> Result<Option<String>, WordError> {
        let original = self.all().into_iter().find(|(known, _)| *known == name);
        let (_, original) = original.ok_or(WordError::UnknownName)?;
        if KEPT.contains(&name) {
            return Err(WordError::Kept);
        }
        let text = text.trim();
        let characters = text.chars().count();
        if text.is_empty() {
            return Err(WordError::Empty);
        }
        if characters > CHARACTERS_MAX {
            return Err(WordError::TooLong(characters));
        }
        if text.chars().any(|sign| sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}')) {
            return Err(WordError::ControlCharacter);
        }
        let wanted = places(original).unwrap_or_default();
        if places(text).ok_or(WordError::Brace)? != wanted {
            return Err(WordError::Places(wanted));
        }
        Ok((text != original).then(|| text.to_owned()))
    }

    /// The file by which a program learns an organization's own words of this language: the language in its first line, an
    /// empty line where the original stays. Without the words that this version does not know, or does not take any more;
    /// `None` where none is left.
    pub fn own_file(&self, own: &BTreeMap<String, String>) -> Option<String> {
        let mut said = false;
        let words = self.all().into_iter().map(|(name, word)| {
            if name == "language" {
                return word;
            }
            let own = own.get(name).filter(|text| self.own_word(name, text).is_ok());
            said |= own.is_some();
            own.map_or("", String::as_str)
        });
        let file = file(words);
        said.then_some(file)
    }
}

/// The places that are filled in, each once and in order; `None` where a brace belongs to none of them.
fn places(text: &str) -> Option<Vec<String>> {
    let mut places = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(['{', '}']) {
        let opens = rest.as_bytes().get(before.len()) == Some(&b'{');
        let (number, after) = after.split_once('}').filter(|_| opens)?;
        let is_number = number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit());
        places.push(is_number.then(|| format!("{{{number}}}"))?);
        rest = after;
    }
    places.sort_unstable();
    places.dedup();
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ENGLISH, FRENCH, STAMP};

    #[test]
    fn every_original_could_be_somebodys_own() {
        for table in Table::every() {
            for (name, word) in table.all() {
                let kept = KEPT.contains(&name);
                let wanted = if kept { Err(WordError::Kept) } else { Ok(None) };
                assert_eq!(table.own_word(name, word), wanted, "{name}");
            }
            assert_eq!(table.open().count(), table.all().len() - KEPT.len(), "each that is kept is a word");
        }
    }

    #[test]
    fn what_fits_is_taken_without_its_margins() {
        let said = |name, text| ENGLISH.own_word(name, text).unwrap().unwrap();
        assert_eq!(said("pay", "  Donate {0} "), "Donate {0}");
        assert_eq!(said("every_weeks", "every {1} weeks, {0}"), "every {1} weeks, {0}");
        assert_eq!(said("ended_advice", "Ask {0}. {0} knows."), "Ask {0}. {0} knows.");
        assert_eq!(said("retry", &"é".repeat(CHARACTERS_MAX)).chars().count(), CHARACTERS_MAX);
        assert_eq!(
            FRENCH.own_word("pay", FRENCH.pay),
            Ok(None),
            "said as the original says it, it is no other word"
        );
    }

    /// Positive control: each of these is taken where its condition is left out of `own_word` (tried, one by one).
    #[test]
    fn what_does_not_fit_says_why_and_what_to_do() {
        use WordError as E;
        let retry = |text: &str| ENGLISH.own_word("retry", text).unwrap_err();
        let pay = |text| ENGLISH.own_word("pay", text).unwrap_err();
        for unknown in ["de", "fr-CA", "FR", ""] {
            let said = Table::of(unknown).unwrap_err().to_string();
            assert_eq!(said, "There are no words in this language: name en or fr.");
        }
        assert_eq!(Table::of("fr").unwrap().retry, FRENCH.retry);
        assert_eq!(ENGLISH.own_word("pay_up", "{0}"), Err(E::UnknownName));
        for kept in KEPT {
            assert_eq!(ENGLISH.own_word(kept, "fr"), Err(E::Kept));
        }
        assert_eq!(retry(" \u{a0} "), E::Empty);
        assert_eq!(retry(&"x".repeat(CHARACTERS_MAX + 1)), E::TooLong(CHARACTERS_MAX + 1));
        for broken in ["a\nb", "a\r\nb", "a\tb", "a\u{2028}b", "a\u{7}b"] {
            assert_eq!(retry(broken), E::ControlCharacter, "{broken:?}");
        }
        for braced in ["{0} }", "{0", "0}", "{{0}}", "{0} {name}", "{0} {}", "{ 0 }", "}0{", "{00}", "{0}{"] {
            assert_eq!(pay(braced), E::Brace, "{braced}");
        }
        for wrong in ["Pay", "Pay {1}", "Pay {0} or {1}"] {
            assert_eq!(pay(wrong), E::Places(vec!["{0}".to_owned()]), "{wrong}");
        }
        assert!(pay("Pay").to_string().starts_with("It has to say {0}, and no other"));
        let two = FRENCH.own_word("every_weeks", "{0}").unwrap_err().to_string();
        assert!(two.starts_with("It has to say {0} and {1}"), "{two}");
        assert_eq!(retry("{0}").to_string(), "The original has no {0} or the like: leave it out.");
    }

    #[test]
    fn a_file_says_only_what_is_other() {
        let own = |words: &[(&str, &str)]| {
            let words = words.iter().map(|(name, word)| ((*name).to_owned(), (*word).to_owned())).collect();
            FRENCH.own_file(&words)
        };
        let text = own(&[("pay", "Verser {0}"), ("gone", "of another version"), ("total", "{0}")]).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), ENGLISH.all().len() + 1);
        let said: Vec<_> = lines.iter().filter(|line| !line.is_empty()).copied().collect();
        assert_eq!(said, ["fr", "Verser {0}", STAMP]);
        let place = ENGLISH.all().iter().position(|(name, _)| *name == "pay").unwrap();
        assert_eq!(lines.get(place), Some(&"Verser {0}"));
        assert_eq!(own(&[("gone", "of another version")]), None);
        assert_eq!(own(&[]), None);
    }
}
