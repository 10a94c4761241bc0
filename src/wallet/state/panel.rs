//! What is being done with a method: one thing at a time.

use std::rc::Rc;

use paydesk_domain::wire::wallet::WalletPlannedView;

use super::{Act, Field, New, Plans, Trouble, Work};
use crate::state::{self, AddressForm, Asks, FieldError, Form};

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

impl Panel {
    /// A panel that was opened by a button.
    pub fn new(method: &str, opener: &str, work: Work) -> Self {
        Self { method: method.to_owned(), work, opener: opener.to_owned(), busy: false, trouble: None }
    }

    /// The address that is typed in.
    pub fn address(&self) -> Option<&AddressForm> {
        self.form().map(|form| &form.address)
    }

    /// The card or bank account that is typed in.
    pub const fn new_method(&self) -> Option<&New> {
        self.work.typed()
    }

    /// Its form.
    pub fn form(&self) -> Option<&Form> {
        self.new_method().map(|new| &new.form)
    }

    /// What the server is to be asked, when the panel is sent; `None` while something is missing.
    pub fn act(&self) -> Option<Act> {
        self.work.act()
    }

    /// The first field with a problem, when the panel was sent and could not be.
    pub fn first_problem(&self) -> Option<Field> {
        let new = self.new_method()?;
        let first = new.form.problems().first().map(|field| Field::Form(*field));
        // It stands before what is told of the address.
        let email = new.lacks_email().then_some(Field::Email);
        let late = matches!(first, None | Some(Field::Form(state::Field::Address(_))));
        let unknown = (!new.form.address.is_known()).then_some(Field::Form(state::Field::Country));
        email.filter(|_| late).or(first).or(unknown)
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

    /// Asks for the whole card: its number has changed.
    pub(super) fn ask_whole_card(&mut self) {
        if let Work::Update(new) = &mut self.work {
            new.form.ask(Asks::Replacement);
            self.trouble = None;
        }
    }

    pub(super) fn choose_other(&mut self, method: String) {
        self.work.choose_other(method);
        self.trouble = None;
    }

    /// Takes in what happened to a field of a new card or bank account.
    pub(super) fn fill_in(&mut self, action: state::Action) {
        if let Some(new) = self.work.typed_mut() {
            if new.form.take(action, None) {
                self.trouble = None;
            }
            // As at the beginning, whatever was changed.
            new.form.agreed = true;
        }
    }

    /// Takes in an e-mail address, and whether its field was left.
    pub(super) fn write_email(&mut self, email: Option<String>) {
        if let Some(new) = self.work.typed_mut() {
            match email {
                Some(email) => new.email = email,
                None => new.is_email_told |= !new.email.is_empty(),
            }
        }
    }

    /// Takes in what a server said of one of its fields.
    pub(super) fn refuse_field(&mut self, field: state::Field, error: FieldError) {
        self.busy = false;
        if let Some(new) = self.work.typed_mut() {
            new.form.refuse(field, error);
        }
    }

    /// Tells everything that is missing.
    pub(super) fn complain(&mut self) {
        match &mut self.work {
            Work::Address(new) | Work::Add(new) | Work::Update(new) => {
                new.form.submit();
                new.is_email_told = true;
            }
            Work::Revoke { plans: None, .. } => self.trouble = Some(Trouble::Unchosen),
            Work::Replace { by: None, .. } | Work::Move { to: None, .. } => {
                self.trouble = Some(Trouble::NoOther);
            }
            _ => {}
        }
    }

    pub(super) const fn refuse(&mut self, trouble: Trouble) {
        self.busy = false;
        self.trouble = Some(trouble);
    }

    /// Takes in what stands in the way; nothing where a purchase is under way, of which nothing is planned yet.
    pub(super) fn blocked(&mut self, list: Rc<[WalletPlannedView]>) {
        self.busy = false;
        self.trouble = None;
        match &mut self.work {
            _ if list.is_empty() => self.trouble = Some(Trouble::UnderWay),
            Work::Revoke { agreed, .. } => *agreed = Some(list),
            Work::Remove { planned } => *planned = Some(list),
            // The list says what a purchase that is under way has planned already.
            _ => self.trouble = Some(Trouble::UnderWay),
        }
    }

    /// Takes in what another method cannot be charged for.
    pub(super) fn stuck(&mut self, list: Rc<[WalletPlannedView]>) {
        self.busy = false;
        self.trouble = Some(Trouble::CannotTake);
        if let Work::Replace { stuck, .. } = &mut self.work {
            *stuck = Some(list).filter(|list| !list.is_empty());
        }
    }
}
