//! A table of words, found by their names: how the program holds and learns it. English is in the program; the words of another
//! language are learned from its file. Each page has a table of its own, so that none carries another's words.

/// Makes `Strings`, the words of one page, of its table. Where it is used, `STAMP` is that table's.
macro_rules! words_of {
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

        thread_local! {
            static ENGLISH_WORDS: std::cell::OnceCell<&'static Strings> = const { std::cell::OnceCell::new() };
        }

        impl Strings {
            /// The words of English. They are set apart once, and stay.
            pub fn english() -> &'static Self {
                ENGLISH_WORDS.with(|words| {
                    *words.get_or_init(|| Self::set(&$crate::i18n::pieces(ENGLISH, &['\n']).as_chunks().0[0], None))
                })
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
                for file in $crate::i18n::pieces(files, &['\n']).as_chunks().0 {
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

        impl $crate::i18n::Words for Strings {
            fn language(&self) -> &'static str {
                Self::language(self)
            }

            fn speak(&self, tag: &str) -> bool {
                Self::speak(self, tag)
            }

            fn english() -> &'static Self {
                Self::english()
            }

            fn learn(&'static self, file: String) -> &'static Self {
                Self::learn(self, file)
            }
        }

        $crate::i18n::form_words!(says_of_forms);
    };
}

pub(crate) use words_of;

/// The words of a page, as far as all pages have to know them.
pub trait Words: PartialEq + 'static {
    /// The language's own tag.
    fn language(&self) -> &'static str;
    /// Whether what a page calls a language is this one.
    fn speak(&self, tag: &str) -> bool;
    /// The words of English.
    fn english() -> &'static Self;
    /// The words of a file in place of these.
    fn learn(&'static self, file: String) -> &'static Self;
}

/// Gives the names of the words for the fields of a new method to another macro.
macro_rules! form_words {
    ($take:ident) => {
        $crate::i18n::$take! {
            line1 line2 city district post_town suburb area county department do_si emirate island oblast parish prefecture
            province state postal zip eircode pin country required too_long unreadable region_unknown postal_pattern
            postal_region example choose address_loading address_unavailable retry optional
            number_incomplete number_wrong number_long number_refused expiry_incomplete expiry_month expiry_past
            expiry_refused expiry_far cvc_incomplete different cvc_refused refused_part routing institution transit
            account again number expiry expiry_hint cvc cvc_hint_back cvc_hint_front new_expiry name holder_name holder
            personal business account_type chequing savings challenge challenge_page challenge_window
        }
    };
}

macro_rules! parts {
    ($($name:ident)*) => {
        /// The words for fields and for what can be wrong with them, which the table of each page has.
        pub trait FormWords: 'static {
            $(#[doc = stringify!($name)] fn $name(&self) -> &'static str;)*
        }
    };
}

macro_rules! says_of_forms {
    ($($name:ident)*) => {
        impl $crate::i18n::FormWords for Strings {
            $(fn $name(&self) -> &'static str { Self::$name(self) })*
        }
    };
}

pub(crate) use {form_words, parts, says_of_forms};

form_words!(parts);
