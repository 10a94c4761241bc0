//! The processor over real HTTP, on a port of its own in each test.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod access;
mod canary;
mod cards;
mod durability;
mod faults;
mod idempotency;
mod lists;
mod payments;
mod scale;
mod support;
mod webhooks;
