//! Payment methods: made, read, changed, attached to a customer, detached, listed.

mod attach;
mod change;
mod read;

pub use attach::{ATTACH, DETACH, keep, release, spent};
pub use change::{CREATE, UPDATE};
pub use read::{LIST, LIST_OF_CUSTOMER, RETRIEVE, RETRIEVE_OF_CUSTOMER};
