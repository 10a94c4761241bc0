//! A Python environment of its own with `localstripe`, an independent fake of Stripe that the adapter is proved against.

use std::path::PathBuf;
use std::process::Command;

use super::system;
use crate::clock::Stopwatch;
use crate::place::Place;
use crate::process;
use crate::say;
use crate::stop::Stop;

const VERSION: &str = "1.15.10";

/// The Python program that can import `localstripe`.
///
/// # Errors
/// Where Python is missing or the package cannot be installed.
pub fn ensure(place: &Place) -> Result<PathBuf, Stop> {
    let folder = place.tools.join(format!("localstripe-{VERSION}"));
    let python = folder.join("bin/python");
    if process::read(Command::new(&python).args(["-c", "import localstripe"])).is_none() {
        if process::read(Command::new("python3").args(["-c", "import venv, ensurepip"])).is_none() {
            system::install(system::Packages {
                missing: "Python 3 with its venv module is needed for the tests (localstripe).",
                apt: &["python3", "python3-venv"],
                brew: &["python"],
                may_take: "about 1 minute",
            })?;
        }
        let watch = Stopwatch::start();
        say::step(&format!("Installing localstripe {VERSION} from PyPI"), "under a minute");
        // Made where it will stay, as such an environment knows its own folder; whether it is complete is asked above.
        process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        process::run(
            Command::new(&python)
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
                .arg(format!("localstripe=={VERSION}")),
        )?;
        say::done("localstripe", watch.elapsed());
    }
    say::have("localstripe", &folder.display().to_string());
    Ok(python)
}
