//! One wallet session at work.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::wallet::client::Client;

/// A session at work. Clones are the same one.
#[derive(Clone, Debug, PartialEq)]
pub struct Desk {
    pub(super) client: Client,
    /// What the page asked for, or empty.
    language: Rc<RefCell<Rc<str>>>,
    /// Whose turn it is to follow a proof: the newest one's.
    turn: Rc<Cell<u32>>,
}

impl Desk {
    /// A session by its secret, embedded in `parent_origin`. `language` is what the page asked for, or empty.
    pub fn new(secret: &str, parent_origin: &str, language: &str) -> Self {
        Self {
            client: Client::new(secret, parent_origin),
            language: Rc::new(RefCell::new(language.into())),
            turn: Rc::default(),
        }
    }

    pub(super) fn language(&self) -> Rc<str> {
        self.language.borrow().clone()
    }

    pub(super) fn turn(&self) -> u32 {
        self.turn.get()
    }

    /// Ends the turn of whoever followed a proof until now.
    pub(super) fn take_turn(&self) -> u32 {
        self.turn.set(self.turn() + 1);
        self.turn()
    }

    /// Speaks another language from now on.
    pub fn speak(&self, language: &str) {
        *self.language.borrow_mut() = language.into();
    }
}
