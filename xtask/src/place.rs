//! Where things are: the checkout, its build folder, and the tools that all checkouts of one user share.

use std::path::{Path, PathBuf};

use crate::stop::Stop;

/// The folders of this checkout and of its user.
#[derive(Debug, Clone)]
pub struct Place {
    /// The checkout.
    pub root: PathBuf,
    /// Cargo's build folder for native code.
    pub target: PathBuf,
    /// Where built tools are kept, one folder per tool and version.
    pub tools: PathBuf,
}

impl Place {
    /// Finds the folders from the environment.
    ///
    /// # Errors
    /// Where no folder for the tools can be made out.
    pub fn here() -> Result<Self, Stop> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .ok_or_else(|| Stop::Failed("the checkout's folder is not known".to_owned()))?
            .to_path_buf();
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        Ok(Self { target, tools: tools_folder(|name| std::env::var_os(name).map(PathBuf::from))?, root })
    }

    /// The build folder for wasm: apart, so that native and wasm builds do not wait for each other.
    pub fn wasm_target(&self) -> PathBuf {
        self.target.join("wasm")
    }

    /// Where the built widget goes.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// Where the native programs are after a debug build.
    pub fn programs(&self) -> PathBuf {
        self.target.join("debug")
    }
}

fn tools_folder(variable: impl Fn(&str) -> Option<PathBuf>) -> Result<PathBuf, Stop> {
    if let Some(folder) = variable("PAYDESK_TOOLS") {
        return std::path::absolute(folder).map_err(|e| Stop::while_doing("PAYDESK_TOOLS", e));
    }
    let cache = variable("XDG_CACHE_HOME").filter(|folder| folder.is_absolute()).or_else(|| {
        let below = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
        variable("HOME").map(|home| home.join(below))
    });
    cache.map(|cache| cache.join("paydesk/tools")).ok_or_else(|| Stop::NeedsUser {
        missing: "There is no folder to keep the tools in: neither HOME nor PAYDESK_TOOLS is set.".to_owned(),
        command: "export PAYDESK_TOOLS=$PWD/target/tools-kept".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_own_choice_comes_first() {
        let folder = tools_folder(|name| match name {
            "PAYDESK_TOOLS" => Some(PathBuf::from("/chosen")),
            _ => Some(PathBuf::from("/home/somebody")),
        });
        assert_eq!(folder.unwrap(), Path::new("/chosen"));
    }

    #[test]
    fn without_any_folder_the_command_is_named() {
        let stop = tools_folder(|_| None).unwrap_err();
        assert!(stop.to_string().contains("export PAYDESK_TOOLS="), "{stop}");
        assert_eq!(stop.exit_code(), 2);
    }
}
