//! The repository names no package registry's host: which mirror is used is the affair of whoever builds.

use std::path::{Path, PathBuf};

use crate::stop::Stop;

/// In pieces, so that this file itself does not name them.
const FORBIDDEN: [&str; 7] = [
    concat!("registry.", "npmjs"),
    concat!("registry.", "yarnpkg"),
    concat!("static.", "crates.io"),
    concat!("index.", "crates.io"),
    concat!("files.", "pythonhosted"),
    concat!("deb.", "debian.org"),
    concat!("proxy.", "golang.org"),
];

/// Checks every text file.
///
/// # Errors
/// Where a file names one, with its line.
pub fn check(root: &Path, files: &[PathBuf]) -> Result<(), Stop> {
    let mut complaints = Vec::new();
    for file in files {
        let bytes =
            std::fs::read(root.join(file)).map_err(|e| Stop::while_doing(&file.display().to_string(), e))?;
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        for (index, line) in text.lines().enumerate() {
            if let Some(word) = FORBIDDEN.iter().find(|word| line.contains(*word)) {
                complaints.push(format!("{}:{}: names {word}", file.display(), index + 1));
            }
        }
    }
    if complaints.is_empty() { Ok(()) } else { Err(Stop::Failed(complaints.join("\n"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_planted_name_is_found_with_its_line() {
        let root = std::env::temp_dir().join(format!("paydesk-xtask-words-{}", std::process::id()));
        std::fs::create_dir_all(&root).unwrap();
        std::fs::write(root.join("clean.md"), "cargo add yew\n").unwrap();
        std::fs::write(
            root.join("lock.json"),
            format!("{{\n\"resolved\": \"https://{}.org/x\"\n}}", FORBIDDEN[0]),
        )
        .unwrap();
        check(&root, &[PathBuf::from("clean.md")]).unwrap();
        let stop = check(&root, &[PathBuf::from("clean.md"), PathBuf::from("lock.json")]).unwrap_err();
        assert!(stop.to_string().contains("lock.json:2"), "{stop}");
        std::fs::remove_dir_all(&root).unwrap();
    }
}
