//! `paydesk-bench`: measures the built widget in a real browser and the billing API on its databases, and prints
//! one JSON document on standard output. What happens meanwhile goes to standard error.
//!
//! Everything is bounded in count and in time, and all traffic stays on this machine. The sizes of the files are
//! measured by `cargo xtask size`.

mod backlog;
mod ceiling;
mod charges;
mod commits;
mod crowd;
mod field;
mod fill;
mod load;
mod machine;
mod memory;
mod people;
mod server;
mod sql;
mod stats;
mod stored;
mod typing;

use std::process::ExitCode;

use paydesk_e2e::Failure;
use paydesk_e2e::stack::Stack;
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> ExitCode {
    match measure().await {
        Ok(document) => {
            say(&document.to_string());
            ExitCode::SUCCESS
        }
        Err(failure) => {
            note(&format!("paydesk-bench: {failure}"));
            ExitCode::FAILURE
        }
    }
}

/// Everything, or only the parts that were named: `load`, `typing`, `memory`, `server`, `charges`, `backlog`, `stored`, `people`.
/// `sqlite` or `postgresql` beside them leaves the other database out.
async fn measure() -> Result<Value, Failure> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let is_engine = |asked: &String| asked == "sqlite" || asked == "postgresql";
    let all = asked.iter().all(is_engine);
    let wanted = |part: &str| all || asked.iter().any(|asked| asked == part);
    let mut document = json!({"machine": machine::facts()?});
    if ["load", "typing", "memory"].into_iter().any(wanted) {
        let stack = Stack::start().await?;
        if wanted("load") {
            document["time_to_usable_ms"] = load::measure(&stack).await?;
        }
        if wanted("typing") {
            document["keystroke_to_paint_ms"] = typing::measure(&stack).await?;
        }
        if wanted("memory") {
            document["memory_bytes"] = memory::measure(&stack).await?;
        }
    }
    if wanted("server") {
        document["server"] = server::measure().await?;
    }
    let engines = field::engines(&asked);
    if wanted("charges") {
        document["charges"] = charges::measure(&engines).await?;
    }
    if wanted("backlog") {
        document["backlog"] = backlog::measure(&engines).await?;
    }
    if wanted("stored") {
        document["stored"] = stored::measure(&engines).await?;
    }
    if wanted("people") && engines.contains(&field::Engine::Postgres) {
        document["people"] = people::measure().await?;
    }
    Ok(document)
}

#[expect(clippy::print_stderr, reason = "a command line program tells its progress on standard error")]
fn note(line: &str) {
    eprintln!("{line}");
}

#[expect(clippy::print_stdout, reason = "the document that this program is for goes to standard output")]
fn say(line: &str) {
    println!("{line}");
}
