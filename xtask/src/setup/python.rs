//! A Python environment of its own with what others made, and our adapters are proved against: `localstripe`, a fake of Stripe, and
//! `aiosmtpd`, an SMTP server.

use std::path::PathBuf;
use std::process::Command;

use super::system;
use crate::clock::Stopwatch;
use crate::place::Place;
use crate::process;
use crate::say;
use crate::stop::Stop;

const VERSION: &str = "1.15.10";
const SMTP_VERSION: &str = "1.4.6";

/// The Python program that can import `localstripe` and `aiosmtpd`.
///
/// # Errors
/// Where Python is missing or the package cannot be installed.
pub fn ensure(place: &Place) -> Result<PathBuf, Stop> {
    let folder = place.tools.join(format!("localstripe-{VERSION}"));
    let python = folder.join("bin/python");
    if process::read(Command::new(&python).args(["-c", "import localstripe, aiosmtpd"])).is_none() {
        if process::read(Command::new("python3").args(["-c", "import venv, ensurepip"])).is_none() {
            system::install(system::Packages {
                missing: "Python 3 with its venv module is needed for the tests (localstripe, aiosmtpd).",
                apt: &["python3", "python3-venv"],
                brew: &["python"],
                may_take: "about 1 minute",
            })?;
        }
        let watch = Stopwatch::start();
        say::step(
            &format!("Installing localstripe {VERSION} and aiosmtpd {SMTP_VERSION} from PyPI"),
            "under a minute",
        );
        // Made where it will stay, as such an environment knows its own folder; whether it is complete is asked above.
        process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        process::run(
            Command::new(&python)
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
                .args([format!("localstripe=={VERSION}"), format!("aiosmtpd=={SMTP_VERSION}")]),
        )?;
        say::done("localstripe, aiosmtpd", watch.elapsed());
    }
    say::have("localstripe, aiosmtpd", &folder.display().to_string());
    Ok(python)
}
