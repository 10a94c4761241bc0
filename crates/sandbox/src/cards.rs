//! Test cards: which numbers there are, what happens to a charge on each, and what is wrong with a card.

pub mod check;
pub mod decline;
pub mod script;
mod table;

pub use table::{number_of_alias, script_of};
