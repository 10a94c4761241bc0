//! The words of every language by their names, and the files that the program loads. Not in the program that is delivered,
//! which knows English alone.

macro_rules! table {
    ($($name:ident: $text:literal;)*) => {
        /// All words of a language.
        #[derive(Clone, Copy, Debug)]
        pub struct Table { $(#[doc = $text] pub $name: &'static str,)* }

        /// English, which the program has.
        pub const ENGLISH: Table = Table { $($name: $text,)* };

        const NAMES: &str = concat!($(stringify!($name), "\n"),*);

        impl Table {
            /// Every word with its name, in the order in which the program reads them.
            pub fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name),)*]
            }
        }
    };
}

english!(table);

macro_rules! words {
    ($($name:ident: $text:literal;)*) => {
        Table { $($name: $text,)* }
    };
}

/// French.
pub const FRENCH: Table = include!("french.rs");

/// Every language that is a file of its own.
pub const LANGUAGES: [Table; 1] = [FRENCH];

/// Which words there are, and in which order: a number that their names make. A file ends with it, so that a program of
/// another version, in which another word has the same place, does not learn it.
pub const STAMP: usize = stamp(NAMES.as_bytes());

/// FNV-1a, 32 bits.
#[expect(
    clippy::as_conversions,
    reason = "nothing else widens a number in a constant, and these only get wider"
)]
const fn stamp(mut names: &[u8]) -> usize {
    let mut hash: u32 = 0x811c_9dc5;
    while let [byte, rest @ ..] = names {
        hash = (hash ^ *byte as u32).wrapping_mul(0x0100_0193);
        names = rest;
    }
    hash as usize
}

/// The file that the program learns: a word a line, in the order of the names, and the [`STAMP`] at its end.
pub fn file<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut file: String = words.into_iter().flat_map(|word| [word, "\n"]).collect();
    file.push_str(&STAMP.to_string());
    file
}

impl Table {
    /// Every language, English first.
    pub fn every() -> impl Iterator<Item = Self> {
        [ENGLISH].into_iter().chain(LANGUAGES)
    }

    /// The file of this language.
    pub fn file(&self) -> String {
        file(self.all().into_iter().map(|(_, word)| word))
    }

    /// The file's name, as the build finds it: by the language's tag.
    pub fn file_name(&self) -> String {
        format!("words-{}.txt", self.language.to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What changes the place of a word changes the stamp: a name, and their order.
    #[test]
    fn the_stamp_tells_names_and_their_order() {
        let of = |names: &str| stamp(names.as_bytes());
        assert_eq!(of(NAMES), STAMP);
        assert_ne!(of("pay\ntotal\n"), of("total\npay\n"));
        assert_ne!(of("pay\ntotal\n"), of("pay\nsum\n"));
        // As it is published with the function.
        assert_eq!(of("foobar"), 0xbf9c_f968);
    }

    /// A language is known by the first part of its tag: `fr` and `fr-CA` in two tables would be taken for one another.
    #[test]
    fn no_two_languages_have_the_same_first_part() {
        let mut first: Vec<_> = Table::every().filter_map(|table| table.language.split('-').next()).collect();
        let count = first.len();
        first.sort_unstable();
        first.dedup();
        assert_eq!(first.len(), count);
    }
}
