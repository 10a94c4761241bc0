//! What was done, as the page and the live region tell it.

use std::rc::Rc;

use paydesk_domain::card::Brand;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::wallet::{WalletMethodView, WalletPlannedView};

use super::Trouble;

/// What a method is called by: there may be no such method any more.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// Its kind.
    pub kind: MethodKind,
    /// A card's scheme.
    pub brand: Option<Brand>,
    /// A bank's name.
    pub bank: Option<String>,
    /// Its last digits.
    pub last4: String,
}

impl Named {
    /// What a method is called by.
    pub fn of(method: &WalletMethodView) -> Self {
        let WalletMethodView { kind, brand, bank, last4, .. } = method;
        Self { kind: *kind, brand: *brand, bank: bank.clone(), last4: last4.clone() }
    }
}

/// What was done.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    /// A change was kept.
    Saved,
    /// A method was removed.
    Removed(Named),
    /// Another one took its place.
    Replaced {
        /// The method that is gone.
        old: Named,
        /// The one that took its place.
        new: Named,
        /// What is charged to that one from now on.
        planned: Rc<[WalletPlannedView]>,
        /// Who may charge it as they might the other one.
        who: Vec<String>,
    },
    /// A plan is charged to another method: that one, and what is charged to it.
    Moved(Named, Rc<[WalletPlannedView]>),
    /// An organization was let charge: its name.
    Authorized(String),
    /// It charges no more: its name.
    Revoked(String),
    /// A new method was saved.
    Added(Named),
    /// It was saved already.
    Known,
    /// A card was brought up to date.
    Updated(Named),
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
            Self::Replaced { planned, .. } | Self::Moved(_, planned) => planned,
            _ => &[],
        }
    }
}
