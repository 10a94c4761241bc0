//! Arrows only point down: what no room may name of the rooms above or beside it (docs/ARCHITECTURE.md).

use std::path::{Path, PathBuf};

use crate::stop::Stop;

/// A folder (or a file beside it of the same name) and what its sources may not name.
const RULES: [(&str, &[&str]); 16] = [
    ("crates/domain/src", &["std::fs", "std::net", "tokio", "web_sys", "js_sys", "SystemTime"]),
    (
        "crates/words/src",
        &["std::fs", "std::net", "tokio", "web_sys", "js_sys", "SystemTime", "paydesk_domain"],
    ),
    ("crates/sandbox/src", &["paydesk_billing"]),
    ("crates/billing/src/http", &["sqlx"]),
    ("crates/billing/src/app", &["sqlx", "axum", "crate::http", "crate::adapters"]),
    ("crates/billing/src/ports", &["sqlx", "axum", "crate::http", "crate::adapters", "crate::store"]),
    ("crates/billing/src/store", &["axum", "crate::http", "crate::app", "crate::adapters"]),
    ("src/view", &["crate::client", "crate::wallet"]),
    ("src/wallet/view", &["wallet::client"]),
    ("src/i18n", &["crate::client", "crate::flow", "crate::view", "crate::wallet"]),
    ("src/client", &["crate::wallet"]),
    ("src/flow", &["crate::wallet"]),
    ("src/embed", &["crate::wallet"]),
    (
        "src/wallet/state",
        &[
            "web_sys",
            "js_sys",
            "wasm_bindgen",
            "wallet::client",
            "wallet::flow",
            "wallet::view",
            "crate::view",
        ],
    ),
    (
        "src/state",
        &[
            "web_sys",
            "js_sys",
            "wasm_bindgen",
            "crate::client",
            "crate::flow",
            "crate::view",
            "crate::wallet",
        ],
    ),
    ("src/input", &["web_sys", "js_sys", "wasm_bindgen", "crate::client", "crate::flow", "crate::view"]),
];

/// Checks every source file.
///
/// # Errors
/// Where a room names what it may not, with the file, the line and the name.
pub fn check(root: &Path, files: &[PathBuf]) -> Result<(), Stop> {
    let mut complaints = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "rs")) {
        let banned: Vec<&str> = RULES
            .iter()
            .filter(|(room, _)| is_in(file, room))
            .flat_map(|(_, names)| *names)
            .copied()
            .collect();
        if banned.is_empty() {
            continue;
        }
        let text = std::fs::read_to_string(root.join(file))
            .map_err(|e| Stop::while_doing(&file.display().to_string(), e))?;
        complaints.extend(wrong(&text, &banned).map(|said| format!("{}:{said}", file.display())));
    }
    if complaints.is_empty() { Ok(()) } else { Err(Stop::Failed(complaints.join("\n"))) }
}

fn is_in(file: &Path, room: &str) -> bool {
    file.starts_with(room) || file.with_extension("") == Path::new(room)
}

fn wrong<'t>(text: &'t str, banned: &'t [&str]) -> impl Iterator<Item = String> + 't {
    let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    code.flat_map(|(index, line)| {
        let named = banned.iter().filter(move |name| line.contains(**name));
        named.map(move |name| format!("{}: may not name {name}", index + 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_that_looks_up_is_told_where() {
        let root = std::env::temp_dir().join(format!("paydesk-xtask-arrows-{}", std::process::id()));
        std::fs::create_dir_all(root.join("src/view")).unwrap();
        std::fs::write(root.join("src/view/dom.rs"), "//! Not crate::client.\nuse crate::js;\n").unwrap();
        std::fs::write(root.join("src/view.rs"), "mod dom;\nuse crate::client::Billing;\n").unwrap();
        std::fs::write(root.join("src/viewer.rs"), "use crate::client::Billing;\n").unwrap();
        let files = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        check(&root, &files(&["src/view/dom.rs", "src/viewer.rs"])).unwrap();
        let told = check(&root, &files(&["src/view.rs"])).unwrap_err().to_string();
        assert!(told.contains("src/view.rs:2: may not name crate::client"), "{told}");
        std::fs::remove_dir_all(&root).unwrap();
    }
}
