//! The words that a payer reads in the checkout.

use paydesk_words::{STAMP, with_shared_english};

use super::table::words_of;

paydesk_words::english!(words_of);

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
}
