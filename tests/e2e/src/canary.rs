//! Looks for card numbers and security codes where none may be: every spelling of known ones in any bytes, and
//! anything that could be a number in the text of a request.

use std::fmt;
use std::path::Path;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::{Context, Failure};

/// A known secret that was typed somewhere.
#[derive(Clone, Debug)]
pub struct Canary {
    /// What it is, for the report.
    pub what: &'static str,
    /// Its digits.
    pub digits: String,
}

/// A place where a secret was found.
#[derive(Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: String,
    /// Which secret, and in which spelling.
    pub what: String,
    /// The bytes around it, as far as they can be read.
    pub around: String,
}

impl fmt::Debug for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} in {}: …{}…", self.what, self.place, self.around)
    }
}

struct Spelling {
    canary: usize,
    how: &'static str,
    bytes: Vec<u8>,
    /// For short ones alone: how its characters lie in the bytes.
    lay: Option<Lay>,
}

/// How characters lie in bytes.
#[derive(Clone, Copy, Debug)]
struct Lay {
    /// From one to the next.
    step: usize,
    /// Which byte of each says what it is.
    at: usize,
}

/// So many hexadecimal characters in a row are the name of something, made by chance.
const NAME_CHARACTERS: usize = 16;

/// A search for all spellings of some secrets at once.
#[derive(Debug)]
pub struct Sweep {
    names: Vec<String>,
    /// Short ones count only where they stand alone, or every time stamp would be a find.
    short: Vec<Option<Lay>>,
    automaton: AhoCorasick,
}

impl Sweep {
    /// Prepares a search.
    ///
    /// # Errors
    /// Where there are more spellings than can be searched for.
    pub fn new(canaries: &[Canary]) -> Result<Self, Failure> {
        let spellings: Vec<Spelling> = canaries
            .iter()
            .enumerate()
            .flat_map(|(index, canary)| {
                spellings(&canary.digits).into_iter().map(move |(how, bytes)| {
                    let lay = lay(how).filter(|lay| bytes.len() / lay.step < 8);
                    Spelling { canary: index, how, bytes, lay }
                })
            })
            .collect();
        let what = |spelling: &Spelling| canaries.get(spelling.canary).map_or("", |canary| canary.what);
        Ok(Self {
            names: spellings
                .iter()
                .map(|spelling| format!("{} ({})", what(spelling), spelling.how))
                .collect(),
            short: spellings.iter().map(|spelling| spelling.lay).collect(),
            automaton: AhoCorasick::new(spellings.iter().map(|spelling| &spelling.bytes))
                .context("the sweep")?,
        })
    }

    /// All finds in some bytes.
    pub fn find(&self, place: &str, bytes: &[u8]) -> Vec<Finding> {
        self.automaton
            .find_overlapping_iter(bytes)
            .filter(|found| {
                let short = self.short.get(found.pattern().as_usize()).copied().flatten();
                short.is_none_or(|lay| stands_alone(bytes, found.start(), found.end(), lay))
            })
            .map(|found| {
                let window = bytes.get(found.start().saturating_sub(40)..(found.end() + 20).min(bytes.len()));
                Finding {
                    place: place.to_owned(),
                    what: self.names.get(found.pattern().as_usize()).cloned().unwrap_or_default(),
                    around: String::from_utf8_lossy(window.unwrap_or_default()).escape_debug().to_string(),
                }
            })
            .collect()
    }

    /// All finds in the files of a folder, and in their names.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn find_in_folder(&self, folder: &Path) -> Result<Vec<Finding>, Failure> {
        let mut finds = Vec::new();
        let mut folders = vec![folder.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).context(folder.display())? {
                let path = entry.context(folder.display())?.path();
                let place = path.display().to_string();
                finds.extend(self.find(&format!("the name {place}"), place.as_bytes()));
                if path.is_symlink() {
                    continue;
                }
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(bytes) = std::fs::read(&path) {
                    // Sockets and files that went meanwhile have no bytes.
                    finds.extend(self.find(&place, &bytes));
                }
            }
        }
        Ok(finds)
    }
}

