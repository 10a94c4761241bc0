//! Chromium and its driver, of the same major version, for the tests that need a real browser.

use std::path::{Path, PathBuf};

use super::{major, system, version_of};
use crate::process;
use crate::say;
use crate::stop::Stop;

/// How Chromium is started everywhere: without a window, and without any request of its own.
pub const FLAGS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-features=NetworkTimeServiceQuerying",
    // Asked all the same, for updates and for accounts: at a port where nothing listens.
    "--component-updater=url-source=http://127.0.0.1:9/",
    "--gaia-url=http://127.0.0.1:9/",
];

const BROWSERS: [&str; 6] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const DRIVERS: [&str; 3] =
    ["chromedriver", "chromium.chromedriver", "/usr/lib/chromium-browser/chromedriver"];

/// A browser and its driver.
#[derive(Debug, Clone)]
pub struct Browser {
    /// Chromium.
    pub chromium: PathBuf,
    /// Its WebDriver program.
    pub driver: PathBuf,
}

/// Finds or installs the browser. `PAYDESK_CHROMIUM` and `PAYDESK_CHROMEDRIVER` come first.
///
/// # Errors
/// Where they are missing and may not be installed, or do not fit each other.
pub fn ensure() -> Result<Browser, Stop> {
    if let Some(browser) = find() {
        return check(browser);
    }
    system::install(system::Packages {
        missing: "Chromium and its driver (chromedriver) are needed for the tests in a browser.",
        apt: &["chromium", "chromium-driver"],
        brew: &["--cask", "chromium", "chromedriver"],
        may_take: "about 1 minute",
    })?;
    let missing = "Chromium and chromedriver were installed but are not on PATH".to_owned();
    check(find().ok_or(Stop::Failed(missing))?)
}

fn find() -> Option<Browser> {
    Some(Browser {
        chromium: named("PAYDESK_CHROMIUM", &BROWSERS)?,
        driver: named("PAYDESK_CHROMEDRIVER", &DRIVERS)?,
    })
}

/// The program that a variable names, else the first of these that is there.
pub(super) fn named(variable: &str, candidates: &[&str]) -> Option<PathBuf> {
    if let Some(chosen) = std::env::var_os(variable) {
        return Some(PathBuf::from(chosen));
    }
    candidates.iter().find_map(|name| {
        if name.starts_with('/') {
            Path::new(name).is_file().then(|| PathBuf::from(name))
        } else {
            process::find(name)
        }
    })
}

fn check(browser: Browser) -> Result<Browser, Stop> {
    let version = |program: &Path| version_of(program).unwrap_or_default();
    let (chromium, driver) = (version(&browser.chromium), version(&browser.driver));
    if major(&chromium).is_none() || major(&chromium) != major(&driver) {
        return Err(Stop::Failed(format!(
            "Chromium and its driver must have the same major version: {} says `{chromium}`, {} says `{driver}`. \
             PAYDESK_CHROMIUM and PAYDESK_CHROMEDRIVER name others.",
            browser.chromium.display(),
            browser.driver.display()
        )));
    }
    say::have("Chromium", &format!("{chromium} at {}", browser.chromium.display()));
    Ok(browser)
}
