//! Builds the widget: Trunk puts the page, the wasm and its glue together offline, `tools/finish.mjs` makes them
//! small and ready for a strict content security policy. Nothing is done where no input has changed.

use std::collections::hash_map::DefaultHasher;
use std::fs::File;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::clock::Stopwatch;
use crate::place::Place;
use crate::process;
use crate::say;
use crate::setup::rust::{self, WasmRust, flags_without_folders};
use crate::setup::{self, WidgetTools};
use crate::stop::Stop;
use crate::words;

/// Everything that the built widget is made from, beside the tools' versions.
const INPUTS: [&str; 17] = [
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "index.html",
    "wallet.html",
    "src",
    "static",
    "crates/domain",
    "crates/words",
    "crates/billing/src/http/challenge_done.js",
    "crates/billing/src/http/refused.js",
    "tools/finish.mjs",
    "tools/inventory.mjs",
    "tools/short-names.mjs",
    "tools/unused.mjs",
    "tools/package-lock.json",
    "xtask/src/words.rs",
];

/// How the widget is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As it is delivered: small.
    Shipped,
    /// For quick tries: no optimization, with debug information.
    Dev,
}

impl Kind {
    /// What `tools/finish.mjs` is told.
    const fn size(self) -> Option<&'static str> {
        match self {
            Self::Shipped => Some("small"),
            Self::Dev => None,
        }
    }

    /// The compiler, with the standard library that is brought for what is delivered alone.
    fn compiler(self, place: &Place, tools: &WidgetTools) -> Result<WasmRust, Stop> {
        match self {
            Self::Shipped => rust::wasm_small(place, &tools.rust),
            Self::Dev => Ok(tools.rust.clone()),
        }
    }
}

/// Brings the tools, then builds the widget into `dist/` if anything changed.
///
/// # Errors
/// Where a tool is missing or the build fails.
pub fn build(place: &Place, kind: Kind) -> Result<(), Stop> {
    let tools = setup::for_widget(place)?;
    build_with(place, &tools, kind)
}

/// Builds the widget into `dist/` if anything changed.
///
/// # Errors
/// Where the build fails.
pub fn build_with(place: &Place, tools: &WidgetTools, kind: Kind) -> Result<(), Stop> {
    // Two builds at once (a demo and a test, say) would take each other's files away.
    let _alone = alone(place)?;
    let stamp_file = place.dist().join(".built-from");
    let compiler = kind.compiler(place, tools)?;
    let stamp = format!("{kind:?} {:016x} {compiler:?}", fingerprint(&place.root)?);
    if std::fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp) {
        say::have("widget", "dist/ is up to date");
        return Ok(());
    }
    let watch = Stopwatch::start();
    match kind {
        Kind::Shipped => {
            say::step("Building the widget, optimized for size", "about 3 minutes, the first time 5")
        }
        Kind::Dev => say::step("Building the widget, not optimized", "about a minute, the first time 2"),
    }
    let raw = place.target.join("widget");
    fetch(place)?;
    let wallet = place.target.join("widget-wallet");
    trunk(place, tools, (kind, &compiler), "index.html", &raw)?;
    trunk(place, tools, (kind, &compiler), "wallet.html", &wallet)?;
    words::write(&raw, &wallet)?;
    process::run(
        Command::new("node")
            .arg(place.root.join("tools/finish.mjs"))
            .arg(&raw)
            .arg(&wallet)
            .arg(place.dist())
            .args(kind.size())
            .env("PAYDESK_NODE_MODULES", tools.npm.modules()),
    )?;
    process::run(&mut inventory(place))?;
    std::fs::write(&stamp_file, stamp).map_err(|e| Stop::while_doing("dist/", e))?;
    say::done("widget", watch.elapsed());
    Ok(())
}

/// Writes the inventory of what runs in a payer's browser, `dist/script-inventory.json`.
fn inventory(place: &Place) -> Command {
    let mut command = Command::new("node");
    command.arg(place.root.join("tools/inventory.mjs")).arg(place.dist());
    command
}

