//! No source file grows beyond what a reader can hold in mind. (Functions are clippy's: `too_many_lines`.)

use std::path::{Path, PathBuf};

use crate::stop::Stop;

const LINES_MAX: usize = 500;
const SOURCES: [&str; 5] = ["rs", "js", "mjs", "ts", "css"];

/// Checks every source file except tests and tables.
///
/// # Errors
/// Where a file is too long, with its name, or cannot be read.
pub fn check(root: &Path, files: &[PathBuf]) -> Result<(), Stop> {
    let mut complaints = Vec::new();
    for file in files.iter().filter(|file| is_measured(file)) {
        let text = std::fs::read_to_string(root.join(file))
            .map_err(|e| Stop::while_doing(&file.display().to_string(), e))?;
        let lines = text.lines().count();
        if lines > LINES_MAX {
            complaints.push(format!("{}: {lines} lines, at most {LINES_MAX} are allowed", file.display()));
        }
    }
    if complaints.is_empty() { Ok(()) } else { Err(Stop::Failed(complaints.join("\n"))) }
}

fn is_measured(file: &Path) -> bool {
    let source = file.extension().is_some_and(|end| SOURCES.iter().any(|source| end == *source));
    let tests = file.components().any(|part| part.as_os_str() == "tests");
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    source && !tests && stem != "tests" && stem != "table" && !stem.ends_with("_table")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_named() {
        let root = std::env::temp_dir().join(format!("paydesk-xtask-lengths-{}", std::process::id()));
        std::fs::create_dir_all(root.join("tests")).unwrap();
        let long = "x\n".repeat(LINES_MAX + 1);
        for name in ["long.rs", "tests/long.rs", "brands_table.rs", "long.md"] {
            std::fs::write(root.join(name), &long).unwrap();
        }
        std::fs::write(root.join("short.rs"), "x\n".repeat(LINES_MAX)).unwrap();
        let files = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        check(&root, &files(&["short.rs", "tests/long.rs", "brands_table.rs", "long.md"])).unwrap();
        assert!(check(&root, &files(&["short.rs", "long.rs"])).unwrap_err().to_string().contains("long.rs"));
        std::fs::remove_dir_all(&root).unwrap();
    }
}
