//! What the wallet knows, and how that changes. Pure: no browser, no server, no secret. The code that a client was sent is held by
//! its field alone; here is how many digits it has.

mod action;
mod consents;
mod entry;
mod field;
mod learn;
mod new;
mod panel;
mod said;
mod trouble;
mod verification;
mod wallet;
mod work;

pub use action::Action;
pub use consents::{Consents, OfConsents};
pub use entry::{CODE_DIGITS, CodeError, Entry};
pub use field::Field;
pub use new::New;
pub use panel::Panel;
pub use said::{Named, Said};
pub use trouble::{Barrier, Trouble};
pub use verification::{Proof, Verification};
pub use wallet::{
    ACCOUNTS, CARDS, CHALLENGE, HIDE_CONSENTS, HostEvent, PANEL_TITLE, PANEL_TROUBLE, Phase, SHOW_CONSENTS,
    TITLE, Wallet, plans_of, toggle_id,
};
pub use work::{Act, Plans, Work};

#[cfg(test)]
mod tests;
