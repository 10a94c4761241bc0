//! Proofs on the real program: it dies wherever dying hurts, again and again, and in the end the processor's journal and
//! our books tell the same. `cargo xtask prove` runs the long forms, `cargo xtask test` the short ones.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../billing/support/database.rs"]
#[expect(dead_code, reason = "the other tests use the rest of it")]
mod database;

mod books;
mod crash;
mod join;
mod life;
mod processor;
mod scale;
mod work;
mod workers;
mod world;
