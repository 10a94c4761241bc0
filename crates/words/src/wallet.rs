//! Every word that a client reads in the wallet: a table of its own, made as the checkout's is, so that neither page carries
//! what the other one says.

#[macro_use]
mod english;

use crate::stamp::stamp_of;

wallet_english!(stamp_of);

/// The tables, for servers, commands and tests.
#[cfg(feature = "tables")]
mod tables {
    use super::STAMP;
    use crate::table::table;

    wallet_english!(table);

    macro_rules! words {
        ($($name:ident: $text:literal;)*) => {
            Table { $($name: $text,)* }
        };
    }

    /// French.
    pub const FRENCH: Table = include!("wallet/french.rs");

    /// Every language that is a file of its own.
    pub const LANGUAGES: [Table; 1] = [FRENCH];

    impl Table {
        /// The file's name, as the build finds it: by the language's tag.
        pub fn file_name(&self) -> String {
            format!("wallet-words-{}.txt", self.language.to_ascii_lowercase())
        }
    }
}

#[cfg(feature = "tables")]
pub use tables::{ENGLISH, FRENCH, LANGUAGES, Table, file};

#[cfg(all(test, feature = "tables"))]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<&str> {
        let mut places: Vec<&str> =
            text.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
        places.sort_unstable();
        places
    }

    /// Positive control: removing a `{0}` from a French text, or leaving one empty, fails here. A name that only one of the tables
    /// has is an error of the compiler.
    #[test]
    fn every_language_says_all() {
        for language in LANGUAGES {
            for ((name, english), (_, other)) in ENGLISH.all().into_iter().zip(language.all()) {
                assert!(!english.is_empty() && !other.is_empty(), "{name}");
                assert_eq!(places(english), places(other), "{name}: the same places in both languages");
                assert!(!english.contains('\n') && !other.contains('\n'), "{name}: one line");
                assert!(!english.contains('\'') && !other.contains('\''), "{name}: a typographic apostrophe");
            }
        }
    }

    /// What both pages have by the same name, both say alike. Positive control: another `country` in one table fails here.
    #[test]
    fn both_pages_call_the_same_thing_alike() {
        let same = |of: Vec<(&'static str, &'static str)>, with: Vec<(&'static str, &'static str)>| {
            let mut count = 0;
            for (name, word) in of {
                if let Some((_, other)) = with.iter().find(|(known, _)| *known == name) {
                    assert_eq!(word, *other, "{name}");
                    count += 1;
                }
            }
            count
        };
        assert!(same(crate::ENGLISH.all(), ENGLISH.all()) > 30);
        assert!(same(crate::FRENCH.all(), FRENCH.all()) > 30);
    }
}
