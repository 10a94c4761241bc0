//! The log of changes on disk: one line for what one call changed, appended and never rewritten.
//!
//! A line is written whole or counts as not written. A call that moved money (or the clock) is answered only
//! after its line has reached the disk (`fsync`); calls that wait at the same time share one `fsync`.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::change::Change;

/// Lines that are written together at most, so that nobody waits long.
const GROUP_MAX: usize = 256;

/// Why the log cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The disk refuses.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process has the data directory.
    #[error("{0} is in use by another process")]
    InUse(PathBuf),
    /// A line in the middle does not read: nothing after it can be trusted.
    #[error("{path}: line {line} does not read: {reason}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Counts from 1.
        line: usize,
        /// Where the reading stopped.
        reason: String,
    },
    /// An earlier line could not be written, so no later one may be.
    #[error("the log could not be written")]
    Stopped,
}

#[derive(Serialize)]
struct Line<'a> {
    account: &'a str,
    changes: &'a [Change],
}

#[derive(Deserialize)]
struct OwnedLine {
    account: String,
    changes: Vec<Change>,
}

struct Job {
    bytes: Vec<u8>,
    durable: bool,
    done: oneshot::Sender<Result<(), ()>>,
}

/// The log. Its file is written by a thread of its own.
#[derive(Debug)]
pub struct Log {
    jobs: mpsc::Sender<Job>,
}

/// Comes true when a line is written (and on disk, where it moved money).
#[derive(Debug)]
pub struct Acknowledgement(oneshot::Receiver<Result<(), ()>>);

impl Acknowledgement {
    /// Of nothing that had to be written.
    pub fn nothing() -> Self {
        let (done, waiting) = oneshot::channel();
        let _received_here = done.send(Ok(()));
        Self(waiting)
    }

    /// Waits for it.
    ///
    /// # Errors
    /// [`LogError::Stopped`] when the line could not be written.
    pub async fn wait(self) -> Result<(), LogError> {
        match self.0.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(())) | Err(_) => Err(LogError::Stopped),
        }
    }
}

impl Log {
    /// Opens the log in `folder`, makes it when it is missing, and hands every change in it to `apply`.
    ///
    /// # Errors
    /// When the disk refuses, another process is at it, or a line other than the last is damaged. (A last
    /// line without its end is what a crash leaves: it was never acknowledged and is cut off.)
    pub fn open(folder: &Path, apply: impl FnMut(&str, Change)) -> Result<Self, LogError> {
        let path = folder.join("sandbox.log");
        let io = |source| LogError::Io { path: path.clone(), source };
        std::fs::create_dir_all(folder).map_err(io)?;
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LogError::InUse(folder.to_owned())),
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        let whole = replay(&file, &path, apply)?;
        if whole < file.metadata().map_err(io)?.len() {
            tracing::warn!(bytes_kept = whole, "cut an unfinished line off the log");
            file.set_len(whole).map_err(io)?;
        }
        file.seek(SeekFrom::End(0)).map_err(io)?;
        file.sync_all().map_err(io)?;
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)?;
        Self::on(file).map_err(io)
    }

    fn on(disk: impl Disk) -> io::Result<Self> {
        let (jobs, inbox) = mpsc::channel();
        thread::Builder::new().name("sandbox-log".to_owned()).spawn(move || write(disk, &inbox))?;
        Ok(Self { jobs })
    }

    /// Appends what one call changed. Lines are written in the order of the calls to this.
    ///
    /// # Errors
    /// [`LogError::Stopped`] when the log has failed before.
    pub fn append(&self, account: &str, changes: &[Change]) -> Result<Acknowledgement, LogError> {
        let durable = changes.iter().any(Change::is_durable);
        let mut bytes = serde_json::to_vec(&Line { account, changes }).map_err(|_| LogError::Stopped)?;
        bytes.push(b'\n');
        let (done, waiting) = oneshot::channel();
        self.jobs.send(Job { bytes, durable, done }).map_err(|_| LogError::Stopped)?;
        Ok(Acknowledgement(waiting))
    }
}

/// Reads all whole lines and returns how many bytes they take.
fn replay(file: &File, path: &Path, mut apply: impl FnMut(&str, Change)) -> Result<u64, LogError> {
    let io = |source| LogError::Io { path: path.to_owned(), source };
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut whole = 0_u64;
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        let read = reader.read_until(b'\n', &mut bytes).map_err(io)?;
        if read == 0 || bytes.last() != Some(&b'\n') {
            break;
        }
        let parsed: OwnedLine = serde_json::from_slice(&bytes).map_err(|why| LogError::Damaged {
            path: path.to_owned(),
            line,
            // The position only: the parser's own words may repeat what is in the line.
            reason: format!("{:?} at column {}", why.classify(), why.column()),
        })?;
        for change in parsed.changes {
            apply(&parsed.account, change);
        }
        whole += u64::try_from(read).unwrap_or_default();
    }
    Ok(whole)
}

/// What the log is written to.
trait Disk: Send + 'static {
    /// Appends bytes, so that they survive the process.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Waits until everything that was appended survives the machine.
    fn sync(&mut self) -> io::Result<()>;
}

