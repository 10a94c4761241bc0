//! The program `paydesk-sandbox`: a payment processor to test against, on a socket of this machine.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use paydesk_sandbox::{Config, Sandbox, SandboxError};
use tokio::net::TcpListener;

#[derive(Parser)]
#[command(version, about = "A payment processor to test against. It speaks the dialect of Stripe.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answer calls until the program is told to stop (SIGTERM or Ctrl-C).
    Serve(Serve),
}

#[derive(Args)]
struct Serve {
    /// Where to listen. Port 0 takes any free one; the ready line says which.
    #[arg(long, default_value = "127.0.0.1:4200", env = "PAYDESK_SANDBOX_LISTEN")]
    listen: SocketAddr,
    /// Where the log lies; made when it is missing.
    #[arg(long, env = "PAYDESK_SANDBOX_DATA")]
    data: PathBuf,
    /// Where the key lies that seals card numbers; made when it is missing. Without it the key is kept in
    /// memory and made anew at each start.
    #[arg(long, env = "PAYDESK_SANDBOX_VAULT_KEY_FILE")]
    vault_key_file: Option<PathBuf>,
    /// How long each call takes at least, in milliseconds.
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
    /// How long a search is blind to what is new, in milliseconds.
    #[arg(long, default_value_t = 0)]
    search_lag_ms: u64,
    /// How long to wait after each failed try of a webhook, in milliseconds; after the last it is given up.
    #[arg(long, value_delimiter = ',')]
    webhook_waits_ms: Vec<u64>,
    /// When a debit settles or fails, in seconds after it was accepted. Without it: four days for a US one,
    /// five for a Canadian one.
    #[arg(long)]
    debit_settle_s: Option<u64>,
    /// For how long a debit can be taken back, in seconds after it was accepted.
    #[arg(long, default_value_t = 86_400)]
    debit_cancel_s: u64,
    /// When a debit of the test account that disputes comes back, in seconds after it settled.
    #[arg(long, default_value_t = 86_400)]
    debit_return_s: u64,
    /// When a refund that is on its way arrives or fails, in seconds.
    #[arg(long, default_value_t = 259_200)]
    refund_settle_s: u64,
}

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("PAYDESK_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let Command::Serve(options) = Cli::parse().command;
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            tracing::error!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Serve) -> Result<(), SandboxError> {
    let mut config = Config::new(options.data);
    config.vault_key_file = options.vault_key_file;
    config.latency = Duration::from_millis(options.latency_ms);
    config.search_lag = Duration::from_millis(options.search_lag_ms);
    if !options.webhook_waits_ms.is_empty() {
        config.webhook_waits = options.webhook_waits_ms.into_iter().map(Duration::from_millis).collect();
    }
    if let Some(settle) = options.debit_settle_s.map(Duration::from_secs) {
        config.debits.ach_settle = settle;
        config.debits.pad_settle = settle;
    }
    config.debits.cancel = Duration::from_secs(options.debit_cancel_s);
    config.debits.come_back = Duration::from_secs(options.debit_return_s);
    config.debits.refund = Duration::from_secs(options.refund_settle_s);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let sandbox = Sandbox::open(config)?;
        let listener = TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let mut out = std::io::stdout();
        writeln!(out, "paydesk-sandbox listening on http://{address}").and_then(|()| out.flush())?;
        sandbox.serve(listener, stopped()).await
    })
}

/// Comes true when the system asks the program to stop.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut terminated) => {
                tokio::select! {
                    _ = interrupted => {}
                    _ = terminated.recv() => {}
                }
            }
            Err(_) => drop(interrupted.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupted.await);
}
