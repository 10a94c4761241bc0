//! What the wallet knows, and how that changes. Pure: no browser, no server, no secret. The code that a client was sent is held by
//! its field alone; here is how many digits it has.

mod action;
mod entry;
mod field;
mod panel;
mod trouble;
mod wallet;

pub use action::Action;
pub use entry::{CODE_DIGITS, CodeError, Entry};
pub use field::Field;
pub use panel::{Act, New, Panel, Plans, Work};
pub use trouble::{Barrier, Trouble};
pub use wallet::{
    ACCOUNTS, CARDS, HostEvent, PANEL_TITLE, PANEL_TROUBLE, Phase, Said, TITLE, Wallet, toggle_id,
};

#[cfg(test)]
mod tests;
