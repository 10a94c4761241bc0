//! Bank accounts: what is wrong with one, what a test account does, and what a bank's return code means.

pub mod check;
pub mod fate;
mod meaning;
mod number;
pub mod part;
mod rail;
mod return_code;
mod table;

pub use number::AccountNumber;
pub use rail::Rail;
pub use return_code::{Refusal, ReturnCode};
pub use table::{TestAccount, account_of_alias, part_of};
