//! Trunk, which puts the frame page together.

use std::path::PathBuf;
use std::process::Command;

use super::{install, version_of};
use crate::clock::Stopwatch;
use crate::place::Place;
use crate::process;
use crate::say;
use crate::stop::Stop;

/// The last version that this workspace's oldest compiler can build.
const VERSION: &str = "0.21.14";

/// The folder that holds `trunk`.
///
/// # Errors
/// Where it cannot be built.
pub fn ensure(place: &Place) -> Result<PathBuf, Stop> {
    if let Some(found) = process::find("trunk")
        && version_of(&found).is_some_and(|version| version.starts_with("0.21."))
        && let Some(folder) = found.parent()
    {
        say::have("trunk", &folder.display().to_string());
        return Ok(folder.to_path_buf());
    }
    let folder = place.tools.join(format!("trunk-{VERSION}"));
    let programs = folder.join("bin");
    if !programs.join("trunk").is_file() {
        let watch = Stopwatch::start();
        say::step(&format!("Building trunk {VERSION}"), "about 4 minutes");
        // Without its defaults (asking for updates, TLS for downloads): it is only ever used offline. A debug build,
        // as what it does itself takes a moment and optimizing it takes minutes.
        install(&folder, |partial| {
            process::run(
                Command::new("cargo")
                    .args([
                        "install",
                        "trunk",
                        "--version",
                        VERSION,
                        "--locked",
                        "--no-default-features",
                        "--debug",
                    ])
                    .arg("--root")
                    .arg(partial)
                    .env("CARGO_PROFILE_DEV_DEBUG", "false")
                    .env("CARGO_INCREMENTAL", "0"),
            )
        })?;
        say::done("trunk", watch.elapsed());
    }
    say::have("trunk", &format!("{VERSION} in {}", programs.display()));
    Ok(programs)
}
