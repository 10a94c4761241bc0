//! The wallet: the browser side of `<paydesk-wallet>`, a program of its own beside the checkout, made of the same parts.
//!
//! Arrows point down as in the checkout: `embed -> view -> flow -> {state, client}`.

pub mod client;
#[cfg(feature = "csr")]
mod embed;
pub mod flow;
pub mod state;
pub mod strings;
pub mod view;

#[cfg(feature = "csr")]
pub use embed::start;
