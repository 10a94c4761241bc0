//! System packages: installed only as root or after the user's yes; else the exact command is named.

use std::process::Command;

use crate::clock::Stopwatch;
use crate::process;
use crate::say;
use crate::stop::Stop;

/// A thing that the system's package manager brings.
#[derive(Debug, Clone, Copy)]
pub struct Packages {
    /// What is missing and what needs it, as a sentence.
    pub missing: &'static str,
    /// Packages of Debian and Ubuntu.
    pub apt: &'static [&'static str],
    /// Packages of Homebrew, with `--cask` in front where that is what they are.
    pub brew: &'static [&'static str],
    /// How long it may take.
    pub may_take: &'static str,
}

/// Installs the packages, or says which command would.
///
/// # Errors
/// Where the user has to install them, or where installing them failed.
pub fn install(packages: Packages) -> Result<(), Stop> {
    if cfg!(target_os = "macos") {
        return with_brew(packages);
    }
    if process::find("apt-get").is_none() {
        return Err(Stop::NeedsUser {
            missing: format!(
                "{} This system has no apt-get: install what your package manager calls the following (Debian's names).",
                packages.missing
            ),
            command: packages.apt.join(" "),
        });
    }
    with_apt(packages)
}

fn with_apt(packages: Packages) -> Result<(), Stop> {
    let sudo = if is_root() { "" } else { "sudo " };
    let shown = format!(
        "{sudo}apt-get update && {sudo}apt-get install --no-install-recommends {}",
        packages.apt.join(" ")
    );
    if !is_root() && !allowed(packages.missing, &shown) {
        return Err(Stop::NeedsUser { missing: packages.missing.to_owned(), command: shown });
    }
    let watch = Stopwatch::start();
    say::step(&format!("Installing {}", packages.apt.join(", ")), packages.may_take);
    process::run(apt().args(["-qq", "update"]))?;
    process::run(apt().args(["-qq", "install", "--yes", "--no-install-recommends"]).args(packages.apt))?;
    say::done(&packages.apt.join(", "), watch.elapsed());
    Ok(())
}

fn apt() -> Command {
    let mut command = if is_root() {
        Command::new("apt-get")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        sudo
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn with_brew(packages: Packages) -> Result<(), Stop> {
    let shown = format!("brew install {}", packages.brew.join(" "));
    if process::find("brew").is_none() || !allowed(packages.missing, &shown) {
        return Err(Stop::NeedsUser { missing: packages.missing.to_owned(), command: shown });
    }
    let watch = Stopwatch::start();
    say::step(&format!("Running {shown}"), packages.may_take);
    process::run(Command::new("brew").arg("install").args(packages.brew))?;
    say::done(&packages.brew.join(" "), watch.elapsed());
    Ok(())
}

fn allowed(missing: &str, command: &str) -> bool {
    if std::env::var_os("PAYDESK_YES").is_some_and(|yes| yes == "1") {
        return true;
    }
    say::ask(&format!("{missing}\nRun `{command}` now?")).unwrap_or(false)
}

/// Whether this process may do everything.
pub fn is_root() -> bool {
    #[cfg(unix)]
    {
        nix::unistd::geteuid().is_root()
    }
    #[cfg(not(unix))]
    {
        false
    }
}
