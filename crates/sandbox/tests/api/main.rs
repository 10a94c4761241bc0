//! The processor over real HTTP, on a port of its own in each test.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod access;
mod banks;
mod canary;
mod cards;
mod challenges;
mod clock;
mod debits;
mod durability;
mod fates;
mod faults;
mod idempotency;
mod lists;
mod mandates;
mod payments;
mod refunds;
mod returns;
mod scale;
mod support;
mod webhooks;
