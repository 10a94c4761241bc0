//! The Rust compiler: new enough for this workspace, and able to build for wasm32. Rustup brings the target;
//! where its server cannot be reached, Debian's compiler does, with a standard library built from its sources.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::{install, system, version_of};
use crate::clock::Stopwatch;
use crate::place::Place;
use crate::process;
use crate::say;
use crate::stop::Stop;

const NO_C: &str =
    "A C compiler is needed (`cc`): SQLite and the cryptography are built with it, and Rust links by it.";
const TARGET: &str = "wasm32-unknown-unknown";
const OLDEST: (u32, u32) = (1, 95);
/// Rustup needs a second or two; a network that swallows packets would keep it for ever.
const RUSTUP_LIMIT: Duration = Duration::from_secs(120);
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_SOURCES: &str = "/usr/lib/rustlib/src/rust/library";
const DEBIAN_LINKER: &str = "wasm-ld-22";

/// Checks that the compiler in use is new enough, and that there is a C compiler beside it: SQLite and the cryptography come
/// as C, and Rust itself links by it.
///
/// # Errors
/// Where one is missing; the command that brings it is named.
pub fn native() -> Result<(), Stop> {
    c_compiler()?;
    let version = version_of("rustc").unwrap_or_default();
    if minor_of(&version) >= Some(OLDEST) {
        return Ok(());
    }
    let (major, minor) = OLDEST;
    Err(Stop::NeedsUser {
        missing: format!("Rust {major}.{minor} or newer is needed; `rustc --version` says `{version}`."),
        command: "rustup update stable && rustup default stable".to_owned(),
    })
}

fn c_compiler() -> Result<(), Stop> {
    if std::env::var_os("CC").is_some() || process::find("cc").is_some() {
        return Ok(());
    }
    if cfg!(target_os = "macos") {
        return Err(Stop::NeedsUser {
            missing: NO_C.to_owned(),
            command: "xcode-select --install".to_owned(),
        });
    }
    system::install(system::Packages {
        missing: NO_C,
        apt: &["build-essential"],
        brew: &[],
        may_take: "about 1 minute",
    })
}

fn minor_of(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// A compiler that can build for wasm32.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WasmRust {
    /// The compiler in use has the target.
    Own,
    /// Debian's compiler, with a standard library that was built here.
    Debian {
        /// The folder that holds that library as the compiler expects it.
        sysroot: PathBuf,
    },
}

impl WasmRust {
    /// Makes a command (cargo itself, or a program that calls it) use this compiler for wasm32, with these flags.
    pub fn apply<'c>(&self, command: &'c mut Command, flags: &[String]) -> &'c mut Command {
        let mut flags = flags.to_vec();
        if let Self::Debian { sysroot } = self {
            command
                .env("RUSTC", DEBIAN_RUSTC)
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER);
            flags.push(format!("--sysroot={}", sysroot.display()));
        }
        if flags.is_empty() {
            return command;
        }
        // Between the flags stands what no path holds. As a target is named, they do not reach build scripts.
        command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
    }
}

/// Flags that keep the builder's folders out of the built file, where messages name source files: it is
/// nobody's business, and the same sources shall give the same bytes everywhere.
pub fn flags_without_folders(place: &Place) -> Vec<String> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    let packages =
        home.map(|home| home.join("registry/src")).and_then(|folder| std::fs::read_dir(folder).ok());
    let mut folders: Vec<PathBuf> =
        packages.into_iter().flatten().filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    folders.sort();
    folders.push(place.root.clone());
    folders.iter().map(|folder| format!("--remap-path-prefix={}=", folder.display())).collect()
}

