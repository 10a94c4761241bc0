//! What the pretended bank says, in two languages.

/// The words of a page.
#[derive(Debug)]
pub struct Words {
    /// The language's tag.
    pub language: &'static str,
    /// Who speaks.
    pub bank: &'static str,
    /// What is asked.
    pub question: &'static str,
    /// Who wants to be paid.
    pub asks: &'static str,
    /// How much.
    pub amount: &'static str,
    /// Yes.
    pub complete: &'static str,
    /// No.
    pub fail: &'static str,
    /// How to do neither.
    pub close: &'static str,
    /// There is nothing to answer any more.
    pub over: &'static str,
    /// The way back.
    pub back: &'static str,
    /// There never was.
    pub unknown: &'static str,
}

const ENGLISH: Words = Words {
    language: "en",
    bank: "Test bank",
    question: "Test bank: is this you?",
    asks: "Asked for by",
    amount: "Amount",
    complete: "Complete",
    fail: "Fail",
    close: "To call it off, close this page. No real money moves here.",
    over: "This question is over",
    back: "Go back",
    unknown: "There is nothing to answer here",
};

const FRENCH: Words = Words {
    language: "fr",
    bank: "Banque d’essai",
    question: "Banque d’essai : est-ce bien vous ?",
    asks: "À la demande de",
    amount: "Montant",
    complete: "Confirmer",
    fail: "Refuser",
    close: "Pour abandonner, fermez cette page. Aucun argent réel n’est en jeu.",
    over: "Cette question est close",
    back: "Revenir",
    unknown: "Il n’y a rien à confirmer ici",
};

impl Words {
    /// Those that a browser asks for: the first of its languages that is known here.
    pub fn of(accept_language: &str) -> &'static Self {
        let first = accept_language.split(',').find_map(|part| {
            let tag = part.split([';', '-']).next().unwrap_or_default().trim().to_ascii_lowercase();
            [&ENGLISH, &FRENCH].into_iter().find(|words| words.language == tag)
        });
        first.unwrap_or(&ENGLISH)
    }

    /// An amount as it is written in this language.
    pub fn money(&self, english: &str) -> String {
        if self.language == "fr" { english.replace('.', ",") } else { english.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_that_is_known() {
        for (asked, language) in [
            ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
            ("de, fr;q=0.5", "fr"),
            ("en-US", "en"),
            ("", "en"),
            ("de", "en"),
        ] {
            assert_eq!(Words::of(asked).language, language, "{asked}");
        }
        assert_eq!(Words::of("fr").money("132.50 CAD"), "132,50 CAD");
    }
}
