//! The pure rules of Paydesk: no I/O, no async, no clock, no randomness, no web.
//!
//! Everything that the browser and the servers must agree on lives here: what money is, which card
//! numbers are possible, what an address needs in its country, which states a charge can be in, and
//! the shape of what travels between them. Time, randomness and ids come in as parameters.

pub mod address;
pub mod attempt;
pub mod balance;
pub mod bank;
pub mod card;
pub mod card_testing;
pub mod consent;
pub mod credit;
pub mod debit;
pub mod decline;
pub mod engine;
pub mod id;
pub mod invoice;
pub mod look_up;
pub mod mandate;
pub mod method_kind;
pub mod money;
pub mod pan_scan;
pub mod plan;
pub mod refund;
pub mod retry;
pub mod return_code;
pub mod security_code;
pub mod stored_credential;
pub mod verdict;
pub mod wire;
