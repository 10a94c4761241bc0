//! Firefox ESR and its driver, for the end-to-end tests. The driver, geckodriver, is built from its source: Debian has no
//! package of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{install, major, system, version_of};
use crate::clock::Stopwatch;
use crate::place::Place;
use crate::process;
use crate::say;
use crate::stop::Stop;

/// The driver that is built.
const DRIVER: &str = "0.37.1";
/// The oldest Firefox that keeps the bodies of requests for WebDriver BiDi, as the tests need them.
const OLDEST: u32 = 144;

const BROWSERS: [&str; 3] = ["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"];

/// Firefox and its driver.
#[derive(Debug, Clone)]
pub struct Firefox {
    /// Firefox.
    pub firefox: PathBuf,
    /// Its WebDriver program.
    pub driver: PathBuf,
}

/// Finds or installs the browser, which may need the user's answer. `PAYDESK_FIREFOX` comes first.
///
/// # Errors
/// Where it is missing and may not be installed, or is too old.
pub fn browser() -> Result<PathBuf, Stop> {
    if let Some(found) = super::browser::named("PAYDESK_FIREFOX", &BROWSERS) {
        return check(found);
    }
    system::install(system::Packages {
        missing: "Firefox ESR is needed for the end-to-end tests.",
        apt: &["firefox-esr"],
        brew: &["--cask", "firefox@esr"],
        may_take: "about 1 minute",
    })?;
    let missing = "Firefox was installed but is not on PATH".to_owned();
    check(super::browser::named("PAYDESK_FIREFOX", &BROWSERS).ok_or(Stop::Failed(missing))?)
}

fn check(firefox: PathBuf) -> Result<PathBuf, Stop> {
    let version = version_of(&firefox).unwrap_or_default();
    if major(&version).is_none_or(|major| major < OLDEST) {
        return Err(Stop::Failed(format!(
            "Firefox {OLDEST} or newer is needed for the end-to-end tests: {} says `{version}`. PAYDESK_FIREFOX names another, \
             and `cargo xtask test e2e` runs them in Chromium alone.",
            firefox.display()
        )));
    }
    say::have("Firefox", &format!("{version} at {}", firefox.display()));
    Ok(firefox)
}

/// Finds or builds the driver. `PAYDESK_GECKODRIVER` comes first.
///
/// # Errors
/// Where it cannot be built.
pub fn driver(place: &Place) -> Result<PathBuf, Stop> {
    if let Some(chosen) = std::env::var_os("PAYDESK_GECKODRIVER") {
        return Ok(PathBuf::from(chosen));
    }
    if let Some(found) = process::find("geckodriver")
        && version_of(&found).is_some_and(|version| version == DRIVER)
    {
        say::have("geckodriver", &found.display().to_string());
        return Ok(found);
    }
    let folder = place.tools.join(format!("geckodriver-{DRIVER}"));
    let program = folder.join("bin/geckodriver");
    if !program.is_file() {
        let watch = Stopwatch::start();
        say::step(&format!("Building geckodriver {DRIVER}"), "about 3 minutes");
        install(&folder, build)?;
        say::done("geckodriver", watch.elapsed());
    }
    say::have("geckodriver", &format!("{DRIVER} in {}", folder.display()));
    Ok(program)
}

/// A debug build, as what it does itself takes a moment and optimizing it takes minutes.
fn build(folder: &Path) -> Result<(), Stop> {
    process::run(
        Command::new("cargo")
            .args(["install", "geckodriver", "--version", DRIVER, "--locked", "--debug", "--root"])
            .arg(folder)
            .env("CARGO_PROFILE_DEV_DEBUG", "false")
            .env("CARGO_INCREMENTAL", "0"),
    )
}
