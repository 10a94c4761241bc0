//! What an organization says in its own words: read, checked and changed a language at a time, and told to the checkout.

use std::collections::BTreeMap;

use paydesk_words::{Table, WordError};
use serde_json::{Value, json};

use crate::app::AppError;
use crate::store::{OrgTx, StoreError};
use crate::wire::Wording;

/// As much of a name that nobody knows as is told again.
const NAME_CHARACTERS: usize = 60;

/// What it says now.
pub(super) async fn read(tx: &mut OrgTx) -> Result<Wording, StoreError> {
    let mut wording = Wording::new();
    for row in tx.list_words().await? {
        wording.entry(row.language).or_default().insert(row.name, row.word);
    }
    Ok(wording)
}

/// The files by which the checkout learns it, one after the other; `None` where there is nothing to say.
pub(super) async fn files(tx: &mut OrgTx) -> Result<Option<String>, StoreError> {
    let wording = read(tx).await?;
    // A language that this version does not know has no table, and says nothing.
    let files = wording.iter().filter_map(|(language, words)| Table::of(language).ok()?.own_file(words));
    let files: Vec<_> = files.collect();
    Ok((!files.is_empty()).then(|| files.join("\n")))
}

/// What is asked for, without what the original says as well.
///
/// # Errors
/// A refusal that names the word, with what to do about it.
pub(super) fn checked(asked: Wording) -> Result<Wording, AppError> {
    let mut wording = Wording::new();
    for (language, words) in asked {
        let mut own = BTreeMap::new();
        let table = Table::of(&language).map_err(|why| refused(&[language.as_str()], &why))?;
        for (name, text) in words {
            let own_word = table.own_word(&name, &text);
            if let Some(word) = own_word.map_err(|why| refused(&[language.as_str(), name.as_str()], &why))? {
                own.insert(name, word);
            }
        }
        wording.insert(language, own);
    }
    Ok(wording)
}

fn refused(place: &[&str], why: &WordError) -> AppError {
    let mut param = "wording".to_owned();
    for part in place {
        param.push('.');
        param.extend(part.chars().take(NAME_CHARACTERS));
    }
    AppError::invalid(param, why.to_string())
}

/// Says from now on what was [`checked`], in the languages that it names. Tells what it says in all of them, and which words
/// are others now, by language, for the audit log: their names alone, as that cannot be taken out again.
pub(super) async fn change(tx: &mut OrgTx, asked: Wording) -> Result<(Wording, Option<Value>), StoreError> {
    let mut wording = read(tx).await?;
    let mut changed = BTreeMap::new();
    for (language, words) in asked {
        let before = wording.remove(&language).unwrap_or_default();
        let mut names: Vec<_> = before
            .keys()
            .chain(words.keys())
            .filter(|name| before.get(*name) != words.get(*name))
            .cloned()
            .collect();
        names.sort_unstable();
        names.dedup();
        if !names.is_empty() {
            tx.delete_words(&language).await?;
            for (name, word) in &words {
                tx.insert_word(&language, name, word).await?;
            }
            changed.insert(language.clone(), names);
        }
        if !words.is_empty() {
            wording.insert(language, words);
        }
    }
    Ok((wording, (!changed.is_empty()).then(|| json!(changed))))
}
