//! The processor over HTTP.

mod challenge;
mod clock;
mod connection;
mod cors;
mod envelope;
mod own;
mod routes;
mod words;

pub use connection::{Connection, Listener};
pub use routes::router;
