//! Starts the project's servers and waits until each says that it listens; what they write goes to log files.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use crate::children::Keeper;
use crate::stop::Stop;

/// Long enough for a server that creates its database on a slow disk.
const PATIENCE: Duration = Duration::from_secs(60);
/// Lines of a log that are shown where a server does not come up.
const SHOWN_LINES: usize = 30;

/// A running server.
#[derive(Debug)]
pub struct Server {
    /// Its program's name.
    pub name: &'static str,
    /// Where it writes what it does.
    pub log: PathBuf,
    keeper: Keeper,
}

impl Server {
    /// Starts a server and waits for its ready line, `<name> listening on <url>`.
    ///
    /// # Errors
    /// Where it cannot be started, ends, or does not get ready; the end of its log is in the text.
    pub fn start(name: &'static str, command: &mut Command, logs: &Path) -> Result<Self, Stop> {
        let log = logs.join(format!("{name}.log"));
        let doing = |e| Stop::while_doing(&format!("cannot start {name}"), e);
        let mut file = File::create(&log).map_err(doing)?;
        let errors = file.try_clone().map_err(doing)?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors);
        let mut child = command.spawn().map_err(doing)?;
        let output = child.stdout.take();
        let keeper = Keeper::new(child);
        let (sender, ready) = channel();
        let expected = format!("{name} listening on ");
        std::thread::spawn(move || {
            for line in
                output.into_iter().flat_map(|output| BufReader::new(output).lines()).map_while(Result::ok)
            {
                // Neither a full disk nor a listener that has heard enough may stop the reading, or the server would block.
                let _ = writeln!(file, "{line}");
                if line.starts_with(&expected) {
                    let _ = sender.send(());
                }
            }
        });
        let what = match ready.recv_timeout(PATIENCE) {
            Ok(()) => return Ok(Self { name, log, keeper }),
            Err(RecvTimeoutError::Disconnected) => "ended before it was ready",
            Err(RecvTimeoutError::Timeout) => "was not ready within a minute",
        };
        Err(Stop::Failed(format!("{name} {what}. The end of {}:\n{}", log.display(), tail(&log))))
    }

    /// Where the server has ended: what there is to say about it.
    pub fn ended(&self) -> Option<String> {
        let status = self.keeper.ended()?;
        Some(format!(
            "{} ended ({status}). The end of {}:\n{}",
            self.name,
            self.log.display(),
            tail(&self.log)
        ))
    }
}

fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines.iter().skip(lines.len().saturating_sub(SHOWN_LINES)).map(|line| format!("    {line}\n")).collect()
}

/// Checks that a port is free.
///
/// # Errors
/// Where it is taken; the text says by which command to see by whom, and what to do.
pub fn require_free(port: u16, wanted_by: &str) -> Result<(), Stop> {
    match TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))) {
        Ok(_) => Ok(()),
        Err(error) => {
            let look = if cfg!(target_os = "macos") {
                format!("lsof -nP -iTCP:{port} -sTCP:LISTEN")
            } else {
                format!("ss -ltnp 'sport = :{port}'")
            };
            Err(Stop::Failed(format!(
                "Port {port} of 127.0.0.1, which the {wanted_by} needs, cannot be used: {error}.\n\
                 `{look}` shows which program has it: end that one (perhaps another demo), or run\n\n    \
                 cargo xtask demo --free-ports\n"
            )))
        }
    }
}

/// Ports that nothing listens on at this moment.
///
/// # Errors
/// Where the system has none to give.
pub fn free_ports<const N: usize>() -> Result<[u16; N], Stop> {
    let doing = |e| Stop::while_doing("no free port", e);
    let mut ports = [0; N];
    let mut held = Vec::new();
    for port in &mut ports {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).map_err(doing)?;
        *port = listener.local_addr().map_err(doing)?.port();
        // Held until all are chosen, so that they differ.
        held.push(listener);
    }
    Ok(ports)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, folder: &str) -> Result<Server, Stop> {
        let logs = std::env::temp_dir().join(format!("paydesk-xtask-{folder}-{}", std::process::id()));
        std::fs::create_dir_all(&logs).unwrap();
        Server::start("server", Command::new("sh").args(["-c", script]), &logs)
    }

    #[test]
    fn a_taken_port_is_named_with_a_remedy() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let text = require_free(port, "store page").unwrap_err().to_string();
        assert!(text.contains(&port.to_string()) && text.contains("--free-ports"), "{text}");
        drop(taken);
        require_free(port, "store page").unwrap();
    }

    #[test]
    fn a_server_is_ready_when_it_says_so() {
        let server =
            shell("echo starting; echo 'server listening on http://127.0.0.1:1'; exec sleep 60", "ready")
                .unwrap();
        assert_eq!(server.ended(), None);
    }

    #[test]
    fn a_server_that_ends_says_why() {
        let text = shell("echo 'no database' >&2; exit 1", "ends").unwrap_err().to_string();
        assert!(text.contains("ended before it was ready") && text.contains("no database"), "{text}");
    }
}