/// Builds the widget if anything changed, then checks what of it runs in a payer's browser and why.
///
/// # Errors
/// Where the build fails, or a program is delivered that the inventory or the page does not name with its hash.
pub fn check_inventory(place: &Place) -> Result<(), Stop> {
    build(place, Kind::Shipped)?;
    process::run_speaking(inventory(place).arg("--check"))
}

/// Builds the widget if anything changed, then writes and says what of it runs in a payer's browser and why.
///
/// # Errors
/// As above.
pub fn list_inventory(place: &Place) -> Result<(), Stop> {
    build(place, Kind::Shipped)?;
    process::run_speaking(&mut inventory(place))
}

/// The same of what is built already, without a word where everything agrees.
///
/// # Errors
/// As above. Positive control: a script that is put into `dist/` by hand, or a byte that is changed in one, fails here (tried).
pub fn inventory_agrees(place: &Place) -> Result<(), Stop> {
    process::run(inventory(place).arg("--check"))
}

/// Waits until no other command builds the widget of this checkout, and keeps others waiting until it is dropped.
fn alone(place: &Place) -> Result<File, Stop> {
    let doing = |e| Stop::while_doing("cannot lock the widget's build", e);
    std::fs::create_dir_all(&place.target).map_err(doing)?;
    let lock = File::create(place.target.join("widget.lock")).map_err(doing)?;
    if lock.try_lock().is_err() {
        say::step("Waiting for another build of the widget", "as long as that takes");
        lock.lock().map_err(doing)?;
    }
    Ok(lock)
}

/// Trunk works offline, so the packages are fetched before it.
fn fetch(place: &Place) -> Result<(), Stop> {
    process::run(&mut process::cargo(&place.root, ["fetch", "--locked", "--quiet"]))
}

fn trunk(
    place: &Place,
    tools: &WidgetTools,
    (kind, compiler): (Kind, &WasmRust),
    page: &str,
    raw: &Path,
) -> Result<(), Stop> {
    let programs = tools.npm.programs();
    let path = process::path_with(&[&tools.trunk, &tools.wasm_bindgen, &programs])?;
    let mut command = Command::new(tools.trunk.join("trunk"));
    command.current_dir(&place.root).args(["build", page, "--offline", "--dist"]).arg(raw);
    match kind {
        Kind::Shipped => command.args(["--release", "--cargo-profile", "widget"]),
        Kind::Dev => command.args(["--cargo-profile", "dev"]),
    };
    command
        .env("PATH", path)
        .env("CARGO_TARGET_DIR", place.wasm_target())
        .env_remove("NO_COLOR")
        .env_remove("RUST_BACKTRACE");
    process::run(compiler.apply(&mut command, &flags_without_folders(place)))
}

fn fingerprint(root: &Path) -> Result<u64, Stop> {
    let mut files = Vec::new();
    for input in INPUTS {
        collect(&root.join(input), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.strip_prefix(root).unwrap_or(&file).hash(&mut hasher);
        let content = std::fs::read(&file).map_err(|e| Stop::while_doing(&file.display().to_string(), e))?;
        content.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Stop> {
    if path.is_file() {
        files.push(path.to_path_buf());
    } else if path.is_dir() {
        let doing = |e| Stop::while_doing(&path.display().to_string(), e);
        for entry in std::fs::read_dir(path).map_err(doing)? {
            collect(&entry.map_err(doing)?.path(), files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_input_changes_the_fingerprint() {
        let root = std::env::temp_dir().join(format!("paydesk-xtask-widget-{}", std::process::id()));
        std::fs::create_dir_all(root.join("src/deep")).unwrap();
        std::fs::write(root.join("src/deep/a.rs"), "one").unwrap();
        let before = fingerprint(&root).unwrap();
        assert_eq!(fingerprint(&root).unwrap(), before);
        std::fs::write(root.join("src/deep/a.rs"), "two").unwrap();
        assert_ne!(fingerprint(&root).unwrap(), before);
        std::fs::remove_dir_all(&root).unwrap();
    }
}
