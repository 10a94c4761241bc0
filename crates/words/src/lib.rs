//! Every word that a payer reads in the checkout, by its name and in each language, and what an organization may say in words
//! of its own; and every word of the [`wallet`].
//!
//! The delivered program takes the English ones out of [`english!`] and learns the others from files. Servers, commands and
//! tests read the tables, which are a feature: what the program does not use would still change how it is compiled.

#[macro_use]
mod shared;
#[macro_use]
mod english;
#[cfg(feature = "tables")]
mod own;
mod stamp;
#[cfg(feature = "tables")]
mod table;
pub mod wallet;

#[cfg(feature = "tables")]
pub use own::{CHARACTERS_MAX, KEPT, WordError};
pub use stamp::STAMP;
#[cfg(feature = "tables")]
pub use table::{ENGLISH, FRENCH, LANGUAGES, Table, file};