fn lay(how: &str) -> Option<Lay> {
    match how {
        "plain" => Some(Lay { step: 1, at: 0 }),
        "UTF-16LE" => Some(Lay { step: 2, at: 0 }),
        "UTF-16BE" => Some(Lay { step: 2, at: 1 }),
        _ => None,
    }
}

/// Whether what was found is neither a part of a longer number or of a fraction, nor of a name that a program made of
/// hexadecimal characters by chance.
fn stands_alone(bytes: &[u8], start: usize, end: usize, lay: Lay) -> bool {
    let character = |at: usize| bytes.get(at).copied();
    let before: Vec<u8> = (1..=NAME_CHARACTERS)
        .map_while(|count| (start + lay.at).checked_sub(count * lay.step).and_then(character))
        .collect();
    let after: Vec<u8> =
        (0..NAME_CHARACTERS).map_while(|count| character(end + lay.at + count * lay.step)).collect();
    let begins = |side: &[u8], with: fn(&u8) -> bool| side.first().is_some_and(with);
    let hexadecimal = |side: &[u8]| side.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let run = hexadecimal(&before) + (end - start) / lay.step + hexadecimal(&after);
    !begins(&before, u8::is_ascii_digit)
        && !begins(&after, u8::is_ascii_digit)
        && !begins(&before, |byte| *byte == b'.')
        && run < NAME_CHARACTERS
}

/// Everything that the digits may look like.
fn spellings(digits: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut texts = vec![("plain", digits.to_owned())];
    if digits.len() > 4 {
        for (how, separator) in
            [("spaced", " "), ("dashed", "-"), ("plus", "+"), ("%20", "%20"), ("nbsp", "\u{a0}")]
        {
            texts.push((how, grouped(digits, separator)));
        }
        texts.push(("backwards", digits.chars().rev().collect()));
    }
    let mut all: Vec<(&'static str, Vec<u8>)> = Vec::new();
    for (how, text) in &texts {
        all.push((how, text.clone().into_bytes()));
        let utf16: Vec<u16> = text.encode_utf16().collect();
        all.push(("UTF-16LE", utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect()));
        all.push(("UTF-16BE", utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect()));
    }
    if digits.len() > 4 {
        for (_, text) in texts.iter().take(2) {
            all.extend(base64_cores(text.as_bytes()).into_iter().map(|core| ("base64", core)));
        }
        let number: u64 = digits.parse().unwrap_or_default();
        let significant =
            |bytes: [u8; 8]| bytes.into_iter().skip_while(|byte| *byte == 0).collect::<Vec<u8>>();
        let big = significant(number.to_be_bytes());
        all.push(("integer", big.iter().rev().copied().collect()));
        all.push(("integer", big));
        all.push(("IEEE double", bytes_of_double(digits)));
    }
    let each = |prefix: &str, offset: u32| -> Vec<u8> {
        digits
            .bytes()
            .flat_map(|digit| format!("{prefix}{:02x}", u32::from(digit) + offset).into_bytes())
            .collect()
    };
    all.push(("percent-encoded", each("%", 0)));
    all.push(("JSON escapes", each("\\u00", 0)));
    all.push(("hexadecimal", each("", 0)));
    let wide = digits.chars().filter_map(|digit| char::from_u32(u32::from(digit) + 0xFEE0));
    all.push(("full-width", wide.collect::<String>().into_bytes()));
    all.sort_by(|one, other| one.1.cmp(&other.1));
    all.dedup_by(|one, other| one.1 == other.1);
    // Hexadecimal of four digits is eight characters that occur by chance only in long random text.
    all
}

fn bytes_of_double(digits: &str) -> Vec<u8> {
    digits.parse::<f64>().unwrap_or_default().to_le_bytes().to_vec()
}

/// As a card shows it.
fn grouped(digits: &str, separator: &str) -> String {
    let cuts: &[usize] = if digits.len() == 15 { &[4, 10] } else { &[4, 8, 12, 16] };
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if cuts.contains(&place) {
            text.push_str(separator);
        }
        text.push(digit);
    }
    text
}

