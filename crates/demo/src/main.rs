//! `paydesk-demo-store`: the store of a recreation centre that embeds the checkout, and a self-check that pays
//! one invoice through the public HTTP interfaces.

mod billing;
mod check;
mod outbox;
mod personas;
mod playground;
mod seed;
mod site;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// The demo store.
#[derive(Parser)]
#[command(name = "paydesk-demo-store", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the store page; seeds an organization, clients and cards on the first start.
    Serve {
        /// Where to listen. The page must be reached as `localhost`, so that it is another site than the frame.
        #[arg(long, default_value = "127.0.0.1:4000")]
        listen: String,
        #[command(flatten)]
        stack: Stack,
    },
    /// Pay one seeded invoice through the public HTTP interfaces, print what was seen, exit 0 or say what failed.
    Check {
        #[command(flatten)]
        stack: Stack,
    },
}

/// Where the rest of the demo is.
#[derive(Args, Clone)]
struct Stack {
    /// The billing API, as its organization and the browser reach it.
    #[arg(long, default_value = "http://127.0.0.1:4100")]
    billing: String,
    /// The sandbox processor.
    #[arg(long, default_value = "http://127.0.0.1:4200")]
    sandbox: String,
    /// The secret key of the sandbox account that the billing configuration names. The wallets' first cards are
    /// put into that account's vault.
    #[arg(long, default_value = "sk_test_demo0123456789abcdef")]
    sandbox_secret_key: String,
    /// The store's own origin, as a browser sees it. Default: http://localhost with the port of `--listen`.
    #[arg(long)]
    origin: Option<String>,
    /// The program that creates organizations and keys.
    #[arg(long, default_value = "paydesk-billing")]
    billing_program: PathBuf,
    /// That program's configuration.
    #[arg(long)]
    billing_config: PathBuf,
    /// The folder that the billing program puts its mails into; the page `/outbox` shows them.
    #[arg(long)]
    mails: Option<PathBuf>,
    /// Where the store keeps what it was given: its organization and its key.
    #[arg(long)]
    data: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Serve { listen, stack } => site::serve(&listen, stack).await,
        Command::Check { stack } => check::run(stack).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "a command line program reports its failure on standard error")]
fn complain(error: &DemoError) {
    eprintln!("paydesk-demo-store: {error}");
}

#[expect(
    clippy::print_stdout,
    reason = "what a command line program was asked to say goes to standard output"
)]
fn say(line: &str) {
    println!("{line}");
}

/// Why the demo cannot go on.
#[derive(Debug, thiserror::Error)]
enum DemoError {
    /// A file or a socket.
    #[error("{what}: {source}")]
    Io { what: String, source: std::io::Error },
    /// A server that is not there.
    #[error("{what} is not reachable: {source}")]
    Unreachable { what: String, source: reqwest::Error },
    /// A server that said no.
    #[error("{what} answered {status}: {body}")]
    Refused { what: String, status: u16, body: String },
    /// An answer that lacks something.
    #[error("{what} answered without `{field}`: {body}")]
    Unexpected { what: String, field: String, body: String },
    /// A program that failed.
    #[error("{program} failed: {message}")]
    Program { program: String, message: String },
    /// A check that did not hold.
    #[error("{0}")]
    Check(String),
}
