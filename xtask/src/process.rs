//! Runs other programs: with their output shown, read, or shown and read at once; with a time limit where a
//! program may wait for a network that is not there.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use crate::clock::Stopwatch;
use crate::stop::Stop;

/// The folders of `PATH` that hold a program of this name, first match first.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| is_program(candidate))
}

fn is_program(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    {
        path.is_file()
    }
}

/// A command as a person would type it.
pub fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        let argument = argument.to_string_lossy();
        let quote = if argument.contains([' ', '"', '$', '*']) { "'" } else { "" };
        let _ = write!(text, " {quote}{argument}{quote}");
    }
    text
}

/// Runs a command with all its output shown as progress, on standard error.
///
/// # Errors
/// Where it cannot be started or fails; the text names the command.
pub fn run(command: &mut Command) -> Result<(), Stop> {
    run_speaking(command.stdout(std::io::stderr()))
}

/// Runs a command whose standard output is what the user asked for.
///
/// # Errors
/// Where it cannot be started or fails; the text names the command.
pub fn run_speaking(command: &mut Command) -> Result<(), Stop> {
    let status = command.stdin(Stdio::null()).status().map_err(|e| cannot_start(command, e))?;
    if status.success() { Ok(()) } else { Err(failed(command, status)) }
}

/// What a command writes to standard output, trimmed; `None` where it cannot be started or fails.
pub fn read(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// What a command writes to standard output, trimmed.
///
/// # Errors
/// Where it cannot be started or fails; the text holds the end of what it wrote to standard error.
pub fn read_or_stop(command: &mut Command) -> Result<String, Stop> {
    let output = command.stdin(Stdio::null()).output().map_err(|e| cannot_start(command, e))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(Stop::Failed(format!("{}\n{}", failed(command, output.status), complaint.trim())))
}

/// What a command writes to standard output, while its standard error is shown as it comes.
///
/// # Errors
/// Where it cannot be started or fails.
pub fn read_with_progress(command: &mut Command) -> Result<String, Stop> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| cannot_start(command, e))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(failed(command, output.status))
    }
}

/// Runs a command with its output shown, for at most `limit`: `Ok(false)` where it failed or took longer.
///
/// # Errors
/// Where it cannot be started or waited for.
pub fn run_within(command: &mut Command, limit: Duration) -> Result<bool, Stop> {
    let mut child = command.stdin(Stdio::null()).spawn().map_err(|e| cannot_start(command, e))?;
    let watch = Stopwatch::start();
    loop {
        if let Some(status) = child.try_wait().map_err(|e| Stop::while_doing(&shown(command), e))? {
            return Ok(status.success());
        }
        if watch.elapsed() > limit {
            child.kill().and_then(|()| child.wait()).map_err(|e| Stop::while_doing(&shown(command), e))?;
            return Ok(false);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Runs a command and hands every line of its output (both streams) to `on_line` as it comes.
///
/// # Errors
/// Where it cannot be started or waited for.
pub fn follow(command: &mut Command, mut on_line: impl FnMut(&str)) -> Result<ExitStatus, Stop> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| cannot_start(command, e))?;
    let (sender, lines) = channel();
    forward(child.stdout.take(), sender.clone());
    forward(child.stderr.take(), sender);
    for line in lines {
        on_line(&line);
    }
    child.wait().map_err(|e| Stop::while_doing(&shown(command), e))
}

fn forward(stream: Option<impl Read + Send + 'static>, lines: Sender<String>) {
    let Some(stream) = stream else { return };
    std::thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            if lines.send(line).is_err() {
                return;
            }
            bytes.clear();
        }
    });
}

/// Asks a child to end (SIGTERM), so that it can finish what it is doing.
pub fn ask_to_end(child: &Child) {
    #[cfg(unix)]
    if let Ok(pid) = i32::try_from(child.id()) {
        // A child that has ended already is as good.
        let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGTERM);
    }
    #[cfg(not(unix))]
    let _ = child;
}

/// `PATH` with these folders in front.
///
/// # Errors
/// Where a folder's name cannot stand in `PATH`.
pub fn path_with(folders: &[&Path]) -> Result<std::ffi::OsString, Stop> {
    let old = std::env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().map(|folder| folder.to_path_buf()).chain(std::env::split_paths(&old));
    std::env::join_paths(all).map_err(|e| Stop::while_doing("PATH", e))
}

/// A call of cargo in the checkout. Not this process's own variables about its package, which would only make
/// build scripts run again.
pub fn cargo(root: &Path, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(root).args(arguments);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "CARGO_BIN_NAME" {
            command.env_remove(&name);
        }
    }
    command
}

fn cannot_start(command: &Command, error: std::io::Error) -> Stop {
    Stop::Failed(format!("cannot start `{}`: {error}", shown(command)))
}

fn failed(command: &Command, status: ExitStatus) -> Stop {
    Stop::Failed(format!("`{}` failed ({status})", shown(command)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_on_the_path() {
        assert!(find("sh").is_some());
        assert_eq!(find("no-such-program-anywhere"), None);
    }

    #[test]
    fn lines_of_both_streams_arrive() {
        let mut lines = Vec::new();
        let mut command = Command::new("sh");
        let status = follow(command.args(["-c", "echo out; echo err >&2; exit 3"]), |line| {
            lines.push(line.to_owned())
        });
        lines.sort();
        assert_eq!(lines, ["err", "out"]);
        assert_eq!(status.unwrap().code(), Some(3));
    }

    #[test]
    fn a_command_that_hangs_is_ended() {
        let watch = Stopwatch::start();
        let ended = run_within(Command::new("sleep").arg("60"), Duration::from_millis(100)).unwrap();
        assert!(!ended);
        assert!(watch.elapsed() < Duration::from_secs(30));
    }
}
