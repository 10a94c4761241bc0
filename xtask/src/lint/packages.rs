//! What the workspace is made of, against deny.toml: licences, banned packages, sources. Asked of cargo itself, so that nothing
//! has to be installed for it; cargo-deny knows more, and is run besides where it is on PATH.

use std::collections::BTreeSet;
use std::path::Path;

use crate::process;
use crate::stop::Stop;

/// Where packages may come from, as the lockfile spells it; those of the workspace have no source.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";
/// What servers and tools are built for is asked of the machine at hand.
const WASM: &str = "wasm32-unknown-unknown";

/// Checks every package that is built for this machine or for wasm32.
///
/// # Errors
/// Where one has a licence, a name or a source that deny.toml does not allow.
pub fn check(root: &Path) -> Result<(), Stop> {
    let read = |name: &str| std::fs::read_to_string(root.join(name)).map_err(|e| Stop::while_doing(name, e));
    let policy = Policy::read(&read("deny.toml")?)?;
    let mut complaints: Vec<String> = strangers(&read("Cargo.lock")?);
    let mut packages = tree(root, &["--format", "{p}|{l}|"])?;
    packages.extend(tree(root, &["--format", "{p}|{l}|", "--target", WASM])?);
    for line in &packages {
        let mut parts = line.split('|');
        let (package, licence) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let name = package.split(' ').next().unwrap_or_default();
        if !allows(&policy.licences, licence) {
            complaints.push(format!("{package}: the licence {licence:?} is not on the list"));
        }
        if let Some(ban) = policy.bans.iter().find(|ban| ban.name == name) {
            let mut users = tree(root, &["--format", "{p}", "--invert", name, "--depth", "1"])?;
            users.retain(|user| user.split(' ').next() != Some(name));
            let allowed =
                |user: &String| ban.wrappers.iter().any(|wrapper| user.split(' ').next() == Some(wrapper));
            if !users.iter().all(allowed) || users.is_empty() {
                let users: Vec<String> = users.into_iter().collect();
                complaints.push(format!("{package} is banned, and used by {}", users.join(", ")));
            }
        }
    }
    if packages.len() < 2 {
        complaints.push("cargo tree names no packages".to_owned());
    }
    if complaints.is_empty() { Ok(()) } else { Err(Stop::Failed(complaints.join("\n"))) }
}

/// The lines of `cargo tree`, each once.
fn tree(root: &Path, more: &[&str]) -> Result<BTreeSet<String>, Stop> {
    let mut command = process::cargo(
        root,
        [
            "tree",
            "--locked",
            "--workspace",
            "--all-features",
            "--prefix",
            "none",
            "--no-dedupe",
            "--charset",
            "ascii",
        ],
    );
    let lines = process::read_or_stop(command.args(more))?;
    Ok(lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// Packages of the lockfile that come from elsewhere.
fn strangers(lock: &str) -> Vec<String> {
    let sources = lock.lines().filter_map(|line| line.strip_prefix("source = \"")?.strip_suffix('"'));
    let strange: BTreeSet<&str> = sources.filter(|source| *source != REGISTRY).collect();
    strange.into_iter().map(|source| format!("packages come from {source}")).collect()
}

/// What deny.toml says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Policy {
    licences: Vec<String>,
    bans: Vec<Ban>,
}

#[derive(Debug, PartialEq, Eq)]
struct Ban {
    name: String,
    /// Who may use it all the same.
    wrappers: Vec<String>,
}

impl Policy {
    /// Reads the two lists, each item on a line of its own, as they stand in that file.
    fn read(text: &str) -> Result<Self, Stop> {
        let mut policy = Self::default();
        let (mut section, mut list) = ("", "");
        for line in text.lines().map(str::trim) {
            if line.starts_with('[') && list.is_empty() {
                section = line;
            } else if let Some(name) = line.strip_suffix(" = [") {
                list = name;
            } else if line == "]" {
                list = "";
            } else if (section, list) == ("[licenses]", "allow") {
                policy.licences.extend(quoted(line).map(str::to_owned));
            } else if (section, list) == ("[bans]", "deny") && line.starts_with('{') {
                policy.bans.push(Ban::read(line)?);
            }
        }
        if policy.licences.is_empty() || policy.bans.is_empty() {
            return Err(Stop::Failed("deny.toml: its lists of licences and bans cannot be read".to_owned()));
        }
        Ok(policy)
    }
}

impl Ban {
    fn read(line: &str) -> Result<Self, Stop> {
        let part = |name: &str, end: char| line.split_once(name)?.1.split(end).next();
        let name = part("crate = ", ',').and_then(|text| quoted(text).next());
        let name = name.ok_or_else(|| Stop::Failed(format!("deny.toml: which package is this? {line}")))?;
        let wrappers = part("wrappers = [", ']').into_iter().flat_map(quoted).map(str::to_owned).collect();
        Ok(Self { name: name.to_owned(), wrappers })
    }
}

/// The texts between quotation marks.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').skip(1).step_by(2)
}

