//! Two languages that nobody speaks, made of the English words: a long one with accents, and one that is written from
//! right to left. They show what is cut off, what stands on the wrong side, and what is not in the tables at all. They are
//! put beside a copy of the built widget, and are never delivered.

use std::path::{Path, PathBuf};

use crate::{Context, Failure, place};

use paydesk_words::wallet;

pub use paydesk_words::ENGLISH;

/// The long one: accents, brackets, and two fifths more.
pub const LONG: &str = "en-XA";
/// The one from right to left: each word is turned around by marks of its own, so that it can still be read.
pub const RIGHT_TO_LEFT: &str = "ar-XB";

/// Copies the built widget into a folder, with both languages beside its own.
///
/// # Errors
/// Where the widget was not built, or the folder cannot be written.
pub fn dist(to: &Path) -> Result<PathBuf, Failure> {
    copy(&place::dist()?, to)?;
    add(to, "index.html", "", ENGLISH.all(), |words| paydesk_words::file(words))?;
    add(to, "wallet.html", "wallet-", wallet::ENGLISH.all(), |words| wallet::file(words))?;
    Ok(to.to_path_buf())
}

/// Puts both languages beside those of a page, whose files have a name that begins so.
fn add(
    to: &Path,
    page: &str,
    prefix: &str,
    english: Vec<(&'static str, &'static str)>,
    file: impl Fn(Vec<&str>) -> String,
) -> Result<(), Failure> {
    let page = to.join(page);
    let mut html = std::fs::read_to_string(&page).context(page.display())?;
    for tag in [LONG, RIGHT_TO_LEFT] {
        let make: fn(&str) -> String = if tag == LONG { long } else { turned };
        let name = format!("{prefix}words-{}.txt", tag.to_ascii_lowercase());
        let words = english.iter().map(|(name, word)| match *name {
            "language" => tag.to_owned(),
            "direction" => (if tag == LONG { "ltr" } else { "rtl" }).to_owned(),
            "pictures" => (*word).to_owned(),
            _ => make(word),
        });
        let words: Vec<String> = words.collect();
        let text = file(words.iter().map(String::as_str).collect());
        std::fs::write(to.join("assets").join(&name), text).context(&name)?;
        let link = format!(
            "<link rel=\"alternate\" hreflang=\"{}\" href=\"/assets/{name}\">\n</head>",
            tag.to_ascii_lowercase()
        );
        html = html.replace("</head>", &link);
    }
    std::fs::write(&page, html).context(page.display())?;
    let packed = page.with_extension("html.br");
    std::fs::remove_file(&packed).context(packed.display())
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(to).context(to.display())?;
    for entry in std::fs::read_dir(from).context(from.display())? {
        let entry = entry.context(from.display())?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            std::fs::copy(&path, &target).context(path.display())?;
        }
    }
    Ok(())
}

/// Changes what stands between the places that are filled in.
fn between_places(text: &str, change: impl Fn(&str) -> String) -> String {
    let mut made = String::new();
    for part in text.split_inclusive('}') {
        let (words, place) = part.split_at(part.find('{').unwrap_or(part.len()));
        made.push_str(&change(words));
        made.push_str(place);
    }
    made
}

fn long(text: &str) -> String {
    let accented = between_places(text, |words| {
        words
            .chars()
            .map(|letter| match letter {
                'a' => 'å',
                'c' => 'ç',
                'e' => 'é',
                'i' => 'î',
                'n' => 'ñ',
                'o' => 'ö',
                'u' => 'û',
                'A' => 'Å',
                'E' => 'É',
                'O' => 'Ö',
                letter => letter,
            })
            .collect()
    });
    let mut more = String::new();
    for number in
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"].iter().cycle()
    {
        if more.len() >= text.chars().count() * 2 / 5 {
            break;
        }
        more.push(' ');
        more.push_str(number);
    }
    format!("[{accented}{more}]")
}

fn turned(text: &str) -> String {
    between_places(text, |words| {
        let turn = |word: &str| {
            let plain = word.trim_end();
            let rest = word.get(plain.len()..).unwrap_or_default();
            if plain.is_empty() { rest.to_owned() } else { format!("\u{202e}{plain}\u{202c}{rest}") }
        };
        words.split_inclusive(' ').map(turn).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::{long, turned};

    #[test]
    fn places_stay_as_they_are() {
        assert_eq!(long("Pay {0} now"), "[Påy {0} ñöw one]");
        assert_eq!(turned("Pay {0} now"), "\u{202e}Pay\u{202c} {0} \u{202e}now\u{202c}");
    }
}
