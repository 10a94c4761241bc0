//! One session at work: the client, and the try that may have to be asked about again.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::client::Billing;
use paydesk_domain::wire::billing::ConfirmRequest;

/// A session at work. Clones are the same one.
#[derive(Clone)]
pub struct Desk(Rc<Inner>);

struct Inner {
    billing: Billing,
    /// What was last sent to be confirmed: after a lost answer the same request is sent again, never another.
    /// It holds a token at most.
    sent: RefCell<Option<Rc<ConfirmRequest>>>,
    /// What the page asked for, or empty.
    language: RefCell<Rc<str>>,
    /// Whose turn it is to follow a try: the newest one's.
    turn: Cell<u32>,
}

impl Desk {
    /// A session by its secret, embedded in `parent_origin`. `language` is what the page asked for, or empty.
    pub fn new(secret: &str, parent_origin: &str, language: &str) -> Self {
        Self(Rc::new(Inner {
            billing: Billing::new(secret, parent_origin),
            sent: RefCell::default(),
            language: RefCell::new(language.into()),
            turn: Cell::default(),
        }))
    }

    pub(super) fn billing(&self) -> &Billing {
        &self.0.billing
    }

    pub(super) fn language(&self) -> Rc<str> {
        self.0.language.borrow().clone()
    }

    pub(super) fn speak(&self, language: &str) {
        *self.0.language.borrow_mut() = language.into();
    }

    pub(super) fn turn(&self) -> u32 {
        self.0.turn.get()
    }

    /// Ends the turn of whoever followed a try until now.
    pub(super) fn take_turn(&self) -> u32 {
        self.0.turn.set(self.turn() + 1);
        self.turn()
    }

    pub(super) fn keep(&self, request: Rc<ConfirmRequest>) {
        *self.0.sent.borrow_mut() = Some(request);
    }

    pub(super) fn sent(&self) -> Option<Rc<ConfirmRequest>> {
        self.0.sent.borrow().clone()
    }

    pub(super) fn forget(&self) {
        *self.0.sent.borrow_mut() = None;
    }
}

impl PartialEq for Desk {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.billing.fmt(f)
    }
}
