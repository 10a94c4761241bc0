//! The bytes of the built widget, file by file, against the budget.

use std::fmt::Write as _;
use std::process::Command;

use crate::place::Place;
use crate::process;
use crate::say;
use crate::stop::Stop;
use crate::widget;
use crate::words;

/// What the whole checkout may weigh, and what the whole wallet: brotli 11, in bytes.
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
    /// Opening the wallet loads it.
    Wallet,
    /// Opening either loads it.
    Both,
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
    for line in [table(&files, CHECKOUT), table(&files, WALLET)].concat().lines() {
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
            "wallet" => Load::Wallet,
            "both" => Load::Both,
            "demand" => Load::OnDemand,
            _ => Load::Other,
        },
        raw: fields.next()?.parse().ok()?,
        brotli: fields.next()?.parse().ok()?,
        name: fields.next()?.to_owned(),
    })
}

/// What opening the checkout loads.
pub const CHECKOUT: &[Load] = &[Load::First, Load::Both];

/// What opening the wallet loads.
pub const WALLET: &[Load] = &[Load::Wallet, Load::Both];

/// The sum of what is loaded so: raw and brotli.
pub fn total(files: &[File], loads: &'static [Load]) -> (u64, u64) {
    of(files, loads).fold((0, 0), |(raw, brotli), file| (raw + file.raw, brotli + file.brotli))
}

/// The files that are loaded so.
pub fn of<'f>(files: &'f [File], loads: &'static [Load]) -> impl Iterator<Item = &'f File> {
    files.iter().filter(|file| loads.contains(&file.load))
}

fn within_budget(files: &[File]) -> Result<(), Stop> {
    for (page, loads) in [("checkout", CHECKOUT), ("wallet", WALLET)] {
        let (_, brotli) = total(files, loads);
        if brotli == 0 {
            return Err(Stop::Failed(format!("nothing was measured: dist/ holds no file of the {page}")));
        }
        if brotli >= BUDGET {
            return Err(Stop::Failed(format!(
                "the {page} weighs {} bytes (brotli 11); it must stay under {}",
                grouped(brotli),
                grouped(BUDGET)
            )));
        }
    }
    Ok(())
}

fn page(files: &[File]) -> String {
    format!(
        "# What the checkout and the wallet weigh\n\n\
         Made by `cargo xtask size`; do not edit. Bytes of every file that opening the checkout loads, as built and\n\
         after brotli 11. The sum must stay under {0} bytes of brotli, which the tests check.\n\n{1}\n\
         The wallet is a page and a program of its own, so that neither carries the other; `embed.js` is the same for both. Its\n\
         sum must stay under {0} bytes, too.\n\n{2}\n\
         Loaded on demand: the words of another language than English when they are read, at the same time as the program;\n\
         a picture when it shows. The address rules of a country are a file each, too.\n\n{3}",
        grouped(BUDGET),
        table(files, CHECKOUT),
        table(files, WALLET),
        rows(files, &[Load::OnDemand])
    )
}

fn table(files: &[File], loads: &'static [Load]) -> String {
    let mut text = rows(files, loads);
    let (raw, brotli) = total(files, loads);
    // Writing into a String cannot fail.
    let _ = writeln!(text, "| **sum** | **{}** | **{}** |", grouped(raw), grouped(brotli));
    text
}

fn rows(files: &[File], loads: &'static [Load]) -> String {
    let mut text = "| file | raw | brotli 11 |\n|---|---:|---:|\n".to_owned();
    for file in of(files, loads) {
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

    fn file(brotli: u64, load: Load) -> File {
        File { name: "paydesk.wasm".to_owned(), raw: brotli * 3, brotli, load }
    }

    #[test]
    fn the_budget_counts_what_each_page_loads() {
        let checked = |files: &[(u64, Load)]| {
            let files: Vec<_> = files.iter().map(|(brotli, load)| file(*brotli, *load)).collect();
            within_budget(&files).map_err(|stop| stop.to_string())
        };
        use Load::{Both, First, OnDemand, Wallet};
        assert!(checked(&[(BUDGET - 1, First), (BUDGET - 1, Wallet), (BUDGET, OnDemand)]).is_ok());
        assert!(checked(&[(60_000, First), (60_000, Wallet), (39_999, Both)]).is_ok());
        assert!(checked(&[(BUDGET, First), (1, Wallet)]).unwrap_err().contains("checkout"));
        assert!(checked(&[(1, First), (60_000, Wallet), (40_000, Both)]).unwrap_err().contains("wallet"));
        assert!(checked(&[(1, First)]).unwrap_err().contains("wallet"), "nothing of it was measured");
        assert!(checked(&[]).is_err());
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
        assert_eq!(read, Some(file(100, Load::First)));
        assert_eq!(parse("nonsense"), None);
    }
}
