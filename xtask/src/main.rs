//! Every developer and user command of the project: `cargo xtask help` lists them.

mod bench;
mod children;
mod clock;
mod demo;
mod examples;
mod lint;
mod place;
mod postgres;
mod process;
mod prove;
mod say;
mod servers;
mod setup;
mod size;
mod stop;
mod test;
mod widget;
mod words;

use std::process::ExitCode;

use lexopt::prelude::{Long, Short, Value, ValueExt};

use crate::place::Place;
use crate::stop::Stop;

const HELP: &str = "\
Paydesk's commands. Each one finds or installs what it needs, and says what it does.

  cargo xtask demo            the store, the billing API and the sandbox processor, seeded; Ctrl-C stops them
      --free-ports            on free ports instead of 4000, 4100 and 4200
      --check                 on free ports with fresh data: pay one invoice, say what was seen, exit
  cargo xtask test [SUITE]…   everything that CI runs, or only the named suites
      --list                  the names of the suites
  cargo xtask prove [NAME]…   the long proofs that nothing is charged twice or lost; names: crash workers
                              simulation histories return_days ceilings overload
  cargo xtask build [--dev]   the widget, into dist/ (--dev: quicker to build, much larger)
  cargo xtask lint            formatting, clippy (native and wasm), licences and sources, lengths, words
  cargo xtask size            the bytes of the built widget, into docs/BYTES.md; fails over the budget
  cargo xtask inventory       what runs in a payer's browser, and why, into dist/script-inventory.json
      --check                 fails where the list, the page and the files do not agree
  cargo xtask bench [PART]…   figures as one JSON document on standard output; parts: load typing memory server
                              charges backlog stored people; sqlite or postgresql leaves the other database out
  cargo xtask setup           every tool that the other commands would need
  cargo xtask help            this text

Variables: PAYDESK_TOOLS      where tools are kept (default: paydesk/tools in your cache folder)
           PAYDESK_YES=1      install system packages without asking
           PAYDESK_WASM_TOOLCHAIN=debian    use Debian's compiler for wasm even if rustup's would do
";

fn main() -> ExitCode {
    children::stop_all_on_signal();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            say::stop(&stop);
            ExitCode::from(stop.exit_code())
        }
    }
}

fn run() -> Result<(), Stop> {
    let mut words = Vec::new();
    let mut options = Vec::new();
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next().map_err(|e| Stop::Usage(e.to_string()))? {
        match argument {
            Long(name) => options.push(name.to_owned()),
            Short('h') => options.push("help".to_owned()),
            Value(word) => words.push(word.string().map_err(|e| Stop::Usage(e.to_string()))?),
            Short(other) => return Err(Stop::Usage(format!("there is no option -{other}"))),
        }
    }
    let command = if words.is_empty() { "help".to_owned() } else { words.remove(0) };
    if command == "help" || options.iter().any(|option| option == "help") {
        say::text(HELP);
        return Ok(());
    }
    let allowed: &[&str] = match command.as_str() {
        "demo" => &["free-ports", "check"],
        "test" => &["list"],
        "build" => &["dev"],
        "inventory" => &["check"],
        _ => &[],
    };
    if let Some(unknown) = options.iter().find(|option| !allowed.contains(&option.as_str())) {
        return Err(Stop::Usage(format!("`{command}` has no option --{unknown}")));
    }
    if !matches!(command.as_str(), "test" | "bench" | "prove") && !words.is_empty() {
        return Err(Stop::Usage(format!("`{command}` takes no further words: {}", words.join(" "))));
    }
    let has = |name: &str| options.iter().any(|option| option == name);
    let place = Place::here()?;
    match command.as_str() {
        "setup" => setup::everything(&place),
        "build" => widget::build(&place, if has("dev") { widget::Kind::Dev } else { widget::Kind::Shipped }),
        "demo" if has("check") => demo::check(&place),
        "demo" => demo::serve(&place, has("free-ports")),
        "test" if has("list") => {
            test::list();
            Ok(())
        }
        "test" => test::run(&place, &words),
        "prove" => prove::run(&place, &words),
        "lint" => lint::run(&place),
        "size" => size::run(&place),
        "inventory" if has("check") => widget::check_inventory(&place),
        "inventory" => widget::list_inventory(&place),
        "bench" => bench::run(&place, &words),
        other => Err(Stop::Usage(format!("there is no command `{other}`; `cargo xtask help` lists them"))),
    }
}
