//! On what the figures were taken.

use std::process::Command;

use paydesk_e2e::{Context, Failure, place};
use serde_json::{Value, json};

/// Facts without which a figure means nothing.
pub fn facts() -> Result<Value, Failure> {
    // Not everything is measured in a browser.
    let chromium = Command::new(place::chromium()).arg("--version").output();
    let chromium = chromium.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let programs = place::program("paydesk-billing")?;
    let folder =
        programs.parent().and_then(|folder| folder.file_name()).unwrap_or_default().to_string_lossy();
    Ok(json!({
        "cores": std::thread::available_parallelism().context("cores")?.get(),
        "processor": model.trim_start_matches([' ', '\t', ':']),
        "system": std::env::consts::OS,
        "chromium": chromium.ok(),
        "servers_built_as": folder,
    }))
}
