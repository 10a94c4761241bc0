//! `strace`, by which the tests let the billing server's disk fail. Only Linux has it; elsewhere those tests are left out.

use std::path::Path;

use super::system;
use crate::process;
use crate::say;
use crate::stop::Stop;

/// Makes sure that it is there.
///
/// # Errors
/// Where it is missing and cannot be installed.
pub fn ensure() -> Result<(), Stop> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if process::find("strace").is_none() {
        system::install(system::Packages {
            missing: "strace is needed for the tests (they let a disk fail).",
            apt: &["strace"],
            brew: &[],
            may_take: "some seconds",
        })?;
    }
    let found = process::find("strace");
    let found = found.as_deref().unwrap_or_else(|| Path::new("strace"));
    say::have("strace", &found.display().to_string());
    Ok(())
}
