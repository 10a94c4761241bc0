//! The words of every language by their names, and the files that the program loads. Not in the program that is delivered,
//! which knows English alone.

/// Makes `Table` of a table's names and English texts, with what can be asked of it.
macro_rules! table {
    ($($name:ident: $text:literal;)*) => {
        /// All words of a language.
        #[derive(Clone, Copy, Debug)]
        pub struct Table { $(#[doc = $text] pub $name: &'static str,)* }

        /// English, which the program has.
        pub const ENGLISH: Table = Table { $($name: $text,)* };

        impl Table {
            /// Every word with its name, in the order in which the program reads them.
            pub fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name),)*]
            }

            /// Every language, English first.
            pub fn every() -> impl Iterator<Item = Self> {
                [ENGLISH].into_iter().chain(LANGUAGES)
            }

            /// The file of this language.
            pub fn file(&self) -> String {
                file(self.all().into_iter().map(|(_, word)| word))
            }
        }

        /// The file that the program learns: a word a line, in the order of the names, and the [`STAMP`] at its end.
        pub fn file<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
            let mut file: String = words.into_iter().flat_map(|word| [word, "\n"]).collect();
            file.push_str(STAMP);
            file
        }
    };
}

pub(crate) use table;

use crate::STAMP;

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

impl Table {
    /// The file's name, as the build finds it: by the language's tag.
    pub fn file_name(&self) -> String {
        format!("words-{}.txt", self.language.to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
