//! Customers: made, read, changed, deleted, listed.

mod change;
mod read;

pub use change::{CREATE, DELETE, UPDATE};
pub use read::{LIST, RETRIEVE};
