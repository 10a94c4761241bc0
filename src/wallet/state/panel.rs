//! What is being done with a method: one thing at a time.

use std::rc::Rc;

use paydesk_domain::address::{Address, CountryRules, Part, Problem};
use paydesk_domain::wire::wallet::WalletPlannedView;

use super::{Field, Trouble};
use crate::state::{self, AddressForm, FieldError, Form};

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
    /// Correct its billing address, with the parts that were left once, and whether all is to be told.
    Address {
        /// The address as it is typed.
        form: AddressForm,
        /// The parts that were left.
        left: Vec<Part>,
        /// The part that the server refused.
        refused: Option<Part>,
    },
    /// Save a new card or bank account. The panel belongs to a shelf, not to a method.
    Add(Box<Form>),
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
    /// Take it out of the wallet.
    Remove {
        /// What is planned on it, as the server told in refusing.
        planned: Option<Rc<[WalletPlannedView]>>,
    },
}

/// A panel: what is being done with which method.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// `pm_…`.
    pub method: String,
    /// What.
    pub work: Work,
    /// The button that opened it, by its id: where the focus goes back to.
    pub opener: String,
    /// Whether the answer is on its way.
    pub busy: bool,
    /// Why it was not done.
    pub trouble: Option<Trouble>,
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
    /// To take it out of the wallet.
    Remove,
}

impl Panel {
    /// A panel that was opened by a button.
    pub fn new(method: &str, opener: &str, work: Work) -> Self {
        Self { method: method.to_owned(), work, opener: opener.to_owned(), busy: false, trouble: None }
    }

    /// The address that is being corrected.
    pub const fn address(&self) -> Option<&AddressForm> {
        match &self.work {
            Work::Address { form, .. } => Some(form),
            Work::Add(form) => Some(&form.address),
            _ => None,
        }
    }

    /// The form of a new card or bank account.
    pub const fn form(&self) -> Option<&Form> {
        match &self.work {
            Work::Add(form) => Some(form),
            _ => None,
        }
    }

    /// What is wrong with a part, once that is told.
    pub fn shown_problem(&self, part: Part) -> Option<Problem> {
        match &self.work {
            Work::Address { form, left, .. } if left.contains(&part) => form.problem(part),
            _ => None,
        }
    }

    /// Whether the server refused this part.
    pub fn is_refused(&self, part: Part) -> bool {
        matches!(&self.work, Work::Address { refused: Some(refused), .. } if *refused == part)
    }

    /// What the server is to be asked, when the panel is sent; `None` while something is missing.
    pub fn act(&self) -> Option<Act> {
        Some(match &self.work {
            Work::Rename(name) => Act::Rename(name.trim().to_owned()),
            Work::MakeDefault => Act::MakeDefault,
            Work::Address { form, .. } => Act::Address(form.checked()?),
            Work::Authorize { organization } => Act::Authorize(organization.clone()),
            Work::Revoke { agreed: Some(_), plans: None, .. } => return None,
            Work::Revoke { authorization, plans, .. } => Act::Revoke(authorization.clone(), *plans),
            Work::Remove { .. } => Act::Remove,
            // Its numbers are read from their fields.
            Work::Add(_) => return None,
        })
    }

    /// The first field with a problem, when the panel was sent and could not be.
    pub fn first_problem(&self) -> Option<Field> {
        if let Some(new) = self.form() {
            let first = new.problems().first().map(|field| Field::of_new(*field));
            return first.or((!new.address.is_known()).then_some(Field::Country));
        }
        let form = self.address()?;
        if !form.is_known() {
            return Some(Field::Country);
        }
        form.parts().iter().find(|part| form.problem(**part).is_some()).map(|part| Field::Address(*part))
    }

    pub(super) fn rename(&mut self, text: String) {
        if let Work::Rename(name) = &mut self.work {
            *name = text;
            self.trouble = None;
        }
    }

    pub(super) const fn choose(&mut self, chosen: Plans) {
        if let Work::Revoke { plans, .. } = &mut self.work {
            *plans = Some(chosen);
            self.trouble = None;
        }
    }

    pub(super) fn change_address(&mut self, change: impl FnOnce(&mut AddressForm)) {
        match &mut self.work {
            Work::Address { form, .. } => change(form),
            Work::Add(form) => change(&mut form.address),
            _ => {}
        }
    }

    /// Takes in what happened to a field of a new card or bank account.
    pub(super) fn fill_in(&mut self, action: state::Action) {
        if let Work::Add(form) = &mut self.work {
            if form.take(action, None) {
                self.trouble = None;
            }
            // Saving lets nobody debit it: there is no mandate to agree to.
            form.agreed = true;
        }
    }

    /// Takes in what a server said of one of its fields.
    pub(super) fn refuse_field(&mut self, field: state::Field, error: FieldError) {
        self.busy = false;
        if let Work::Add(form) = &mut self.work {
            form.refuse(field, error);
        }
    }

    pub(super) fn type_part(&mut self, part: Part, text: &str) {
        if let Work::Address { form, refused, .. } = &mut self.work {
            form.set(part, text);
            if *refused == Some(part) {
                *refused = None;
            }
        }
    }

    pub(super) fn leave(&mut self, part: Part) {
        if let Work::Address { form, left, .. } = &mut self.work {
            if part == Part::PostalCode {
                form.tidy_postal_code();
            }
            if !left.contains(&part) && !form.value(part).is_empty() {
                left.push(part);
            }
        }
    }

    /// Tells everything that is missing.
    pub(super) fn complain(&mut self) {
        match &mut self.work {
            Work::Address { form, left, .. } => left.extend(form.parts().to_vec()),
            Work::Add(form) => form.submit(),
            Work::Revoke { plans: None, .. } => self.trouble = Some(Trouble::Unchosen),
            _ => {}
        }
    }

    pub(super) fn refuse(&mut self, trouble: Trouble, part: Option<Part>) {
        self.busy = false;
        self.trouble = Some(trouble);
        match (&mut self.work, part) {
            (Work::Address { refused, .. }, Some(part)) => *refused = Some(part),
            (Work::Add(form), Some(part)) => {
                form.refuse(state::Field::Address(part), FieldError::AddressRefused);
            }
            _ => return,
        }
        self.trouble = None;
    }

    /// Takes in what stands in the way.
    pub(super) fn blocked(&mut self, list: Rc<[WalletPlannedView]>) {
        self.busy = false;
        self.trouble = None;
        match &mut self.work {
            Work::Revoke { agreed, .. } => *agreed = Some(list),
            Work::Remove { planned } => *planned = Some(list),
            _ => {}
        }
    }

    pub(super) fn learn(&mut self, rules: Rc<CountryRules>) {
        self.change_address(|form| form.learn(rules));
    }
}
