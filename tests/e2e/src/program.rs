//! Programs that a test starts: their words are kept, and they end with their owner, by their own id.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::clock::Stopwatch;
use crate::{Context, Failure};

const READY_PATIENCE: Duration = Duration::from_secs(30);
const END_PATIENCE: Duration = Duration::from_secs(5);

/// A running program.
#[derive(Debug)]
pub struct Program {
    name: String,
    child: Child,
    words: Arc<Mutex<String>>,
    /// What followed `listening on` in its ready line, or whatever else the caller looked for.
    pub ready: String,
}

impl Program {
    /// Starts a program and waits for a line on standard output in which `look` finds what it says when ready.
    ///
    /// # Errors
    /// Where it cannot be started, ends, or does not say so in time; the sentence holds all that it said.
    pub fn start(
        name: &str,
        command: &mut Command,
        look: impl Fn(&str) -> Option<String> + Send + 'static,
    ) -> Result<Self, Failure> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().context(format!("starting {name}"))?;
        let words = Arc::new(Mutex::new(String::new()));
        let (sender, ready) = channel();
        if let Some(output) = child.stdout.take() {
            keep(output, Arc::clone(&words), move |line| {
                if let Some(found) = look(line) {
                    // Nobody listens any more once it was ready.
                    let _ = sender.send(found);
                }
            });
        }
        if let Some(output) = child.stderr.take() {
            keep(output, Arc::clone(&words), |_| ());
        }
        let mut program = Self { name: name.to_owned(), child, words, ready: String::new() };
        match ready.recv_timeout(READY_PATIENCE) {
            Ok(said) => program.ready = said,
            Err(_) => {
                return Err(Failure::new(format!("{name} did not get ready:\n{}", program.words())));
            }
        }
        Ok(program)
    }

    /// All that it has said, on both channels.
    pub fn words(&self) -> String {
        self.words.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    ///
    /// # Errors
    /// Where it has gone.
    pub fn signal(&self, signal: Signal) -> Result<(), Failure> {
        let id = i32::try_from(self.child.id()).context("a process id")?;
        kill(Pid::from_raw(id), signal).context(format!("{signal} to {}", self.name))
    }

    /// Asks it to end and waits; what does not listen is ended.
    pub fn end(&mut self) {
        // Each of these can only fail for a program that is gone, which is what is wanted.
        let _ = self.signal(Signal::SIGCONT);
        let _ = self.signal(Signal::SIGTERM);
        let watch = Stopwatch::start();
        while watch.elapsed() < END_PATIENCE {
            if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.end();
    }
}

/// Finds `<name> listening on <url>`.
pub fn listening(name: &str) -> impl Fn(&str) -> Option<String> + Send + 'static {
    let start = format!("{name} listening on ");
    move |line| line.strip_prefix(&start).map(|url| url.trim().trim_end_matches('/').to_owned())
}

fn keep(output: impl Read + Send + 'static, words: Arc<Mutex<String>>, see: impl Fn(&str) + Send + 'static) {
    std::thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            see(line.trim_end());
            let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
            words.push_str(&line);
            words.push('\n');
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_was_said_and_ends_with_its_owner() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo 'x listening on http://127.0.0.1:1/'; echo oops >&2; exec sleep 60"]);
        let program = Program::start("x", &mut command, listening("x")).unwrap();
        assert_eq!(program.ready, "http://127.0.0.1:1");
        let id = Pid::from_raw(i32::try_from(program.id()).unwrap());
        drop(program);
        assert!(kill(id, None).is_err());
    }

    #[test]
    fn one_that_ends_too_early_says_why() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo 'no database' >&2; exit 1"]);
        let failure = Program::start("x", &mut command, listening("x")).unwrap_err();
        assert!(failure.to_string().contains("did not get ready"), "{failure}");
    }
}
