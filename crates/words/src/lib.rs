//! Every word that a payer reads in the checkout, by its name and in each language; and what an organization may say in words
//! of its own.
//!
//! The delivered program takes the English ones out of [`english!`] and learns the others from files. Servers, commands and
//! tests read the tables.

#[macro_use]
mod english;
mod own;
mod table;

pub use own::{CHARACTERS_MAX, KEPT, WordError};
pub use table::{ENGLISH, FRENCH, LANGUAGES, STAMP, Table, file};
