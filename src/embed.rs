//! The frame's end of the channel to the embedding page, and the owner of the running checkout.

mod channel;
mod events;
mod start;

pub use start::start;
