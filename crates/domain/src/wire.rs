//! What travels: between browser and billing API, and from the browser to the processor.
//!
//! [`processor`] holds the only request that a card number can enter. [`billing`] has no type able to
//! hold one: its strings are short, named things, and the server scans every request besides.

pub mod billing;
pub mod error;
pub mod payers;
pub mod plans;
pub mod processor;
mod status;
pub mod wallet;
