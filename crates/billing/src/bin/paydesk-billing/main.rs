//! The program `paydesk-billing`: puts the parts together.

mod arguments;
mod audit;
mod commands;
mod words;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    match runtime.block_on(commands::run(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

#[expect(clippy::print_stderr, reason = "whoever started the program reads why it ended")]
fn failed(error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("paydesk-billing: {error}");
    ExitCode::FAILURE
}
