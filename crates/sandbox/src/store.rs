//! Where objects live: in memory with an index, made durable by a log of changes.

mod agenda;
mod book;
mod change;
mod log;
mod table;
mod tx;

pub use book::{Book, SavedAnswer};
pub use change::Change;
#[cfg(test)]
pub use log::slow::slow_log;
pub use log::{Acknowledgement, Log, LogError};
pub use table::{PageRequest, Row, Table};
pub use tx::{Context, Entry, Tx};
