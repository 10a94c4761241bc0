//! What CI lints, by one command: formatting, the arrows between rooms, clippy for both targets, licences and sources, lengths, words.

mod arrows;
mod lengths;
mod packages;
mod words;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::clock::Stopwatch;
use crate::place::Place;
use crate::process;
use crate::say;
use crate::setup::{self, WidgetTools};
use crate::stop::Stop;

/// Brings the tools, runs every check.
///
/// # Errors
/// Where a tool is missing or a check fails.
pub fn run(place: &Place) -> Result<(), Stop> {
    let tools = setup::for_widget(place)?;
    let failed = checks(place, &tools)?.into_iter().filter(|passed| !passed).count();
    if failed == 0 { Ok(()) } else { Err(Stop::Failed(format!("{failed} of the checks failed"))) }
}

/// Runs every check, also after one has failed: whether each of them passed.
///
/// # Errors
/// Where the files of the checkout cannot be listed.
pub fn checks(place: &Place, tools: &WidgetTools) -> Result<Vec<bool>, Stop> {
    let files = tracked(&place.root)?;
    let mut passed = vec![
        report("formatting", || {
            process::run(&mut process::cargo(
                &place.root,
                ["fmt", "--all", "--check", "--", "--color", "never"],
            ))
        }),
        report("arrows", || arrows::check(&place.root, &files)),
        report("file lengths", || lengths::check(&place.root, &files)),
        report("words", || words::check(&place.root, &files)),
        report("licences, bans and sources", || packages::check(&place.root)),
    ];
    if process::find("cargo-deny").is_some() {
        passed.push(report("the same by cargo-deny", || process::run(&mut deny(&place.root))));
    }
    passed.push(report("clippy, native", || process::run(&mut clippy(&place.root))));
    if tools.rust.is_own() {
        passed.push(report("clippy, wasm", || process::run(&mut clippy_wasm(place))));
    } else {
        say::note("    clippy, wasm: not checked, as clippy is of another version than Debian's compiler");
    }
    Ok(passed)
}

fn report(what: &str, check: impl FnOnce() -> Result<(), Stop>) -> bool {
    let watch = Stopwatch::start();
    say::note(&format!("    {what} …"));
    match check() {
        Ok(()) => {
            say::done(what, watch.elapsed());
            true
        }
        Err(stop) => {
            say::stop(&stop);
            false
        }
    }
}

fn deny(root: &Path) -> Command {
    process::cargo(
        root,
        ["deny", "--offline", "--workspace", "--log-level", "warn", "check", "bans", "licenses", "sources"],
    )
}

fn clippy(root: &Path) -> Command {
    process::cargo(
        root,
        [
            "clippy",
            "--locked",
            "--workspace",
            "--all-targets",
            // The proofs are built with it alone.
            "--features",
            "paydesk-billing/failpoints",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ],
    )
}

fn clippy_wasm(place: &Place) -> Command {
    let mut command = process::cargo(&place.root, ["clippy", "--locked", "--quiet", "--package", "paydesk"]);
    command
        // Unit tests and the views' tests run natively; in the browser run the tests that are named for it.
        .args(["--all-features", "--lib", "--bins", "--test", "web_*"])
        .args(["--target", "wasm32-unknown-unknown", "--target-dir"])
        .arg(place.wasm_target())
        .args(["--", "-D", "warnings"]);
    command
}

/// The files under version control, and those that are about to be: paths below the checkout.
fn tracked(root: &Path) -> Result<Vec<PathBuf>, Stop> {
    let list = process::read_or_stop(Command::new("git").current_dir(root).args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    Ok(list.lines().map(PathBuf::from).filter(|file| root.join(file).is_file()).collect())
}
