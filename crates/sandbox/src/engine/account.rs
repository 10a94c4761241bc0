//! One account: its book, and the faults on order in it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::scenario::Scenarios;
use crate::store::Book;

/// One account.
#[derive(Debug)]
pub struct Account {
    /// `acct_…`.
    pub id: String,
    book: Mutex<Book>,
    scenarios: Mutex<Scenarios>,
}

impl Account {
    /// An account with these objects.
    pub fn new(id: String, book: Book) -> Self {
        Self { id, book: Mutex::new(book), scenarios: Mutex::default() }
    }

    /// The objects. Never held while waiting for anything.
    pub fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The faults on order.
    pub fn scenarios(&self) -> MutexGuard<'_, Scenarios> {
        self.scenarios.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
