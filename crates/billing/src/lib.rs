//! The billing API: wallets, invoices, checkout sessions and charges. It only ever receives tokens.
//!
//! `http -> app -> ports <- {store, adapters}`; `worker -> app`. `http` has no SQL, `app` has neither HTTP nor SQL,
//! `store` has no rules. The program in `bin/` puts them together.

pub mod adapters;
pub mod app;
pub mod clock;
pub mod config;
pub mod failpoint;
pub mod http;
pub mod metrics;
pub mod ports;
pub mod run;
pub mod seal;
pub mod secret;
pub mod server;
pub mod store;
pub mod tls;
pub mod wire;
pub mod worker;
