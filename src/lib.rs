//! The browser side of Paydesk: the checkout that runs inside the frame.
//!
//! Arrows point down: `embed -> view -> flow -> {state, client} -> domain`. `view` never talks to a server,
//! `state` and `input` know nothing of the browser and are tested natively. `js` lies beneath all of them.

#[cfg(feature = "csr")]
pub mod embed;

pub mod client;
pub mod flow;
pub mod i18n;
pub mod input;
pub mod js;
pub mod state;
pub mod view;
pub mod wallet;
