//! The words of other languages than English: their files, made of the tables beside the programs' own, and the proof that
//! a delivered program holds none of them.

use std::path::Path;

use paydesk_words::{ENGLISH, LANGUAGES, STAMP, wallet};

use crate::place::Place;
use crate::stop::Stop;

/// The names of the words, with their English, and at the end the stamp of this list.
const NAMED: &str = "words-named.txt";
/// Shorter words stand in a program by chance.
const TELLING_BYTES: usize = 16;

/// Words by their names.
type Named = Vec<(&'static str, &'static str)>;

/// The words of one page.
struct Words {
    english: Named,
    stamp: &'static str,
    /// Every other language: the name of its file, the file, and its words.
    others: Vec<(String, String, Named)>,
}

/// The checkout's.
fn of_checkout() -> Words {
    let others = LANGUAGES.iter().map(|table| (table.file_name(), table.file(), table.all()));
    Words { english: ENGLISH.all(), stamp: STAMP, others: others.collect() }
}

/// The wallet's.
fn of_wallet() -> Words {
    let others = wallet::LANGUAGES.iter().map(|table| (table.file_name(), table.file(), table.all()));
    Words { english: wallet::ENGLISH.all(), stamp: wallet::STAMP, others: others.collect() }
}

/// Writes a file for every language into the folder of each page, where tools/finish.mjs finds them, and the names of the words with
/// their English for those that a boot script reads itself.
///
/// # Errors
/// Where a file cannot be written.
pub fn write(checkout: &Path, wallet: &Path) -> Result<(), Stop> {
    for (folder, words) in [(checkout, of_checkout()), (wallet, of_wallet())] {
        for (name, file, _) in &words.others {
            std::fs::write(folder.join(name), file).map_err(|e| Stop::while_doing(name, e))?;
        }
        let named = words.english.into_iter().chain([("stamp", words.stamp)]);
        let named: String = named.map(|(name, word)| format!("{name}: {word}\n")).collect();
        std::fs::write(folder.join(NAMED), named).map_err(|e| Stop::while_doing(NAMED, e))?;
    }
    Ok(())
}

/// Checks that each built program has its English words and those of no other language, and that every language is delivered as
/// its table says.
///
/// # Errors
/// Where it is otherwise, with the first such word.
pub fn check(place: &Place) -> Result<(), Stop> {
    let assets = place.dist().join("assets");
    let doing = |e| Stop::while_doing("dist/assets", e);
    let (mut programs, mut files) = ([Vec::new(), Vec::new()], Vec::new());
    for entry in std::fs::read_dir(&assets).map_err(doing)? {
        let path = entry.map_err(doing)?.path();
        let is_wallet =
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("paydesk-wallet"));
        match path.extension().and_then(|end| end.to_str()) {
            Some("wasm") => programs[usize::from(is_wallet)] = std::fs::read(&path).map_err(doing)?,
            Some("txt") => files.push(std::fs::read_to_string(&path).map_err(doing)?),
            _ => {}
        }
    }
    let mut delivered = 0;
    for (program, words) in programs.iter().zip([of_checkout(), of_wallet()]) {
        holds_english_alone(program, &words)?;
        for (name, file, _) in &words.others {
            if files.iter().filter(|known| *known == file).count() != 1 {
                return Err(Stop::Failed(format!(
                    "dist/assets holds no {name} as its table is: build again"
                )));
            }
            delivered += 1;
        }
    }
    if files.len() == delivered {
        return Ok(());
    }
    Err(Stop::Failed("dist/assets holds words of a language that is not delivered: build again".to_owned()))
}

fn holds_english_alone(program: &[u8], words: &Words) -> Result<(), Stop> {
    let holds = |word: &str| program.windows(word.len()).any(|part| part == word.as_bytes());
    let english = telling(&words.english);
    if let Some(word) = english.iter().find(|word| !holds(word)) {
        return Err(Stop::Failed(format!("the program does not hold its own words: {word}")));
    }
    let foreign = words.others.iter().flat_map(|(_, _, words)| telling(words));
    match foreign.filter(|word| !english.contains(word)).find(|word| holds(word)) {
        Some(word) => Err(Stop::Failed(format!("the program holds words that belong into a file: {word}"))),
        None => Ok(()),
    }
}

fn telling(words: &Named) -> Vec<&'static str> {
    words.iter().map(|(_, word)| *word).filter(|word| word.len() >= TELLING_BYTES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_french_sentence_in_the_program_is_found() {
        let tables = [
            (of_checkout(), ENGLISH.file(), paydesk_words::FRENCH.keep_open),
            (of_wallet(), wallet::ENGLISH.file(), wallet::FRENCH.code_sent),
        ];
        for (words, english, french) in tables {
            let program = [b"\0asm".as_slice(), english.as_bytes()].concat();
            holds_english_alone(&program, &words).unwrap();
            let mixed = [program.as_slice(), french.as_bytes()].concat();
            assert!(holds_english_alone(&mixed, &words).unwrap_err().to_string().contains(french));
            assert!(
                holds_english_alone(b"\0asm", &words).is_err(),
                "what holds no words at all proves nothing"
            );
        }
    }
}
