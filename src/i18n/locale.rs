//! The language and region that a payer reads.

use super::strings::{Strings, words};

/// A language that the checkout is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
}

/// A language and, for the way money and dates are written, a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale {
    language: Language,
    tag: String,
    has_region: bool,
}

impl Language {
    /// The tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }
}

impl Locale {
    /// Reads a BCP 47 tag such as `fr` or `fr-CA`. A language that is not spoken here becomes English.
    ///
    /// Only a plain language and region are kept: browsers throw on malformed tags, and an exception that
    /// passes through the views would leave them dead.
    pub fn parse(tag: &str) -> Self {
        let bytes = tag.as_bytes();
        let is = |at: usize, letters: [u8; 2]| {
            bytes.get(at..at + 2).is_some_and(|part| part.eq_ignore_ascii_case(&letters))
        };
        let plain = bytes.get(2).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        let language = if is(0, *b"fr") && plain { Language::French } else { Language::English };
        // A region is two letters at the end, after a hyphen.
        let end = bytes.len().saturating_sub(3);
        let region = tag.get(end + 1..).filter(|_| end >= 2 && matches!(bytes.get(end), Some(b'-' | b'_')));
        Self::of(language, region.filter(|region| is_region(region)).unwrap_or_default())
    }

    /// The same language, written as in `country` unless a region was asked for.
    #[must_use]
    pub fn in_country(&self, country: &str) -> Self {
        if self.has_region || !is_region(country) { self.clone() } else { Self::of(self.language, country) }
    }

    /// The language.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The tag, safe to hand to the browser.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The words.
    pub fn strings(&self) -> &'static Strings {
        words(self.language)
    }

    fn of(language: Language, region: &str) -> Self {
        let mut tag = String::from(language.tag());
        if !region.is_empty() {
            tag.push('-');
            tag.push_str(&region.to_ascii_uppercase());
        }
        Self { language, tag, has_region: !region.is_empty() }
    }
}

fn is_region(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(Locale::parse(tag).tag(), kept, "{tag}");
        }
    }

    #[test]
    fn a_region_is_only_filled_in() {
        assert_eq!(Locale::parse("fr").in_country("CA").tag(), "fr-CA");
        assert_eq!(Locale::parse("fr-FR").in_country("CA").tag(), "fr-FR");
        assert_eq!(Locale::parse("fr").in_country("Canada").tag(), "fr");
    }
}
