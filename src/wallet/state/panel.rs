//! What is being done with a method: one thing at a time.

use std::rc::Rc;

use paydesk_domain::address::{Address, CountryRules, Part, Problem};
use paydesk_domain::return_code::Rail;
use paydesk_domain::wire::wallet::WalletPlannedView;

use super::{Field, Trouble};
use crate::state::{self, AddressForm, Asks, FieldError, Form};

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
    Add(Box<New>),
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

/// A new card or bank account, as it is typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct New {
    /// Its fields, as the checkout has them.
    pub form: Form,
    /// Where the bank's own notices go: the Canadian rules ask for it.
    pub email: String,
    /// Whether what is wrong with that is told.
    is_email_told: bool,
}

impl New {
    /// An empty form for this kind of method. There is no mandate to agree to: saving lets nobody debit it.
    pub fn of(asks: Asks, name: &str, country: &str) -> Self {
        let mut form = Form::default();
        form.ask(asks);
        name.clone_into(&mut form.name);
        form.agreed = true;
        form.address.choose_country(country);
        Self { form, ..Self::default() }
    }

    /// Whether an e-mail address is asked for.
    pub fn asks_email(&self) -> bool {
        self.form.asks == Asks::Bank(Rail::Pad)
    }

    /// Whether it lacks one.
    fn lacks_email(&self) -> bool {
        let email = self.email.trim();
        let parts = email.split_once('@');
        let is_one = parts.is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'));
        self.asks_email() && (!is_one || email.contains(char::is_whitespace))
    }

    /// Whether it is told that there is none.
    pub fn misses_email(&self) -> bool {
        self.is_email_told && self.lacks_email()
    }

    /// Whether nothing is missing.
    pub fn is_complete(&self) -> bool {
        self.form.is_complete() && !self.lacks_email()
    }
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
            Work::Add(new) => Some(&new.form.address),
            _ => None,
        }
    }

    /// The new card or bank account.
    pub const fn new_method(&self) -> Option<&New> {
        match &self.work {
            Work::Add(new) => Some(new),
            _ => None,
        }
    }

    /// The form of a new card or bank account.
    pub fn form(&self) -> Option<&Form> {
        self.new_method().map(|new| &new.form)
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
        if let Some(new) = self.new_method() {
            let first = new.form.problems().first().map(|field| Field::of_new(*field));
            // It stands before what is told of the address.
            let email = new.lacks_email().then_some(Field::Email);
            let late = matches!(first, None | Some(Field::Address(_)));
            let unknown = (!new.form.address.is_known()).then_some(Field::Country);
            return email.filter(|_| late).or(first).or(unknown);
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
            Work::Add(new) => change(&mut new.form.address),
            _ => {}
        }
    }

    /// Takes in what happened to a field of a new card or bank account.
    pub(super) fn fill_in(&mut self, action: state::Action) {
        if let Work::Add(new) = &mut self.work {
            if new.form.take(action, None) {
                self.trouble = None;
            }
            // As at the beginning, whatever was changed.
            new.form.agreed = true;
        }
    }

    /// Takes in an e-mail address, and whether its field was left.
    pub(super) fn write_email(&mut self, email: Option<String>) {
        if let Work::Add(new) = &mut self.work {
            match email {
                Some(email) => new.email = email,
                None => new.is_email_told |= !new.email.is_empty(),
            }
        }
    }

    /// Takes in what a server said of one of its fields.
    pub(super) fn refuse_field(&mut self, field: state::Field, error: FieldError) {
        self.busy = false;
        if let Work::Add(new) = &mut self.work {
            new.form.refuse(field, error);
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
            Work::Add(new) => {
                new.form.submit();
                new.is_email_told = true;
            }
            Work::Revoke { plans: None, .. } => self.trouble = Some(Trouble::Unchosen),
            _ => {}
        }
    }

    pub(super) fn refuse(&mut self, trouble: Trouble, part: Option<Part>) {
        self.busy = false;
        self.trouble = Some(trouble);
        match (&mut self.work, part) {
            (Work::Address { refused, .. }, Some(part)) => *refused = Some(part),
            (Work::Add(new), Some(part)) => {
                new.form.refuse(state::Field::Address(part), FieldError::AddressRefused);
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
