//! The mandate that a debit needs: what it is asked for, and its text once the server has told it.

use std::rc::Rc;

use paydesk_domain::mandate::HolderType;
use paydesk_domain::wire::billing::MandateTextView;

/// What a mandate's text depends on, beside the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Whose account it is.
    pub holder: HolderType,
    /// Whether the account is saved: the mandate then permits later debits as well.
    pub save: bool,
    /// What is paid, in minor units: a mandate for one debit names it.
    pub amount: i64,
}

/// How far it is known. What was agreed to is what is here: another text has to be agreed to anew.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Agreement {
    /// It was not asked for, or what was told is no longer true.
    #[default]
    Unasked,
    /// It is being asked for.
    Asked(Terms),
    /// This is it.
    Here(Terms, Rc<MandateTextView>),
    /// It could not be loaded.
    Failed(Terms),
}

impl Agreement {
    /// What it was asked for.
    pub const fn terms(&self) -> Option<Terms> {
        match self {
            Self::Unasked => None,
            Self::Asked(terms) | Self::Here(terms, _) | Self::Failed(terms) => Some(*terms),
        }
    }
}
