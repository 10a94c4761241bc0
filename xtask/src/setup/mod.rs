//! Finds or brings what the commands need. Each step is instant when its thing is there, says what it does and
//! how long it may take when not, and names the command to run where it cannot go on.

pub mod browser;
pub mod firefox;
pub mod npm;
pub mod postgres;
pub mod python;
pub mod rust;
pub mod strace;
mod system;
pub mod trunk;
pub mod wasm_bindgen;
mod wasm_std;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::clock::Stopwatch;
use crate::place::Place;
use crate::process;
use crate::say;
use crate::stop::Stop;

/// What builds the widget.
#[derive(Debug)]
pub struct WidgetTools {
    /// The compiler for wasm32.
    pub rust: rust::WasmRust,
    /// The folder of `wasm-bindgen` and its test runner.
    pub wasm_bindgen: PathBuf,
    /// The folder of `trunk`.
    pub trunk: PathBuf,
    /// The npm packages.
    pub npm: npm::Packages,
}

/// Everything that building the widget needs.
///
/// # Errors
/// Where something is missing and cannot be brought.
pub fn for_widget(place: &Place) -> Result<WidgetTools, Stop> {
    rust::native()?;
    Ok(WidgetTools {
        npm: npm::ensure(place)?,
        rust: rust::wasm(place)?,
        wasm_bindgen: wasm_bindgen::ensure(place)?,
        trunk: trunk::ensure(place)?,
    })
}

/// Everything that any command needs.
///
/// # Errors
/// Where something is missing and cannot be brought.
pub fn everything(place: &Place) -> Result<(), Stop> {
    let watch = Stopwatch::start();
    // What may need the user's answer comes first, so that nobody waits for nothing.
    browser::ensure()?;
    firefox::browser()?;
    postgres::ensure()?;
    strace::ensure()?;
    python::ensure(place)?;
    let tools = for_widget(place)?;
    firefox::driver(place)?;
    rust::wasm_small(place, &tools.rust)?;
    say::done("Everything is there", watch.elapsed());
    Ok(())
}

/// Installs a tool into its folder: `fill` writes into a folder that takes its name only when complete, so that a
/// broken attempt is never taken for the tool.
fn install(folder: &Path, fill: impl FnOnce(&Path) -> Result<(), Stop>) -> Result<(), Stop> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let partial = folder.with_file_name(format!(".{name}.partial-{}", std::process::id()));
    let doing = |error| Stop::while_doing(&format!("cannot write {}", folder.display()), error);
    std::fs::create_dir_all(&partial).map_err(doing)?;
    let outcome = fill(&partial).and_then(|()| {
        // Another checkout may have been quicker: its result is as good.
        match std::fs::rename(&partial, folder) {
            Err(_) if folder.is_dir() => Ok(()),
            other => other.map_err(doing),
        }
    });
    if partial.exists() {
        // What could not be removed is only disk space.
        let _ = std::fs::remove_dir_all(&partial);
    }
    outcome
}

/// The last word of what `program --version` prints that starts with a digit or a `v` and a digit.
fn version_of(program: impl AsRef<std::ffi::OsStr>) -> Option<String> {
    version_in(&process::read(Command::new(program).arg("--version"))?)
}

fn version_in(text: &str) -> Option<String> {
    text.lines()
        .next()?
        .split_whitespace()
        .map(|word| word.trim_start_matches('v').trim_end_matches(','))
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .map(str::to_owned)
}

/// The first number of a version.
fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_programs_print_them() {
        assert_eq!(version_in("trunk 0.21.14").as_deref(), Some("0.21.14"));
        assert_eq!(version_in("Chromium 156.0.8078.79 built on Debian").as_deref(), Some("156.0.8078.79"));
        assert_eq!(version_in("v20.20.2").as_deref(), Some("20.20.2"));
        assert_eq!(version_in("no version"), None);
        assert_eq!(major("156.0.8078.79"), Some(156));
    }

    #[test]
    fn a_broken_installation_leaves_nothing_behind() {
        let above = std::env::temp_dir().join(format!("paydesk-xtask-install-{}", std::process::id()));
        let folder = above.join("tool-1");
        let outcome = install(&folder, |_| Err(Stop::Failed("no".to_owned())));
        assert!(outcome.is_err());
        assert_eq!(std::fs::read_dir(&above).unwrap().count(), 0);
        install(&folder, |partial| {
            std::fs::write(partial.join("program"), "x").map_err(|e| Stop::while_doing("", e))
        })
        .unwrap();
        assert!(folder.join("program").is_file());
        std::fs::remove_dir_all(&above).unwrap();
    }
}
