//! Rust's standard library for wasm32, built from its sources: for a compiler that comes without it, and a small one for
//! what is delivered.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::rust::TARGET;
use super::{install, version_of};
use crate::clock::Stopwatch;
use crate::place::Place;
use crate::process;
use crate::say;
use crate::stop::Stop;

/// What a panic becomes where a program has no use for its message: a bare trap. The strategy is not stable yet, so that the
/// compiler must be told twice that it is wanted.
pub const ENDS_AT_ONCE: [&str; 2] = ["-Cpanic=immediate-abort", "-Zunstable-options"];

/// Counts up when what [`Builder::build`] does changes, so that no library of before is taken for one of today.
const REVISION: u32 = 1;

/// What the library is built with.
#[derive(Debug, Clone, Copy)]
pub struct Builder<'a> {
    /// `rustc`.
    pub rustc: &'a Path,
    /// `cargo`, of the same version.
    pub cargo: &'a Path,
    /// The folder `library` of the compiler's sources.
    pub sources: &'a Path,
}

impl Builder<'_> {
    /// Builds the library unless it is there, and answers with the folder that holds it as the compiler expects it. A small one
    /// has no messages for panics, and is the one that [`ENDS_AT_ONCE`] asks for.
    ///
    /// # Errors
    /// Where it cannot be built.
    pub fn ensure(self, place: &Place, is_small: bool) -> Result<PathBuf, Stop> {
        let version = version_of(self.rustc)
            .ok_or_else(|| Stop::Failed(format!("{} does not run", self.rustc.display())))?;
        let kind = if is_small { "wasm32-small-std" } else { "wasm32-std" };
        let sysroot = place.tools.join(format!("{kind}-{version}-{REVISION}"));
        if !has_std(&libraries(&sysroot)) {
            let watch = Stopwatch::start();
            say::step(&format!("Building Rust's standard library {version} for {TARGET}"), "about 1 minute");
            install(&sysroot, |folder| self.build(folder, is_small))?;
            say::done("standard library for wasm32", watch.elapsed());
        }
        Ok(sysroot)
    }

    /// Builds the library into `folder`. The features unlocked here are the library's own.
    fn build(self, folder: &Path, is_small: bool) -> Result<(), Stop> {
        let sources = folder.join("library");
        process::run(Command::new("cp").arg("-rL").arg(self.sources).arg(&sources))?;
        let build = folder.join("build");
        let mut flags = vec!["-Zforce-unstable-if-unmarked", "-Cembed-bitcode=yes"];
        let mut features = "panic-unwind".to_owned();
        if is_small {
            flags.extend(ENDS_AT_ONCE);
            flags.push("-Copt-level=z");
            features.push_str(",optimize_for_size");
        }
        process::run(
            Command::new(self.cargo)
                .current_dir(&sources)
                .args(["build", "--release", "--target", TARGET, "-p", "sysroot", "-p", "proc_macro"])
                .args(["--features", &features, "--target-dir"])
                .arg(&build)
                .env("RUSTC", self.rustc)
                .env("RUSTC_BOOTSTRAP", "1")
                .env("RUSTFLAGS", flags.join(" "))
                .env("CARGO_PROFILE_RELEASE_PANIC", "abort")
                .env("__CARGO_DEFAULT_LIB_METADATA", "std"),
        )?;
        let doing = |error| Stop::while_doing("cannot put the standard library together", error);
        let libraries = libraries(folder);
        std::fs::create_dir_all(&libraries).map_err(doing)?;
        for entry in std::fs::read_dir(build.join(TARGET).join("release/deps")).map_err(doing)? {
            let path = entry.map_err(doing)?.path();
            if let Some(name) = path.file_name().filter(|_| path.extension().is_some_and(|end| end == "rlib"))
            {
                std::fs::copy(&path, libraries.join(name)).map_err(doing)?;
            }
        }
        std::fs::remove_dir_all(&build).and_then(|()| std::fs::remove_dir_all(&sources)).map_err(doing)
    }
}

/// Where a compiler looks for the library in a folder that it is told to take it from.
fn libraries(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(TARGET).join("lib")
}

/// Whether a folder holds the library.
pub fn has_std(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| {
        entries
            .any(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("libstd-")))
    })
}