impl Disk for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Writes lines until nobody is left who could send one, or until the disk refuses.
fn write(mut disk: impl Disk, inbox: &mpsc::Receiver<Job>) {
    let mut group = Vec::new();
    let mut bytes = Vec::new();
    while let Ok(first) = inbox.recv() {
        group.push(first);
        group.extend(inbox.try_iter().take(GROUP_MAX - 1));
        bytes.clear();
        for job in &group {
            bytes.extend_from_slice(&job.bytes);
        }
        let durable = group.iter().any(|job| job.durable);
        let result = disk.append(&bytes).and_then(|()| if durable { disk.sync() } else { Ok(()) });
        for job in group.drain(..) {
            // A caller who has gone away no longer needs to know.
            let _gone = job.done.send(result.as_ref().map(|_| ()).map_err(|_| ()));
        }
        if let Err(why) = result {
            tracing::error!(error = %why, "the log cannot be written; no further call will be answered");
            return;
        }
    }
    if let Err(why) = disk.sync() {
        tracing::error!(error = %why, "the log could not be flushed at the end");
    }
}

/// A log whose disk waits for a test's word before it has flushed.
#[cfg(test)]
pub mod slow {
    use std::io;
    use std::sync::mpsc;

    use super::{Disk, Log};

    struct SlowDisk {
        appended: mpsc::Sender<usize>,
        may_sync: mpsc::Receiver<io::Result<()>>,
    }

    impl Disk for SlowDisk {
        fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
            // Nobody may be asking any more.
            let _unasked = self.appended.send(bytes.len());
            Ok(())
        }
        fn sync(&mut self) -> io::Result<()> {
            self.may_sync.recv().map_err(io::Error::other)?
        }
    }

    /// The log, what it has appended (in bytes), and the word that lets it flush once.
    pub fn slow_log() -> (Log, mpsc::Receiver<usize>, mpsc::Sender<io::Result<()>>) {
        let (appended, has_appended) = mpsc::channel();
        let (let_sync, may_sync) = mpsc::channel();
        (Log::on(SlowDisk { appended, may_sync }).unwrap(), has_appended, let_sync)
    }
}

#[cfg(test)]
mod tests {
    use super::slow::slow_log;
    use super::*;
    use crate::model::Customer;

    fn customer(id: &str) -> Change {
        Change::Customer(Customer { id: id.to_owned(), ..Customer::default() })
    }

    fn read(folder: &Path) -> Result<Vec<String>, LogError> {
        let mut seen = Vec::new();
        let log = Log::open(folder, |account, change| {
            if let Change::Customer(customer) = change {
                seen.push(format!("{account}:{}", customer.id));
            }
        });
        log.map(|_| seen)
    }

    /// Opens again as soon as the writer's thread has let go of the file.
    fn reopen(folder: &Path) -> Result<Vec<String>, LogError> {
        loop {
            match read(folder) {
                Err(LogError::InUse(_)) => thread::yield_now(),
                other => return other,
            }
        }
    }

    #[tokio::test]
    async fn what_was_acknowledged_is_read_again_and_a_torn_line_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::open(folder.path(), |_, _| {}).unwrap();
        for id in ["a", "b"] {
            log.append("acct", &[customer(id)]).unwrap().wait().await.unwrap();
        }
        assert!(matches!(read(folder.path()), Err(LogError::InUse(_))), "two processes at one log");
        drop(log);
        assert_eq!(reopen(folder.path()).unwrap(), ["acct:a", "acct:b"]);

        let path = folder.path().join("sandbox.log");
        let length = std::fs::metadata(&path).unwrap().len();
        OpenOptions::new()
            .append(true)
            .open(&path)
            .unwrap()
            .write_all(b"{\"account\":\"acct\",\"chan")
            .unwrap();
        assert_eq!(reopen(folder.path()).unwrap(), ["acct:a", "acct:b"]);
        assert_eq!(std::fs::metadata(&path).unwrap().len(), length, "the torn line is cut off");

        let text = std::fs::read_to_string(&path).unwrap().replacen("account", "acc\u{fe}unt", 1);
        std::fs::write(&path, text).unwrap();
        assert!(matches!(reopen(folder.path()), Err(LogError::Damaged { line: 1, .. })));
    }

    fn charge() -> Change {
        let row = serde_json::json!({
            "seq": 1, "at": "", "account": "", "op": "charge", "payment_intent": "", "charge": "", "amount": 1,
            "currency": "cad", "status": "succeeded", "idempotency_key": null, "metadata": {},
        });
        Change::Journal(serde_json::from_value(row).unwrap())
    }

    /// Seen to fail when `write` acknowledges before it flushes, and when it never flushes.
    #[tokio::test]
    async fn moved_money_is_acknowledged_after_the_flush_and_never_after_a_failure() {
        let (log, has_appended, let_sync) = slow_log();
        // Nothing but money waits for the disk.
        log.append("acct", &[customer("a")]).unwrap().wait().await.unwrap();
        has_appended.recv().unwrap();

        let mut waiting = log.append("acct", &[customer("b"), charge()]).unwrap();
        has_appended.recv().unwrap();
        assert!(waiting.0.try_recv().is_err(), "acknowledged before it was on disk");
        let_sync.send(Ok(())).unwrap();
        waiting.wait().await.unwrap();

        let_sync.send(Err(io::Error::other("no space"))).unwrap();
        let failed = log.append("acct", &[charge()]).unwrap();
        assert!(matches!(failed.wait().await, Err(LogError::Stopped)));
        // Its thread ends: nothing is written after a gap.
        while let Ok(later) = log.append("acct", &[customer("c")]) {
            assert!(matches!(later.wait().await, Err(LogError::Stopped)));
        }
    }
}
