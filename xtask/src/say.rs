//! Everything that these commands print goes through here. Progress goes to standard error, so that what a
//! command was asked for (a table, a JSON document, the closing line of the tests) stands alone on standard output.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line program prints, and only here"
)]

use std::io::{IsTerminal, Write};
use std::time::Duration;

use crate::clock::readable;
use crate::stop::Stop;

/// Plain text on standard output.
pub fn text(text: &str) {
    print!("{text}");
    // A closed pipe (`… | head`) is no reason to fail.
    let _ = std::io::stdout().flush();
}

/// One line on standard output.
pub fn line(line: &str) {
    text(&format!("{line}\n"));
}

/// One line of progress on standard error.
pub fn note(line: &str) {
    eprintln!("{line}");
}

/// Announces a step that takes time: what is done, and how long it may take.
pub fn step(what: &str, may_take: &str) {
    eprintln!("{} {what} ({may_take})", bold("==>"));
}

/// Says that something is there already.
pub fn have(what: &str, detail: &str) {
    eprintln!(" ok {what}: {detail}");
}

/// Says that a step ended, and after how long.
pub fn done(what: &str, took: Duration) {
    eprintln!(" ok {what} (took {})", readable(took));
}

/// Says why the command stops, unless that was said already.
pub fn stop(stop: &Stop) {
    if matches!(stop, Stop::Told { .. }) {
        return;
    }
    eprintln!("\n{} {stop}", bold("xtask:"));
}

fn bold(text: &str) -> String {
    if std::io::stderr().is_terminal() { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// Asks a question with yes or no; `None` where nobody is there to answer.
pub fn ask(question: &str) -> Option<bool> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return None;
    }
    eprint!("{question} [y/N] ");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).ok()?;
    Some(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "o" | "oui"))
}
