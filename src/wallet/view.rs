//! What the client sees. Draws the state, reads the code's field; never talks to a server.
//!
//! One component holds the state; the rest are functions from it to markup, as in the checkout.

mod app;
mod consents;
mod details;
mod entry;
mod messages;
mod new;
mod other;
mod page;
mod panel;
mod shelf;

pub use app::{Initial, WalletApp, WalletProps};

use crate::i18n::{Locale, between};
use crate::view::options::Lists;
use crate::wallet::state::Wallet;
use crate::wallet::strings::Strings;

/// The names of several, as a list in a sentence has them.
fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.fold(
        String::new(),
        |list, name| if list.is_empty() { name.to_owned() } else { between(&list, ", ", name) },
    )
}

/// What every drawing function needs.
pub(crate) struct Cx<'a> {
    /// The words.
    pub t: &'static Strings,
    /// How money and dates are written.
    pub locale: &'a Locale<Strings>,
    /// What to draw.
    pub state: &'a Wallet,
    /// Long lists, as they were last drawn.
    pub lists: &'a Lists,
}
