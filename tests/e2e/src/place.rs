//! Where the parts under test are: told by `PAYDESK_*`, else where a developer's build puts them.

use std::path::{Path, PathBuf};

use crate::{Context, Failure};

fn told(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The built widget: `PAYDESK_DIST`, else `dist/` of the checkout.
///
/// # Errors
/// Where it was not built.
pub fn dist() -> Result<PathBuf, Failure> {
    let folder = told("PAYDESK_DIST").unwrap_or_else(|| root().join("dist"));
    let page = folder.join("index.html");
    page.canonicalize().context(format!("{} (build the widget first: cargo xtask build)", page.display()))?;
    folder.canonicalize().context(folder.display())
}

/// A program of this workspace: in `PAYDESK_BIN_DIR`, else in the debug build.
///
/// # Errors
/// Where it was not built.
pub fn program(name: &str) -> Result<PathBuf, Failure> {
    let target = told("CARGO_TARGET_DIR").unwrap_or_else(|| root().join("target"));
    let folder = told("PAYDESK_BIN_DIR").unwrap_or_else(|| target.join("debug"));
    let file = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    file.canonicalize().context(format!("{} (build it first: cargo build --bin {name})", file.display()))
}

/// Chromium: `PAYDESK_CHROMIUM`, else where Debian puts it.
pub fn chromium() -> PathBuf {
    told("PAYDESK_CHROMIUM").unwrap_or_else(|| PathBuf::from("/usr/bin/chromium"))
}

/// Its driver: `PAYDESK_CHROMEDRIVER`, else where Debian puts it.
pub fn chromedriver() -> PathBuf {
    told("PAYDESK_CHROMEDRIVER").unwrap_or_else(|| PathBuf::from("/usr/bin/chromedriver"))
}

/// Firefox: `PAYDESK_FIREFOX`, else where Debian puts it.
pub fn firefox() -> PathBuf {
    told("PAYDESK_FIREFOX").unwrap_or_else(|| PathBuf::from("/usr/bin/firefox-esr"))
}

/// Its driver: `PAYDESK_GECKODRIVER`, else on the path; `cargo xtask setup` builds it among its tools.
pub fn geckodriver() -> PathBuf {
    told("PAYDESK_GECKODRIVER").unwrap_or_else(|| PathBuf::from("geckodriver"))
}

/// The script of axe-core: `PAYDESK_AXE`, else among the packages that `cargo xtask setup` keeps.
///
/// # Errors
/// Where it was not installed.
pub fn axe() -> Result<PathBuf, Failure> {
    let kept = || {
        let cache = told("XDG_CACHE_HOME").or_else(|| told("HOME").map(|home| home.join(".cache")))?;
        let tools = told("PAYDESK_TOOLS").unwrap_or_else(|| cache.join("paydesk/tools"));
        let packages = std::fs::read_dir(tools).ok()?.filter_map(Result::ok);
        packages.map(|kept| kept.path().join("node_modules/axe-core/axe.min.js")).find(|file| file.is_file())
    };
    told("PAYDESK_AXE").or_else(kept).context("axe.min.js of axe-core (cargo xtask setup brings it)")
}

/// Where a failing test leaves its screenshot.
pub fn evidence() -> PathBuf {
    told("CARGO_TARGET_DIR").unwrap_or_else(|| root().join("target")).join("e2e")
}
