//! The language and region that a payer reads.

use super::{Strings, Words, pieces};

/// A language and, for the way money and dates are written, a region.
#[derive(Debug, PartialEq)]
pub struct Locale<W: Words = Strings> {
    words: &'static W,
    tag: String,
    has_region: bool,
}

impl<W: Words> Clone for Locale<W> {
    fn clone(&self) -> Self {
        Self { words: self.words, tag: self.tag.clone(), has_region: self.has_region }
    }
}

impl<W: Words> Locale<W> {
    /// Reads a BCP 47 tag such as `fr` or `fr-CA`. A language whose words were not learned becomes `english`.
    ///
    /// Only a plain language and region are kept: browsers throw on malformed tags, and an exception that
    /// passes through the views would leave them dead.
    pub fn parse(tag: &str, learned: Option<&'static W>, english: &'static W) -> Self {
        let words = learned.filter(|words| words.speak(tag)).unwrap_or(english);
        // A region is two letters at the end, after a hyphen.
        let bytes = tag.as_bytes();
        let end = bytes.len().saturating_sub(3);
        let region = tag.get(end + 1..).filter(|_| end >= 2 && matches!(bytes.get(end), Some(b'-' | b'_')));
        Self::of(words, region.filter(|region| is_region(region)).unwrap_or_default())
    }

    /// The same language, written as in `country` unless a region was asked for.
    #[must_use]
    pub fn in_country(&self, country: &str) -> Self {
        if self.has_region || !is_region(country) { self.clone() } else { Self::of(self.words, country) }
    }

    /// The tag, safe to hand to the browser.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The words.
    pub const fn strings(&self) -> &'static W {
        self.words
    }

    /// Whether it is French, the second language of what has names in two.
    pub fn is_french(&self) -> bool {
        self.words.language() == "fr"
    }

    fn of(words: &'static W, region: &str) -> Self {
        // A language that has a region in its own tag comes with that region.
        let mut tag = pieces(words.language(), &['-']).first().copied().unwrap_or_default().to_owned();
        if !region.is_empty() {
            tag.push('-');
            tag.push_str(&region.to_ascii_uppercase());
        }
        Self { words, tag, has_region: !region.is_empty() }
    }
}

fn is_region(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use paydesk_words::FRENCH;

    fn read(tag: &str) -> Locale {
        Locale::parse(tag, Some(Strings::english().learn(FRENCH.file())), Strings::english())
    }

    #[test]
    fn keeps_only_what_browsers_accept() {
        for (tag, kept) in [
            ("en", "en"),
            ("fr-CA", "fr-CA"),
            ("FR_ca", "fr-CA"),
            ("fr-Latn-CA", "fr-CA"),
            ("de-DE", "en-DE"),
            ("", "en"),
            ("en-u-nu-latn", "en"),
            ("x'<script>", "en"),
            ("fr--", "fr"),
            ("frr-DE", "en-DE"),
            ("CA", "en"),
        ] {
            assert_eq!(read(tag).tag(), kept, "{tag}");
        }
    }

    #[test]
    fn a_region_is_only_filled_in() {
        assert_eq!(read("fr").in_country("CA").tag(), "fr-CA");
        assert_eq!(read("fr-FR").in_country("CA").tag(), "fr-FR");
        assert_eq!(read("fr").in_country("Canada").tag(), "fr");
    }
    /// Words that have not come are English, and so is the way in which money and dates are written beside them.
    #[test]
    fn a_language_that_was_not_learned_is_english() {
        let locale = Locale::parse("fr-CA", None, Strings::english());
        assert_eq!((locale.tag(), locale.strings().total()), ("en-CA", "Total"));
        assert!(!locale.is_french() && read("fr-CA").is_french());
    }
}
