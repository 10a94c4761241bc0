//! An independent SMTP server, as a process of its own, and what it received.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// Python with `aiosmtpd`; `None` where it was decided to do without.
pub fn python() -> Option<PathBuf> {
    let python = std::env::var_os("PAYDESK_LOCALSTRIPE_PYTHON").map(PathBuf::from);
    assert!(
        python.is_some() || std::env::var("PAYDESK_TEST_SKIP_LOCALSTRIPE").as_deref() == Ok("1"),
        "set PAYDESK_LOCALSTRIPE_PYTHON to a Python that has the packages `localstripe` and `aiosmtpd` (`cargo xtask test` does), or \
         set PAYDESK_TEST_SKIP_LOCALSTRIPE=1"
    );
    python
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/billing/support/smtp_server.py")
}

/// Reads messages that lie in files, with Python's own email package.
pub async fn parsed(python: &Path, files: &[PathBuf]) -> Vec<Value> {
    let output = Command::new(python).arg(script()).arg("parse").args(files).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub struct SmtpServer {
    pub port: u16,
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl SmtpServer {
    /// A server on a port of this machine, 0 for any; `more`: certificate, key, name and password.
    pub async fn start(python: &Path, port: u16, more: &[&str]) -> Self {
        let mut process = Command::new(python)
            .arg(script())
            .args(["serve", &port.to_string()])
            .args(more)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = tokio::time::timeout(Duration::from_secs(60), lines.next_line()).await;
        let first: Value = serde_json::from_str(&first.expect("it starts").unwrap().unwrap()).unwrap();
        let port = u16::try_from(first["port"].as_u64().unwrap()).unwrap();
        Self { port, process, lines }
    }

    /// Stops it, and tells everything that it received.
    pub async fn stop(mut self) -> Vec<Value> {
        self.process.kill().await.unwrap();
        let mut received = Vec::new();
        while let Some(line) = self.lines.next_line().await.unwrap() {
            received.push(serde_json::from_str(&line).unwrap());
        }
        received
    }
}
