//! Every word of every language by its name: what the files of words are made of. Not in the program that is delivered,
//! which knows English alone. The commands and the tests read this same file.

macro_rules! strings {
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
        }
    };
}

include!("words/english.rs");

macro_rules! words {
    ($($name:ident: $text:literal;)*) => {
        Table { $($name: $text,)* }
    };
}

/// French.
pub const FRENCH: Table = include!("words/french.rs");

/// Every language that is a file of its own.
pub const LANGUAGES: [Table; 1] = [FRENCH];

impl Table {
    /// The file that the program loads: a word a line.
    pub fn file(&self) -> String {
        self.all().iter().flat_map(|(_, word)| [*word, "\n"]).collect()
    }

    /// The file's name, as the build finds it: by the language's tag.
    pub fn file_name(&self) -> String {
        format!("words-{}.txt", self.language.to_ascii_lowercase())
    }
}
