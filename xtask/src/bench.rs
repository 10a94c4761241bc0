//! The project's figures as one JSON document on standard output; what happens meanwhile goes to standard error.

use std::fmt::Write as _;
use std::process::Command;

use crate::clock::Stopwatch;
use crate::place::Place;
use crate::postgres::{Keeping, Postgres};
use crate::process;
use crate::say;
use crate::size::{self, File};
use crate::stop::Stop;
use crate::test::Equipment;

/// What is measured in the browser or with the built widget.
const BROWSER_PARTS: [&str; 4] = ["load", "typing", "memory", "server"];
/// What is measured with the servers alone.
const SERVER_PARTS: [&str; 4] = ["charges", "backlog", "stored", "people"];
/// Leave the other database out.
const ENGINES: [&str; 2] = ["sqlite", "postgresql"];

/// Measures and prints: everything, or the bytes and the named parts. Where only parts are named that need no widget,
/// none is built, and its bytes are left out.
///
/// # Errors
/// Where something cannot be built or measured.
pub fn run(place: &Place, words: &[String]) -> Result<(), Stop> {
    let known = || BROWSER_PARTS.iter().chain(&SERVER_PARTS).chain(&ENGINES);
    if let Some(unknown) = words.iter().find(|word| !known().any(|known| known == word)) {
        let known: Vec<&str> = known().copied().collect();
        return Err(Stop::Usage(format!("there is no part `{unknown}`; there are {}", known.join(", "))));
    }
    let widget = needs_widget(words);
    let equipment = widget.then(|| Equipment::for_figures(place)).transpose()?;
    let bytes = widget.then(|| size::measure(place).map(|files| bytes(&files))).transpose()?;
    let watch = Stopwatch::start();
    say::step(
        "Building the servers, optimized",
        "instant when nothing changed, the first time about 8 minutes",
    );
    let packages =
        ["paydesk-sandbox", "paydesk-billing", "paydesk-e2e"].iter().flat_map(|name| ["--package", name]);
    process::run(process::cargo(&place.root, ["build", "--locked", "--release", "--bins"]).args(packages))?;
    say::done("servers", watch.elapsed());
    let programs = place.target.join("release");
    let postgres = Postgres::start(Keeping::EveryCommit)?;
    let mut bench = Command::new(programs.join("paydesk-bench"));
    if let Some(equipment) = &equipment {
        equipment.apply(&mut bench);
    }
    bench
        .args(words)
        .env("PAYDESK_BIN_DIR", &programs)
        .env("PAYDESK_BENCH_POSTGRES_URL", &postgres.url)
        .env("PAYDESK_BENCH_POSTGRES_SUPERUSER_URL", &postgres.superuser_url)
        .env("PAYDESK_BENCH_POSTGRES_PROGRAMS", &postgres.programs);
    say::step("Measuring in the browser and on both databases", "some minutes");
    let measured = process::read_with_progress(&mut bench)?;
    say::done("measured", watch.elapsed());
    match bytes {
        Some(bytes) => say::line(&merged(&bytes, &measured)?),
        None => say::line(measured.trim()),
    }
    Ok(())
}

/// Whether anything among these words is about the widget: everything is, where no part is named.
fn needs_widget(words: &[String]) -> bool {
    let is_one_of = |parts: &[&str], word: &String| parts.iter().any(|part| part == word);
    words.iter().any(|word| is_one_of(&BROWSER_PARTS, word))
        || !words.iter().any(|word| is_one_of(&SERVER_PARTS, word))
}

/// Puts the bytes in front of what was measured, which is a JSON object of its own.
fn merged(bytes: &str, measured: &str) -> Result<String, Stop> {
    let rest = measured.trim().strip_prefix('{').filter(|rest| rest.len() > 1 && rest.ends_with('}'));
    let rest =
        rest.ok_or_else(|| Stop::Failed(format!("paydesk-bench wrote no JSON object:\n{measured}")))?;
    Ok(format!("{{\"bytes\":{bytes},{rest}"))
}

fn bytes(files: &[File]) -> String {
    let mut list = String::new();
    // What is loaded on demand (the address rules of 250 countries) would only hide the rest.
    for file in size::of(files, size::CHECKOUT) {
        let comma = if list.is_empty() { "" } else { "," };
        // Writing into a String cannot fail.
        let _ = write!(
            list,
            "{comma}{{\"file\":{},\"raw\":{},\"brotli\":{},\"counted\":true}}",
            quoted(&file.name),
            file.raw,
            file.brotli,
        );
    }
    let (raw, brotli) = size::total(files, size::CHECKOUT);
    format!("{{\"total\":{{\"raw\":{raw},\"brotli\":{brotli}}},\"files\":[{list}]}}")
}

/// A JSON string. File names hold nothing but printable characters.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::size::Load;

    #[test]
    fn the_widget_is_built_for_what_needs_it() {
        let needs =
            |words: &[&str]| needs_widget(&words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>());
        assert!(needs(&[]) && needs(&["load", "charges"]) && needs(&["sqlite"]));
        assert!(!needs(&["charges", "sqlite"]) && !needs(&["backlog", "stored"]) && !needs(&["people"]));
    }

    #[test]
    fn what_was_measured_follows_the_bytes() {
        assert_eq!(merged("{\"total\":1}", "{\"a\":2}\n").unwrap(), "{\"bytes\":{\"total\":1},\"a\":2}");
        assert!(merged("{}", "{}").is_err());
        assert!(merged("{}", "no").is_err());
    }

    #[test]
    fn the_bytes_are_one_document() {
        let file = File { name: "a.js".to_owned(), raw: 10, brotli: 5, load: Load::First };
        assert_eq!(
            bytes(&[file.clone(), file]),
            "{\"total\":{\"raw\":20,\"brotli\":10},\"files\":[\
             {\"file\":\"a.js\",\"raw\":10,\"brotli\":5,\"counted\":true},\
             {\"file\":\"a.js\",\"raw\":10,\"brotli\":5,\"counted\":true}]}"
        );
    }
}
