//! What the wallet does: one verb a file. Reads the state, calls the client, dispatches actions.

mod act;
mod check_code;
mod desk;
mod enter;
mod keep;
mod later;
mod load_consents;
mod read;
mod verify;

pub use act::act;
pub use check_code::check_code;
pub use desk::Desk;
pub use enter::{enter, send_again};
pub use keep::keep;
pub use later::later;
pub use load_consents::{load_consents, save_consent};
pub use read::read;
pub use verify::{follow, give_up};

pub use crate::flow::{learn_words, load_rules};
use crate::state::Store;
use crate::wallet::state::Wallet;

/// Where the wallet's state is.
pub type Place = Store<Wallet>;
