//! The bytes of the built widget, file by file, against the budget.

use std::fmt::Write as _;
use std::process::Command;

use crate::place::Place;
use crate::process;
use crate::say;
use crate::stop::Stop;
use crate::widget;
use crate::words;

/// What the whole checkout may weigh: brotli 11, in bytes.
const BUDGET: u64 = 100_000;

/// One delivered file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path below `dist/`, without the hash of its content.
    pub name: String,
    /// Bytes as it is.
    pub raw: u64,
    /// Bytes after brotli 11.
    pub brotli: u64,
    /// When it is loaded.
    pub load: Load,
}

/// When a file is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// Opening the checkout loads it.
    First,
    /// When what is in it shows.
    OnDemand,
    /// Neither: it is one of many, or for no browser.
    Other,
}

/// Builds the widget, writes docs/BYTES.md, prints the table.
///
/// # Errors
/// Where the build fails or the budget is exceeded.
pub fn run(place: &Place) -> Result<(), Stop> {
    widget::build(place, widget::Kind::Shipped)?;
    let files = measure(place)?;
    let page = page(&files);
    let docs = place.root.join("docs");
    std::fs::create_dir_all(&docs)
        .and_then(|()| std::fs::write(docs.join("BYTES.md"), &page))
        .map_err(|e| Stop::while_doing("docs/BYTES.md", e))?;
    say::text(&page);
    words::check(place)?;
    within_budget(&files)
}

/// Measures what is built and compares it with the budget, and looks where the words of other languages are.
///
/// # Errors
/// Where the budget is exceeded, or the program holds words of another language than English.
pub fn check(place: &Place) -> Result<(), Stop> {
    let files = measure(place)?;
    for line in table(&files).lines() {
        say::note(line);
    }
    words::check(place)?;
    within_budget(&files)
}

/// The delivered files and their sizes.
///
/// # Errors
/// Where they cannot be measured.
pub fn measure(place: &Place) -> Result<Vec<File>, Stop> {
    let script = place.root.join("tools/size.mjs");
    let text = process::read_or_stop(Command::new("node").arg(script).arg(place.dist()))?;
    let files: Option<Vec<File>> = text.lines().map(parse).collect();
    files.ok_or_else(|| Stop::Failed(format!("tools/size.mjs wrote something unexpected:\n{text}")))
}

fn parse(line: &str) -> Option<File> {
    let mut fields = line.split('\t');
    Some(File {
        load: match fields.next()? {
            "counted" => Load::First,
            "demand" => Load::OnDemand,
            _ => Load::Other,
        },
        raw: fields.next()?.parse().ok()?,
        brotli: fields.next()?.parse().ok()?,
        name: fields.next()?.to_owned(),
    })
}

/// The sum of what opening the checkout loads: raw and brotli.
pub fn total(files: &[File]) -> (u64, u64) {
    of(files, Load::First).fold((0, 0), |(raw, brotli), file| (raw + file.raw, brotli + file.brotli))
}

/// The files that are loaded so.
pub fn of(files: &[File], load: Load) -> impl Iterator<Item = &File> {
    files.iter().filter(move |file| file.load == load)
}

fn within_budget(files: &[File]) -> Result<(), Stop> {
    let (_, brotli) = total(files);
    if brotli == 0 {
        return Err(Stop::Failed("nothing was measured: dist/ holds no file of the widget".to_owned()));
    }
    if brotli >= BUDGET {
        return Err(Stop::Failed(format!(
            "the checkout weighs {} bytes (brotli 11); it must stay under {}",
            grouped(brotli),
            grouped(BUDGET)
        )));
    }
    Ok(())
}

fn page(files: &[File]) -> String {
    format!(
        "# What the checkout weighs\n\n\
         Made by `cargo xtask size`; do not edit. Bytes of every file that opening the checkout loads, as built and\n\
         after brotli 11. The sum must stay under {} bytes of brotli, which the tests check.\n\n{}\n\
         Loaded on demand: the words of another language than English when they are read, at the same time as the program;\n\
         a picture when it shows. The address rules of a country are a file each, too.\n\n{}",
        grouped(BUDGET),
        table(files),
        rows(files, Load::OnDemand)
    )
}

fn table(files: &[File]) -> String {
    let mut text = rows(files, Load::First);
    let (raw, brotli) = total(files);
    // Writing into a String cannot fail.
    let _ = writeln!(text, "| **sum** | **{}** | **{}** |", grouped(raw), grouped(brotli));
    text
}

fn rows(files: &[File], load: Load) -> String {
    let mut text = "| file | raw | brotli 11 |\n|---|---:|---:|\n".to_owned();
    for file in of(files, load) {
        let _ = writeln!(text, "| {} | {} | {} |", file.name, grouped(file.raw), grouped(file.brotli));
    }
    text
}

/// A number with its thousands apart: 12,345.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(brotli: u64, counted: bool) -> File {
        let load = if counted { Load::First } else { Load::OnDemand };
        File { name: "paydesk.wasm".to_owned(), raw: brotli * 3, brotli, load }
    }

    #[test]
    fn the_budget_counts_what_is_loaded() {
        assert!(within_budget(&[file(BUDGET - 1, true), file(BUDGET, false)]).is_ok());
        assert!(within_budget(&[file(BUDGET, true)]).is_err());
        assert!(within_budget(&[file(60_000, true), file(40_000, true)]).is_err());
        assert!(within_budget(&[]).is_err());
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            [grouped(0), grouped(999), grouped(1_000), grouped(1_234_567)],
            ["0", "999", "1,000", "1,234,567"]
        );
    }

    #[test]
    fn a_measured_line_is_read() {
        let read = parse("counted\t300\t100\tpaydesk.wasm");
        assert_eq!(read, Some(file(100, true)));
        assert_eq!(parse("nonsense"), None);
    }
}
