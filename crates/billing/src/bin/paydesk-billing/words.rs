//! `words`, and the file that `org set --wording` takes.

use std::error::Error;
use std::path::Path;

use paydesk_billing::wire::Wording;
use paydesk_words::Table;
use serde_json::json;

/// The words of every language, or of one, that an organization may say in its own way: a JSON object a language, and in it a
/// line a word, in the order in which they belong together.
pub(crate) fn listed(language: Option<&str>) -> Result<String, Box<dyn Error>> {
    let tables = match language {
        Some(language) => vec![Table::of(language)?],
        None => Table::every().collect(),
    };
    let languages: Vec<_> = tables.iter().map(language_of).collect();
    Ok(format!("{{\n{}\n}}", languages.join(",\n")))
}

fn language_of(table: &Table) -> String {
    let words: Vec<_> =
        table.open().map(|(name, word)| format!("    {}: {}", json!(name), json!(word))).collect();
    format!("  {}: {{\n{}\n  }}", json!(table.language), words.join(",\n"))
}

/// Reads a file of an organization's own words.
///
/// # Errors
/// Where it cannot be read, or is no such file.
pub(crate) fn read(file: &Path) -> Result<Wording, Box<dyn Error>> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let form = "{\"fr\": {\"pay\": \"Verser {0}\"}}, by language and by the names that `paydesk-billing words` lists";
    Ok(serde_json::from_str(&text)
        .map_err(|error| format!("{}: {error}; it has to be like {form}", file.display()))?)
}
