//! What the wallet does: one verb a file. Reads the state, calls the client, dispatches actions.

mod act;
mod add;
mod check_code;
mod desk;
mod enter;
mod later;
mod learn_words;
mod load_rules;
mod read;

pub use act::act;
pub use add::add;
pub use check_code::check_code;
pub use desk::Desk;
pub use enter::{enter, send_again};
pub use later::later;
pub use learn_words::learn_words;
pub use load_rules::load_rules;
pub use read::read;

use crate::state::Store;
use crate::wallet::state::Wallet;

/// Where the wallet's state is.
pub type Place = Store<Wallet>;
