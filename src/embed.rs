//! The frame's end of the channel to the embedding page, and the owner of the running program.

mod channel;
mod checkout;
mod events;
mod start;

pub use checkout::start;
pub use start::{Opening, Program, run};
