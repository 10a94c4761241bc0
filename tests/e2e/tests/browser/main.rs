//! The whole path in a real browser: an organization's page, the checkout in its frame, and the processor, each on
//! an origin of its own. Every test has its own programs, its own profile, and is searched for faults at its end:
//! see `World::run`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod adversary;
mod bank;
mod canaries;
mod challenges;
mod channel;
mod credit;
mod embedding;
mod examples;
mod first_view;
mod hanging_up;
mod languages;
mod paying;
mod plans;
mod playground;
mod resilience;
mod saved;
mod sight;
mod store;
mod theming;
mod trouble;
mod wallet;
mod witness;
