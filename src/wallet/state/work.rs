//! What can be done with a method, and what the server is asked for it.

use std::rc::Rc;

use paydesk_domain::address::Address;
use paydesk_domain::wire::wallet::WalletPlannedView;

use super::New;

/// What is to become of what was agreed to with an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plans {
    /// It goes on to be charged.
    Continue,
    /// It ends as well.
    End,
}

impl Plans {
    /// As it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Continue => "continue",
            Self::End => "end",
        }
    }

    /// Reads what travelled.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Continue, Self::End].into_iter().find(|plans| plans.as_str() == text)
    }
}

/// What can be done with a method, in a panel of its own.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// Give it a name, as it is typed.
    Rename(String),
    /// Prefer it: sent as soon as it is opened.
    MakeDefault,
    /// Correct its billing address.
    Address(Box<New>),
    /// Save a new card or bank account. The panel belongs to a shelf, not to a method.
    Add(Box<New>),
    /// Bring a card up to date.
    Update(Box<New>),
    /// Let an organization charge it where a planned payment is refused.
    BackUp {
        /// `org_…`.
        organization: String,
    },
    /// End that.
    EndBackup {
        /// `bup_…`.
        backup: String,
        /// Its organization.
        organization: String,
    },
    /// Let an organization charge it.
    Authorize {
        /// `org_…`.
        organization: String,
    },
    /// Let an organization charge it no more.
    Revoke {
        /// `aut_…`.
        authorization: String,
        /// Its organization.
        organization: String,
        /// What was agreed to with it, as the server told.
        agreed: Option<Rc<[WalletPlannedView]>>,
        /// What is to become of that.
        plans: Option<Plans>,
    },
    /// Have another method of the wallet take its place.
    Replace {
        /// `pm_…`, once one is chosen.
        by: Option<String>,
        /// What that one cannot be charged for, as the server told.
        stuck: Option<Rc<[WalletPlannedView]>>,
    },
    /// Have what is planned of one plan charged to another method of the wallet.
    Move {
        /// `pln_…`.
        plan: String,
        /// `pm_…`, once one is chosen.
        to: Option<String>,
    },
    /// Take it out of the wallet.
    Remove {
        /// What is planned on it, as the server told in refusing.
        planned: Option<Rc<[WalletPlannedView]>>,
    },
}

/// What is asked of the server.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// To change what a method is called.
    Rename(String),
    /// To prefer it.
    MakeDefault,
    /// To keep another billing address.
    Address(Address),
    /// To let an organization charge it.
    Authorize(String),
    /// To let it charge no more.
    Revoke(String, Option<Plans>),
    /// To have another one take its place.
    Replace(String),
    /// To have a plan charged to another one.
    Move(String, String),
    /// To let an organization charge it where a planned payment is refused.
    BackUp(String),
    /// To end that: `bup_…`.
    EndBackup(String),
    /// To take it out of the wallet.
    Remove,
}

impl Work {
    /// What the server is to be asked; `None` while something is missing.
    pub(super) fn act(&self) -> Option<Act> {
        Some(match self {
            Self::Rename(name) => Act::Rename(name.trim().to_owned()),
            Self::MakeDefault => Act::MakeDefault,
            Self::Address(new) => Act::Address(new.form.address.checked()?),
            Self::Authorize { organization } => Act::Authorize(organization.clone()),
            Self::Revoke { agreed: Some(_), plans: None, .. } => return None,
            Self::Revoke { authorization, plans, .. } => Act::Revoke(authorization.clone(), *plans),
            Self::Replace { by, .. } => Act::Replace(by.clone()?),
            Self::Move { plan, to } => Act::Move(plan.clone(), to.clone()?),
            Self::BackUp { organization } => Act::BackUp(organization.clone()),
            Self::EndBackup { backup, .. } => Act::EndBackup(backup.clone()),
            Self::Remove { .. } => Act::Remove,
            // Its numbers are read from their fields.
            Self::Add(_) | Self::Update(_) => return None,
        })
    }

    /// The card or account, or the address of one, that is typed in.
    pub const fn typed(&self) -> Option<&New> {
        match self {
            Self::Address(new) | Self::Add(new) | Self::Update(new) => Some(new),
            _ => None,
        }
    }

    pub(super) const fn typed_mut(&mut self) -> Option<&mut New> {
        match self {
            Self::Address(new) | Self::Add(new) | Self::Update(new) => Some(new),
            _ => None,
        }
    }

    /// The other method that is chosen, where one is asked for.
    pub const fn other(&self) -> Option<&String> {
        match self {
            Self::Replace { by: other, .. } | Self::Move { to: other, .. } => other.as_ref(),
            _ => None,
        }
    }

    /// Takes in that the chosen one is not there any more.
    pub(super) fn forget_other(&mut self, is_gone: bool) {
        match self {
            Self::Replace { by: other, .. } | Self::Move { to: other, .. } if is_gone => *other = None,
            _ => {}
        }
    }

    /// Takes in which other method is chosen.
    pub(super) fn choose_other(&mut self, method: String) {
        match self {
            Self::Replace { by, stuck } => {
                *by = Some(method);
                *stuck = None;
            }
            Self::Move { to, .. } => *to = Some(method),
            _ => {}
        }
    }
}
