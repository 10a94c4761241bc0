//! The npm packages of `tools/`: wasm-opt (binaryen), esbuild and axe-core, from their lockfile. They are kept with
//! the other tools, not in the checkout.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{install, major, system, version_of};
use crate::clock::Stopwatch;
use crate::place::Place;
use crate::process;
use crate::say;
use crate::stop::Stop;

const OLDEST_NODE: u32 = 20;

/// The installed packages.
#[derive(Debug, Clone)]
pub struct Packages {
    folder: PathBuf,
}

impl Packages {
    /// The folder with the packages' programs (`wasm-opt`, `esbuild`).
    pub fn programs(&self) -> PathBuf {
        self.modules().join(".bin")
    }

    /// The `node_modules` folder.
    pub fn modules(&self) -> PathBuf {
        self.folder.join("node_modules")
    }

    /// The script of axe-core, to be run inside a page.
    pub fn axe(&self) -> PathBuf {
        self.modules().join("axe-core/axe.min.js")
    }
}

/// Finds or installs the packages.
///
/// # Errors
/// Where Node is missing or the packages cannot be installed.
pub fn ensure(place: &Place) -> Result<Packages, Stop> {
    node()?;
    let sources = place.root.join("tools");
    let lock = std::fs::read(sources.join("package-lock.json"))
        .map_err(|e| Stop::while_doing("tools/package-lock.json", e))?;
    let mut hasher = DefaultHasher::new();
    lock.hash(&mut hasher);
    let folder = place.tools.join(format!("npm-{:016x}", hasher.finish()));
    let packages = Packages { folder: folder.clone() };
    if !packages.axe().is_file() {
        let watch = Stopwatch::start();
        say::step("Installing wasm-opt, esbuild and axe-core from npm", "under a minute");
        install(&folder, |partial| fill(&sources, partial))?;
        say::done("npm packages", watch.elapsed());
    }
    say::have("npm packages", &folder.display().to_string());
    Ok(packages)
}

fn node() -> Result<(), Stop> {
    let fits =
        || version_of("node").and_then(|version| major(&version)).is_some_and(|major| major >= OLDEST_NODE);
    if fits() && process::find("npm").is_some() {
        return Ok(());
    }
    system::install(system::Packages {
        missing: "Node 20 or newer with npm is needed; neither `node` nor `npm` may be missing.",
        apt: &["nodejs", "npm"],
        brew: &["node"],
        may_take: "about 2 minutes",
    })?;
    if fits() {
        return Ok(());
    }
    Err(too_old(&version_of("node").unwrap_or_default()))
}

/// What the system brings is too old, as on Debian 12: npm itself can bring a newer one.
fn too_old(version: &str) -> Stop {
    Stop::NeedsUser {
        missing: format!("Node {OLDEST_NODE} or newer is needed; the system's own, `{version}`, is older."),
        command: if cfg!(target_os = "macos") {
            "brew upgrade node".to_owned()
        } else {
            "sudo npm install --global n && sudo n 22 && hash -r".to_owned()
        },
    }
}

fn fill(sources: &Path, folder: &Path) -> Result<(), Stop> {
    for name in ["package.json", "package-lock.json", ".npmrc"] {
        std::fs::copy(sources.join(name), folder.join(name)).map_err(|e| Stop::while_doing(name, e))?;
    }
    // No package's own script is run: what is needed comes as files.
    process::run(Command::new("npm").current_dir(folder).args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--silent",
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_node_is_told_with_the_command_that_brings_a_newer_one() {
        let stop = too_old("18.20.4");
        let told = stop.to_string();
        assert!(told.contains("Node 20") && told.contains("18.20.4"), "{told}");
        assert!(told.contains("This brings it:\n\n    "), "{told}");
        assert_eq!(stop.exit_code(), 2);
    }
}
