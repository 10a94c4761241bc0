//! PostgreSQL's programs, for the tests that run on both databases.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{major, system, version_of};
use crate::process;
use crate::say;
use crate::stop::Stop;

/// The oldest version that the store is meant for.
const OLDEST: u32 = 14;
/// Where Debian and Homebrew keep one folder per version.
const FOLDERS: [&str; 3] = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"];

/// The folder that holds `initdb` and `postgres`.
///
/// # Errors
/// Where they are missing and may not be installed.
pub fn ensure() -> Result<PathBuf, Stop> {
    let found = match find() {
        Some(found) => found,
        None => {
            system::install(system::Packages {
                missing: "PostgreSQL 14 or newer is needed for the tests (they start one of their own).",
                apt: &["postgresql"],
                brew: &["postgresql@17"],
                may_take: "about 1 minute",
            })?;
            find().ok_or_else(|| {
                Stop::Failed("PostgreSQL was installed, but initdb is not to be found".to_owned())
            })?
        }
    };
    say::have("PostgreSQL", &found.display().to_string());
    Ok(found)
}

fn find() -> Option<PathBuf> {
    let by_config = process::read(Command::new("pg_config").arg("--bindir")).map(PathBuf::from);
    let on_path = process::find("initdb").and_then(|initdb| initdb.parent().map(Path::to_path_buf));
    let mut folders: Vec<PathBuf> = FOLDERS
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path().join("bin")))
        .collect();
    folders.sort_by_key(|folder| std::cmp::Reverse(version(folder)));
    by_config.into_iter().chain(on_path).chain(folders).find(|folder| version(folder) >= Some(OLDEST))
}

fn version(folder: &Path) -> Option<u32> {
    let programs = ["initdb", "postgres"];
    if !programs.iter().all(|name| folder.join(name).is_file()) {
        return None;
    }
    major(&version_of(folder.join("postgres"))?)
}