/// What base64 makes of the text wherever it stands in a longer one, without the characters that its
/// neighbours have a part in.
fn base64_cores(text: &[u8]) -> Vec<Vec<u8>> {
    let mut cores = Vec::new();
    for shift in 0..3_usize {
        let mut padded = vec![b'x'; shift];
        padded.extend_from_slice(text);
        let whole = padded.len() / 3 * 4;
        let skipped = if shift == 0 { 0 } else { shift + 1 };
        for encoded in [STANDARD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)] {
            cores.extend(encoded.get(skipped..whole).map(|core| core.as_bytes().to_vec()));
        }
    }
    cores
}

/// True when a text, once decoded, holds 13 to 19 digits in a row (spaces and dashes aside) that begin like a
/// card number and have its check digit. Written apart from the rules under test.
pub fn holds_card_number(text: &str) -> bool {
    let decoded = percent_decoded(text);
    let mut run = String::new();
    let mut gap = 0;
    for character in decoded.chars().chain(['\0']) {
        match character {
            '0'..='9' => {
                run.push(character);
                gap = 0;
            }
            ' ' | '-' | '+' | '\u{a0}' if !run.is_empty() && gap == 0 => gap = 1,
            _ => {
                if is_card_number(&run) {
                    return true;
                }
                run.clear();
                gap = 0;
            }
        }
    }
    false
}

fn is_card_number(digits: &str) -> bool {
    let plausible = (13..=19).contains(&digits.len()) && digits.starts_with(['2', '3', '4', '5', '6']);
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|digit| digit.to_digit(10))
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    plausible && sum.is_multiple_of(10)
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = text
            .get(at + 1..at + 3)
            .filter(|_| *byte == b'%')
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        decoded.push(code.unwrap_or(*byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sweep() -> Sweep {
        let canary = |what, digits: &str| Canary { what, digits: digits.to_owned() };
        Sweep::new(&[canary("number", "374291830571686"), canary("code", "0739")]).unwrap()
    }

    #[test]
    fn finds_every_spelling() {
        let base = |text: &str| STANDARD.encode(text);
        let wide: Vec<u8> = "374291830571686".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for text in [
            "x374291830571686y".to_owned(),
            "3742 918305 71686".to_owned(),
            "3742-918305-71686".to_owned(),
            "3742%20918305%2071686".to_owned(),
            "%33%37%34%32%39%31%38%33%30%35%37%31%36%38%36".to_owned(),
            base("374291830571686"),
            base("a374291830571686b"),
            base("{\"n\":\"3742 918305 71686\"}"),
            "\"cvc\":\"0739\"".to_owned(),
            "cvc=0739&".to_owned(),
        ] {
            assert!(!sweep().find("test", text.as_bytes()).is_empty(), "{text}");
        }
        assert!(!sweep().find("test", &wide).is_empty());
        assert!(!sweep().find("test", &374_291_830_571_686_u64.to_be_bytes()).is_empty());
    }

    #[test]
    fn finds_nothing_where_nothing_is() {
        for text in
            ["2026-11-23T08:14:48.0739Z", "10739", "07391", "374291830571685", "https://127.0.0.1:40739/"]
        {
            assert_eq!(sweep().find("test", text.as_bytes()), Vec::new(), "{text}");
        }
    }

    /// Names of frames in Chromium's session files have held the code by chance.
    #[test]
    fn a_code_of_two_byte_characters_stands_alone_as_well() {
        let spelled = |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(bytes).collect()
        };
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            for text in ["the code is 0739, and", "0739", "<!--dynamicFrame-->0739"] {
                assert!(!sweep().find("test", &spelled(text, bytes)).is_empty(), "{text}");
            }
            for text in ["Frame8307390ED76AF174", "FrameD0739ED76AF17400", "10739", "0.0739"] {
                assert_eq!(sweep().find("test", &spelled(text, bytes)), Vec::new(), "{text}");
            }
        }
        assert!(sweep().find("test", b"D0739ED76AF17400").is_empty());
    }

    #[test]
    fn knows_a_number_from_other_digits() {
        for text in [
            "4242424242424242",
            "n=4242%204242%204242%204242&",
            "3782-822463-10005",
            "\u{a0}6011111111111117.",
        ] {
            assert!(holds_card_number(text), "{text}");
        }
        for text in
            ["4242424242424241", "1700000000000", "2026-11-23T08:14:48.123456789Z", "424242424242", "att_abc"]
        {
            assert!(!holds_card_number(text), "{text}");
        }
    }
}
