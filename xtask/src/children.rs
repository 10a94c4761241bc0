//! Programs that run beside a command (servers, a database) and must not outlive it, and the temporary folders that
//! they work in: they end when their owner is dropped, and on Ctrl-C or a request to end.

use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Stopwatch;
use crate::process;
use crate::say;

/// Long enough for a server to finish what it is doing.
const PATIENCE: Duration = Duration::from_secs(10);

static RUNNING: Mutex<Vec<(u32, Child)>> = Mutex::new(Vec::new());
static FOLDERS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
static ENDING: AtomicBool = AtomicBool::new(false);

/// The keeper of one running program: dropping it ends the program.
#[derive(Debug)]
pub struct Keeper {
    pid: u32,
}

impl Keeper {
    /// Takes over a program that was just started.
    pub fn new(child: Child) -> Self {
        let pid = child.id();
        lock(|running| running.push((pid, child)));
        Self { pid }
    }

    /// Whether the program has ended, and how.
    pub fn ended(&self) -> Option<String> {
        lock(|running| {
            let (_, child) = running.iter_mut().find(|(pid, _)| *pid == self.pid)?;
            child.try_wait().ok().flatten().map(|status| status.to_string())
        })
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let child = lock(|running| {
            let at = running.iter().position(|(pid, _)| *pid == self.pid)?;
            Some(running.remove(at).1)
        });
        if let Some(child) = child {
            end(vec![child]);
        }
    }
}

/// A temporary folder: dropping this removes it.
#[derive(Debug)]
pub struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// Takes over a folder that was just made.
    pub fn new(path: PathBuf) -> Self {
        FOLDERS.lock().unwrap_or_else(PoisonError::into_inner).push(path.clone());
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        FOLDERS.lock().unwrap_or_else(PoisonError::into_inner).retain(|other| *other != self.0);
        // What could not be removed is only disk space.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// From now on, Ctrl-C and SIGTERM end every kept program before they end this one.
pub fn stop_all_on_signal() {
    let installed = ctrlc::set_handler(|| {
        if ENDING.swap(true, Ordering::SeqCst) {
            return;
        }
        let children = lock(std::mem::take);
        if !children.is_empty() {
            say::note("\nStopping …");
        }
        end(children.into_iter().rev().map(|(_, child)| child).collect());
        for folder in FOLDERS.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // What could not be removed is only disk space.
            let _ = std::fs::remove_dir_all(folder);
        }
        std::process::exit(130);
    });
    if let Err(error) = installed {
        say::note(&format!("Ctrl-C will not stop what was started: {error}"));
    }
}

/// Whether a signal has asked this program to end.
pub fn ending() -> bool {
    ENDING.load(Ordering::SeqCst)
}

fn end(mut children: Vec<Child>) {
    for child in &children {
        process::ask_to_end(child);
    }
    let watch = Stopwatch::start();
    while watch.elapsed() < PATIENCE {
        children.retain_mut(|child| !matches!(child.try_wait(), Ok(Some(_))));
        if children.is_empty() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    for mut child in children {
        // Both can only fail for a child that is gone, which is what is wanted.
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn lock<T>(work: impl FnOnce(&mut Vec<(u32, Child)>) -> T) -> T {
    work(&mut RUNNING.lock().unwrap_or_else(PoisonError::into_inner))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn a_dropped_keeper_ends_its_program() {
        let child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let pid = child.id();
        let keeper = Keeper::new(child);
        assert_eq!(keeper.ended(), None);
        drop(keeper);
        assert!(lock(|running| running.iter().all(|(other, _)| *other != pid)));
        let alive =
            Command::new("kill").args(["-0", &pid.to_string()]).stderr(Stdio::null()).status().unwrap();
        assert!(!alive.success());
    }
}
