//! The processor over HTTP.

mod clock;
mod connection;
mod cors;
mod envelope;
mod own;
mod routes;

pub use connection::{Connection, Listener};
pub use routes::router;
