//! The Rust compiler: new enough for this workspace, and able to build for wasm32. Rustup brings the target;
//! where its server cannot be reached, Debian's compiler does.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::wasm_std::{self, Builder, has_std};
use super::{system, version_of};
use crate::place::Place;
use crate::process;
use crate::say;
use crate::stop::Stop;

const NO_C: &str =
    "A C compiler is needed (`cc`): SQLite and the cryptography are built with it, and Rust links by it.";
/// What the widget is built for.
pub(super) const TARGET: &str = "wasm32-unknown-unknown";
const OLDEST: (u32, u32) = (1, 95);
/// Rustup needs a second or two; a network that swallows packets would keep it for ever.
const RUSTUP_LIMIT: Duration = Duration::from_secs(120);
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
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
pub struct WasmRust {
    compiler: WasmCompiler,
    /// The folder of a standard library that was built here. The compiler's own, where there is none.
    sysroot: Option<PathBuf>,
    /// Whether that library ends the program at once where it would panic.
    ends_at_once: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WasmCompiler {
    /// The one in use.
    Own,
    /// Debian's for the web.
    Debian,
}

impl WasmRust {
    /// Whether it is the compiler in use.
    pub fn is_own(&self) -> bool {
        self.compiler == WasmCompiler::Own
    }

    /// Makes a command (cargo itself, or a program that calls it) use this compiler for wasm32, with these flags.
    pub fn apply<'c>(&self, command: &'c mut Command, flags: &[String]) -> &'c mut Command {
        let mut flags = flags.to_vec();
        if !self.is_own() {
            command
                .env("RUSTC", DEBIAN_RUSTC)
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER);
        }
        flags.extend(self.sysroot.as_ref().map(|sysroot| format!("--sysroot={}", sysroot.display())));
        if self.ends_at_once {
            command.env("RUSTC_BOOTSTRAP", "1");
            flags.extend(wasm_std::ENDS_AT_ONCE.map(str::to_owned));
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
    if !forced && (has_target() || (by_rustup(&["target", "add", TARGET])? && has_target())) {
        return Ok(WasmRust { compiler: WasmCompiler::Own, sysroot: None, ends_at_once: false });
    }
    if !debian()? {
        return Err(Stop::NeedsUser {
            missing: format!("The Rust target {TARGET} is missing and rustup could not bring it."),
            command: format!("rustup target add {TARGET}"),
        });
    }
    let sysroot = Some(debian_builder().ensure(place, false)?);
    Ok(WasmRust { compiler: WasmCompiler::Debian, sysroot, ends_at_once: false })
}

/// The same compiler with a standard library for what is delivered: 11 kB less in the browser, and no words where the program
/// ends by a fault. It is built from the compiler's sources; where they cannot be had, it is Debian's with Debian's.
///
/// # Errors
/// Where neither rustup nor Debian can bring the sources.
pub fn wasm_small(place: &Place, found: &WasmRust) -> Result<WasmRust, Stop> {
    if found.is_own()
        && let Some(sources) = own_sources()?
    {
        let builder = Builder { rustc: Path::new("rustc"), cargo: Path::new("cargo"), sources: &sources };
        let sysroot = Some(builder.ensure(place, true)?);
        return Ok(WasmRust { sysroot, ends_at_once: true, ..found.clone() });
    }
    if !debian()? {
        return Err(Stop::NeedsUser {
            missing: "The sources of Rust's standard library are missing and rustup could not bring them."
                .to_owned(),
            command: "rustup component add rust-src".to_owned(),
        });
    }
    let sysroot = Some(debian_builder().ensure(place, true)?);
    Ok(WasmRust { compiler: WasmCompiler::Debian, sysroot, ends_at_once: true })
}

/// Has rustup bring something. `false` where there is no rustup, or it could not.
fn by_rustup(arguments: &[&str]) -> Result<bool, Stop> {
    if process::find("rustup").is_none() {
        return Ok(false);
    }
    let what = arguments.last().copied().unwrap_or_default();
    say::step(&format!("Adding {what} to Rust"), "a few seconds; given up after 2 minutes");
    process::run_within(Command::new("rustup").args(arguments), RUSTUP_LIMIT)
}

fn has_target() -> bool {
    let folder = process::read(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]));
    folder.is_some_and(|folder| has_std(Path::new(&folder)))
}

/// Where the sources of the compiler in use are. `None` where rustup cannot bring them.
fn own_sources() -> Result<Option<PathBuf>, Stop> {
    let Some(sysroot) = process::read(Command::new("rustc").args(["--print", "sysroot"])) else {
        return Ok(None);
    };
    let sources = Path::new(&sysroot).join("lib/rustlib/src/rust/library");
    let is_there = sources.exists() || (by_rustup(&["component", "add", "rust-src"])? && sources.exists());
    Ok(is_there.then_some(sources))
}

/// What builds Debian's standard library.
fn debian_builder() -> Builder<'static> {
    Builder {
        rustc: Path::new(DEBIAN_RUSTC),
        cargo: Path::new("/usr/bin/cargo"),
        sources: Path::new("/usr/lib/rustlib/src/rust/library"),
    }
}

/// Finds or brings Debian's compiler for the web. `false` where there is none to be had.
fn debian() -> Result<bool, Stop> {
    let Builder { rustc, cargo, sources } = debian_builder();
    if !cfg!(target_os = "linux") || (process::find("apt-get").is_none() && !rustc.exists()) {
        return Ok(false);
    }
    let new_enough = minor_of(&version_of(rustc).unwrap_or_default()) >= Some(OLDEST);
    let programs = [rustc, cargo, sources];
    if !new_enough || !programs.iter().all(|path| path.exists()) || process::find(DEBIAN_LINKER).is_none() {
        system::install(system::Packages {
            missing: "Rustup could not bring what building for wasm32-unknown-unknown takes. Debian's Rust compiler \
                      for the web can build for it.",
            apt: &["rustc-web", "cargo-web", "rust-web-src", "lld-22"],
            brew: &[],
            may_take: "about 2 minutes",
        })?;
    }
    Ok(true)
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
