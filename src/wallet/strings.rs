//! The words that a client reads in the wallet.

use paydesk_words::wallet::STAMP;
use paydesk_words::with_shared_english;

use crate::i18n::words_of;

paydesk_words::wallet_english!(words_of);

#[cfg(test)]
mod tests {
    use super::*;
    use paydesk_words::wallet::{ENGLISH, FRENCH};

    /// Positive control (tried): with the checkout's `STAMP` in place of the wallet's, nothing is learned.
    #[test]
    fn the_wallet_has_its_own_table_and_learns_its_own_files_alone() {
        let learned = Strings::english().learn(FRENCH.file());
        assert_eq!((Strings::english().manage(), learned.manage()), (ENGLISH.manage, FRENCH.manage));
        let others = Strings::english().learn(paydesk_words::FRENCH.file());
        assert_eq!(others, Strings::english(), "the checkout's words are not the wallet's");
    }
}