/// Finds or brings a compiler for wasm32.
///
/// # Errors
/// Where neither rustup nor Debian can bring one.
pub fn wasm(place: &Place) -> Result<WasmRust, Stop> {
    let forced = std::env::var_os("PAYDESK_WASM_TOOLCHAIN").is_some_and(|name| name == "debian");
    if !forced {
        if has_target() {
            return Ok(WasmRust::Own);
        }
        if process::find("rustup").is_some() {
            say::step(&format!("Adding the Rust target {TARGET}"), "a few seconds; given up after 2 minutes");
            let added =
                process::run_within(Command::new("rustup").args(["target", "add", TARGET]), RUSTUP_LIMIT)?;
            if added && has_target() {
                return Ok(WasmRust::Own);
            }
        }
    }
    if cfg!(target_os = "linux") && (process::find("apt-get").is_some() || Path::new(DEBIAN_RUSTC).exists()) {
        return debian(place);
    }
    Err(Stop::NeedsUser {
        missing: format!("The Rust target {TARGET} is missing and rustup could not bring it."),
        command: format!("rustup target add {TARGET}"),
    })
}

fn has_target() -> bool {
    let folder = process::read(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]));
    folder.is_some_and(|folder| has_std(Path::new(&folder)))
}

fn has_std(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| {
        entries
            .any(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("libstd-")))
    })
}

fn debian(place: &Place) -> Result<WasmRust, Stop> {
    let programs = [Path::new(DEBIAN_RUSTC), Path::new(DEBIAN_CARGO), Path::new(DEBIAN_SOURCES)];
    let new_enough = minor_of(&version_of(DEBIAN_RUSTC).unwrap_or_default()) >= Some(OLDEST);
    if !new_enough || !programs.iter().all(|path| path.exists()) || process::find(DEBIAN_LINKER).is_none() {
        system::install(system::Packages {
            missing: "Rustup could not bring the target wasm32-unknown-unknown. Debian's Rust compiler for the web \
                      can build for it.",
            apt: &["rustc-web", "cargo-web", "rust-web-src", "lld-22"],
            brew: &[],
            may_take: "about 2 minutes",
        })?;
    }
    let version = version_of(DEBIAN_RUSTC).ok_or_else(|| {
        Stop::Failed(format!("{DEBIAN_RUSTC} does not run, although its package is installed"))
    })?;
    let sysroot = place.tools.join(format!("wasm32-std-{version}"));
    let libraries = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    if !has_std(&libraries) {
        let watch = Stopwatch::start();
        say::step(&format!("Building Rust's standard library {version} for {TARGET}"), "about 1 minute");
        install(&sysroot, build_std)?;
        say::done("standard library for wasm32", watch.elapsed());
    }
    Ok(WasmRust::Debian { sysroot })
}

/// Builds the standard library into `folder`. The features unlocked here are the library's own.
fn build_std(folder: &Path) -> Result<(), Stop> {
    let sources = folder.join("library");
    process::run(Command::new("cp").args(["-rL", DEBIAN_SOURCES]).arg(&sources))?;
    let build = folder.join("build");
    process::run(
        Command::new(DEBIAN_CARGO)
            .current_dir(&sources)
            .args(["build", "--release", "--target", TARGET, "-p", "sysroot", "-p", "proc_macro"])
            .args(["--features", "panic-unwind", "--target-dir"])
            .arg(&build)
            .env("RUSTC", DEBIAN_RUSTC)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", "-Zforce-unstable-if-unmarked -Cembed-bitcode=yes")
            .env("CARGO_PROFILE_RELEASE_PANIC", "abort")
            .env("__CARGO_DEFAULT_LIB_METADATA", "std"),
    )?;
    let doing = |error| Stop::while_doing("cannot put the standard library together", error);
    let libraries = folder.join("lib/rustlib").join(TARGET).join("lib");
    std::fs::create_dir_all(&libraries).map_err(doing)?;
    for entry in std::fs::read_dir(build.join(TARGET).join("release/deps")).map_err(doing)? {
        let path = entry.map_err(doing)?.path();
        if let Some(name) = path.file_name().filter(|_| path.extension().is_some_and(|end| end == "rlib")) {
            std::fs::copy(&path, libraries.join(name)).map_err(doing)?;
        }
    }
    std::fs::remove_dir_all(&build).and_then(|()| std::fs::remove_dir_all(&sources)).map_err(doing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(minor_of("1.100.0") > minor_of("1.95.0"));
        assert!(minor_of("1.85.0") < Some(OLDEST));
        assert!(minor_of("") < Some(OLDEST));
        assert_eq!(minor_of("1.96.0-nightly"), Some((1, 96)));
    }
}
