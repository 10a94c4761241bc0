//! What was done, as the page and the live region tell it.

use std::rc::Rc;

use paydesk_domain::wire::wallet::{WalletMethodView, WalletPlannedView, WalletReplacementView};

use super::Trouble;

/// What was done.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    /// A change was kept.
    Saved,
    /// A method was removed.
    Removed(WalletMethodView),
    /// Another one took its place: the method as it was, and what moved.
    Replaced(WalletMethodView, WalletReplacementView),
    /// A plan is charged to another method: that one, and what is charged to it.
    Moved(WalletMethodView, Rc<[WalletPlannedView]>),
    /// An organization was let charge: its name.
    Authorized(String),
    /// It charges no more: its name.
    Revoked(String),
    /// A new method was saved.
    Added(Rc<WalletMethodView>),
    /// It was saved already.
    Known,
    /// A card was brought up to date.
    Updated(Rc<WalletMethodView>),
    /// An organization may charge it where a planned payment is refused: its name.
    BackedUp(String),
    /// It may not any more: its name.
    BackupEnded(String),
    /// A card that was being saved before the page was loaded anew was not.
    Failed(Trouble),
    /// Another tab or device was quicker, and there is nothing left to do.
    Elsewhere,
}

impl Said {
    /// The payments that moved.
    pub fn planned(&self) -> &[WalletPlannedView] {
        match self {
            Self::Replaced(_, with) => &with.planned,
            Self::Moved(_, planned) => planned,
            _ => &[],
        }
    }
}
