//! Embeds the address rules of every country, so that the server enforces what the browser shows.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../domain/data/address");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    files.sort();
    let mut code = String::from("&[\n");
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "json")) {
        let country = file.file_stem().unwrap_or_default().to_string_lossy();
        let _ = writeln!(
            code,
            "    ({country:?}, include_str!({:?})),",
            file.canonicalize()?.display().to_string()
        );
    }
    code.push(']');
    let out = env::var_os("OUT_DIR").unwrap_or_default();
    fs::write(Path::new(&out).join("address_rules.rs"), code)
}
