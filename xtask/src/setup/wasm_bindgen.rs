//! `wasm-bindgen` and its test runner, in exactly the version of the lockfile: their file formats must agree.

use std::path::{Path, PathBuf};

use super::{install, version_of};
use crate::clock::Stopwatch;
use crate::place::Place;
use crate::process;
use crate::say;
use crate::stop::Stop;

const PROGRAMS: [&str; 2] = ["wasm-bindgen", "wasm-bindgen-test-runner"];

/// The folder that holds both programs in the locked version.
///
/// # Errors
/// Where the lockfile names no version or the programs cannot be built.
pub fn ensure(place: &Place) -> Result<PathBuf, Stop> {
    let lock = place.root.join("Cargo.lock");
    let text = std::fs::read_to_string(&lock).map_err(|e| Stop::while_doing("Cargo.lock", e))?;
    let version = locked(&text, "wasm-bindgen")
        .ok_or_else(|| Stop::Failed("Cargo.lock names no version of wasm-bindgen".to_owned()))?;
    if let Some(folder) = on_path(&version) {
        say::have("wasm-bindgen", &format!("{version} in {}", folder.display()));
        return Ok(folder);
    }
    let folder = place.tools.join(format!("wasm-bindgen-{version}"));
    let programs = folder.join("bin");
    if !PROGRAMS.iter().all(|name| programs.join(name).is_file()) {
        let watch = Stopwatch::start();
        say::step(&format!("Building wasm-bindgen {version} and its test runner"), "about 1 minute");
        install(&folder, |partial| build(place, partial))?;
        say::done("wasm-bindgen", watch.elapsed());
    }
    say::have("wasm-bindgen", &format!("{version} in {}", programs.display()));
    Ok(programs)
}

fn on_path(version: &str) -> Option<PathBuf> {
    let found = process::find("wasm-bindgen")?;
    let folder = found.parent()?.to_path_buf();
    let fits = |name: &str| version_of(folder.join(name)).as_deref() == Some(version);
    PROGRAMS.into_iter().all(fits).then_some(folder)
}

fn build(place: &Place, folder: &Path) -> Result<(), Stop> {
    let target = place.target.join("tools");
    process::run(
        process::cargo(
            &place.root,
            ["build", "--locked", "--profile", "tools", "--package", "paydesk-wasm-tools"],
        )
        .arg("--target-dir")
        .arg(&target),
    )?;
    let doing = |error| Stop::while_doing("cannot keep wasm-bindgen", error);
    let programs = folder.join("bin");
    std::fs::create_dir_all(&programs).map_err(doing)?;
    let built = target.join("tools");
    std::fs::copy(built.join("bindgen"), programs.join("wasm-bindgen")).map_err(doing)?;
    std::fs::copy(built.join("wasm-bindgen-test-runner"), programs.join("wasm-bindgen-test-runner"))
        .map_err(doing)?;
    // The programs are kept; what they were built from is built again only for another version.
    std::fs::remove_dir_all(&target).map_err(doing)
}

/// The version of a package in the text of a Cargo.lock.
fn locked(lock: &str, package: &str) -> Option<String> {
    let mut lines = lock.lines().skip_while(|line| *line != format!("name = \"{package}\""));
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"').map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_read() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked(lock, "yew"), None);
    }
}
