//! What an organization says in its own words.

use crate::store::StoreError;
use crate::store::macros::{execute, fetch_all, row, statements};
use crate::store::tx::OrgTx;

statements! {
    LIST_WORDS = "SELECT language, name, word FROM organization_words WHERE org_id = $1 ORDER BY language, name";
    INSERT_WORD = "INSERT INTO organization_words (org_id, language, name, word) VALUES ($1, $2, $3, $4)";
    DELETE_WORDS = "DELETE FROM organization_words WHERE org_id = $1 AND language = $2";
}

row! {
    /// A row of `organization_words`.
    WordRow {
        /// The language's tag.
        language: String,
        /// Which word.
        name: String,
        /// What is said in its place.
        word: String,
    }
}

impl OrgTx {
    /// The organization's own words, by language and name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_words(&mut self) -> Result<Vec<WordRow>, StoreError> {
        fetch_all!(self, WordRow, LIST_WORDS, &self.org)
    }

    /// Writes one of the organization's own words.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_word(&mut self, language: &str, name: &str, word: &str) -> Result<(), StoreError> {
        execute!(self, INSERT_WORD, &self.org, language, name, word)?;
        Ok(())
    }

    /// Takes away what the organization has of its own in a language.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_words(&mut self, language: &str) -> Result<(), StoreError> {
        execute!(self, DELETE_WORDS, &self.org, language)?;
        Ok(())
    }
}
