//! One life of the program: from its start to its end, which is seldom a good one.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_paydesk-billing");

/// A running program.
pub struct Life {
    child: Child,
    _lines: Lines<BufReader<ChildStdout>>,
}

impl Life {
    /// Starts `serve` or `work`, which dies at `place` if one is given, and waits until it is ready.
    pub async fn start(folder: &Path, command: &str, place: Option<&str>) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(folder.join("log")).unwrap();
        let mut program = Command::new(PROGRAM);
        program.args([command, "--log-format", "json", "--config"]).arg(folder.join("billing.toml"));
        program.env("PAYDESK_LOG", std::env::var("PAYDESK_LOG").unwrap_or_else(|_| "warn".to_owned()));
        if let Some(place) = place {
            program.env("PAYDESK_FAILPOINT", place);
        }
        program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).kill_on_drop(true);
        let mut child = program.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap();
        assert!(line.is_some(), "it starts: {}", std::fs::read_to_string(folder.join("log")).unwrap());
        Self { child, _lines: lines }
    }

    /// Whether it has died by itself by then.
    pub async fn dies_within(&mut self, patience: Duration) -> bool {
        tokio::time::timeout(patience, self.child.wait()).await.is_ok()
    }

    /// Ends it as a power cut does: it does not learn of it.
    pub async fn kill(mut self) {
        // It may have died just now, which is as good.
        let _ = self.child.start_kill();
        self.child.wait().await.unwrap();
    }

    /// Stops it in the middle of whatever it does, or lets it go on.
    pub async fn signal(&self, signal: &str) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().await.unwrap().success());
    }

    /// Tells it to stop, and waits until it has.
    pub async fn stop(mut self) {
        self.signal("-TERM").await;
        let ended = tokio::time::timeout(Duration::from_secs(60), self.child.wait()).await.unwrap();
        assert!(ended.unwrap().success(), "it ends by itself, without an error");
    }
}

/// Runs a command to its end; what it said on either channel.
pub async fn run(folder: &Path, arguments: &[&str]) -> (bool, String, String) {
    let mut program = Command::new(PROGRAM);
    program.args(arguments).arg("--config").arg(folder.join("billing.toml"));
    let output = program.output().await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}
