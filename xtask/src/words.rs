//! The words of other languages than English: their files, made of the tables beside the program's own, and the proof that
//! the delivered program holds none of them.

use std::path::Path;

use paydesk_words::{ENGLISH, LANGUAGES, STAMP, Table};

use crate::place::Place;
use crate::stop::Stop;

/// The names of the words, with their English, and at the end the stamp of this list.
const NAMED: &str = "words-named.txt";
/// Shorter words stand in a program by chance.
const TELLING_BYTES: usize = 16;

/// Writes a file for every language into `folder`, where tools/finish.mjs finds them, and the names of the words with their
/// English for those that the boot script reads itself.
///
/// # Errors
/// Where a file cannot be written.
pub fn write(folder: &Path) -> Result<(), Stop> {
    for table in LANGUAGES {
        let name = table.file_name();
        std::fs::write(folder.join(&name), table.file()).map_err(|e| Stop::while_doing(&name, e))?;
    }
    let words = ENGLISH.all().into_iter().chain([("stamp", STAMP)]);
    let named: String = words.map(|(name, word)| format!("{name}: {word}\n")).collect();
    std::fs::write(folder.join(NAMED), named).map_err(|e| Stop::while_doing(NAMED, e))
}

/// Checks that the built program has its English words and those of no other language, and that every language is delivered as
/// its table says.
///
/// # Errors
/// Where it is otherwise, with the first such word.
pub fn check(place: &Place) -> Result<(), Stop> {
    let assets = place.dist().join("assets");
    let doing = |e| Stop::while_doing("dist/assets", e);
    let (mut program, mut files) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(&assets).map_err(doing)? {
        let path = entry.map_err(doing)?.path();
        match path.extension().and_then(|end| end.to_str()) {
            Some("wasm") => program = std::fs::read(&path).map_err(doing)?,
            Some("txt") => files.push(std::fs::read_to_string(&path).map_err(doing)?),
            _ => {}
        }
    }
    holds_english_alone(&program)?;
    for table in LANGUAGES {
        if files.iter().filter(|file| **file == table.file()).count() != 1 {
            let name = table.file_name();
            return Err(Stop::Failed(format!("dist/assets holds no {name} as its table is: build again")));
        }
    }
    if files.len() == LANGUAGES.len() {
        return Ok(());
    }
    Err(Stop::Failed("dist/assets holds words of a language that is not delivered: build again".to_owned()))
}

fn holds_english_alone(program: &[u8]) -> Result<(), Stop> {
    let holds = |word: &str| program.windows(word.len()).any(|part| part == word.as_bytes());
    let english = telling(&ENGLISH);
    if let Some(word) = english.iter().find(|word| !holds(word)) {
        return Err(Stop::Failed(format!("the program does not hold its own words: {word}")));
    }
    let foreign = LANGUAGES.iter().flat_map(telling).filter(|word| !english.contains(word));
    match foreign.into_iter().find(|word| holds(word)) {
        Some(word) => Err(Stop::Failed(format!("the program holds words that belong into a file: {word}"))),
        None => Ok(()),
    }
}

fn telling(table: &Table) -> Vec<&'static str> {
    table.all().into_iter().map(|(_, word)| word).filter(|word| word.len() >= TELLING_BYTES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use paydesk_words::FRENCH;

    #[test]
    fn one_french_sentence_in_the_program_is_found() {
        let program = [b"\0asm".as_slice(), ENGLISH.file().as_bytes()].concat();
        holds_english_alone(&program).unwrap();
        let mixed = [program.as_slice(), FRENCH.keep_open.as_bytes()].concat();
        assert!(holds_english_alone(&mixed).unwrap_err().to_string().contains(FRENCH.keep_open));
        assert!(holds_english_alone(b"\0asm").is_err(), "what holds no words at all proves nothing");
    }
}