/// Whether an SPDX expression can be met with these licences. `/` is how older packages write OR.
fn allows(allowed: &[String], expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    // Whatever is left was not understood.
    either(allowed, &mut words) == Some(true) && words.is_empty()
}

fn either(allowed: &[String], words: &mut Vec<&str>) -> Option<bool> {
    let mut met = both(allowed, words)?;
    while words.pop_if(|word| *word == "OR").is_some() {
        met |= both(allowed, words)?;
    }
    Some(met)
}

fn both(allowed: &[String], words: &mut Vec<&str>) -> Option<bool> {
    let mut met = one(allowed, words)?;
    while words.pop_if(|word| *word == "AND").is_some() {
        met &= one(allowed, words)?;
    }
    Some(met)
}

fn one(allowed: &[String], words: &mut Vec<&str>) -> Option<bool> {
    let word = words.pop()?;
    if word == "(" {
        let met = either(allowed, words)?;
        return words.pop().filter(|word| *word == ")").map(|_| met);
    }
    let mut licence = word.to_owned();
    if words.pop_if(|word| *word == "WITH").is_some() {
        licence = format!("{word} WITH {}", words.pop()?);
    }
    Some(allowed.contains(&licence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_met_or_not() {
        let allowed: Vec<String> =
            ["MIT", "Apache-2.0", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into();
        for good in [
            "MIT",
            "MIT OR GPL-3.0",
            "GPL-3.0/MIT",
            "GPL-3.0 / MIT",
            "(MIT OR GPL-3.0) AND Unicode-3.0",
            "MIT AND (Apache-2.0 OR GPL-3.0)",
            "Apache-2.0 WITH LLVM-exception OR GPL-3.0",
            "GPL-3.0 OR MIT AND Unicode-3.0",
        ] {
            assert!(allows(&allowed, good), "{good}");
        }
        for bad in [
            "",
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "(MIT OR GPL-3.0) AND GPL-3.0",
            "MIT WITH LLVM-exception",
            "Apache-2.0 WITH",
            "MIT OR",
            "(MIT",
            "MIT)",
            "MIT MIT",
        ] {
            assert!(!allows(&allowed, bad), "{bad}");
        }
    }

    #[test]
    fn the_policy_is_read_as_it_stands() {
        let text = "[licenses]\nallow = [\n    \"MIT\",\n    # no more\n    \"ISC\",\n]\n[bans]\nwildcards = \"deny\"\ndeny = [\n    \
                    { crate = \"a\", reason = \"x\" },\n    { crate = \"b\", wrappers = [\"c\", \"d\"], reason = \"y\" },\n]\n";
        let ban = |name: &str, wrappers: &[&str]| Ban {
            name: name.to_owned(),
            wrappers: wrappers.iter().map(|&wrapper| wrapper.to_owned()).collect(),
        };
        let policy = Policy {
            licences: vec!["MIT".to_owned(), "ISC".to_owned()],
            bans: vec![ban("a", &[]), ban("b", &["c", "d"])],
        };
        assert_eq!(Policy::read(text).unwrap(), policy);
        assert!(Policy::read("[licenses]\nallow = []\n").is_err());
    }

    #[test]
    fn other_sources_are_found() {
        assert_eq!(strangers(&format!("name = \"a\"\nsource = \"{REGISTRY}\"\n")), Vec::<String>::new());
        let git = "source = \"git+https://example.org/b#0\"\n";
        assert_eq!(strangers(git), ["packages come from git+https://example.org/b#0"]);
    }
}
