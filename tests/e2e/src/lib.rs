//! What the end-to-end tests stand on: the real programs on three real origins, a real browser that is driven
//! as a person would drive it, and a recorder that misses no request.
//!
//! Nothing here knows the inside of another part: programs are started by their command lines, filled through
//! their public interfaces, and looked at through the browser's accessibility tree.

pub mod axe;
pub mod browser;
pub mod canary;
pub mod checks;
pub mod clock;
pub mod driver;
pub mod examples;
pub mod failure;
pub mod host;
pub mod page;
pub mod place;
pub mod postgres;
pub mod program;
pub mod pseudo;
pub mod recorder;
pub mod sandbox;
pub mod seed;
pub mod stack;
pub mod wallet;
pub mod wire;
pub mod world;

pub use failure::{Context, Failure};
