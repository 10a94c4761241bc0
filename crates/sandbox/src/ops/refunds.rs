//! Refunds: money given back, never more than was taken.

mod create;
mod read;

pub use create::CREATE;
pub use read::{LIST, RETRIEVE, UPDATE};
