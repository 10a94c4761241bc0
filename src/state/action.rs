//! Everything that can happen.

use std::mem::discriminant;
use std::rc::Rc;

use paydesk_domain::address::{CountryRules, Part};
use paydesk_domain::bank::{AccountType, BankNumberError, BankPart};
use paydesk_domain::card::{Brand, ExpiryError, PanError};
use paydesk_domain::mandate::HolderType;
use paydesk_domain::wire::billing::{AttemptView, CheckoutView, DeclineView, MandateTextView, MethodView};

use crate::i18n::Strings;

use super::{Checkout, Choice, Field, FieldError, LoadFailure, SecretFact, Stage, State, Terms, Trouble};

/// Everything that can happen.
#[derive(Clone, Debug)]
pub enum Action {
    /// The words of a language came.
    Words(&'static Strings),
    /// The session is being asked for again.
    Reload,
    /// The session arrived.
    Loaded(Rc<CheckoutView>),
    /// It did not.
    LoadFailed(LoadFailure),
    /// The session in another language: what is agreed to is told in it.
    Translated(Rc<CheckoutView>),
    /// The mandate is being asked for; or what is known of it is no longer true.
    AskMandate(Option<Terms>),
    /// The mandate arrived, or it did not.
    Mandate(Terms, Option<Rc<MandateTextView>>),
    /// A method was chosen.
    Choose(Choice),
    /// A way to pay was chosen.
    ChoosePlan(String),
    /// The card in the form does not live to the payment of this day; or to all of them.
    Missed(Option<String>),
    /// The card number changed.
    Number(Brand, SecretFact<PanError>),
    /// The expiry changed.
    Expiry(SecretFact<ExpiryError>),
    /// The security code changed: how many digits it has.
    Cvc(usize),
    /// The new expiry of a saved card changed.
    Renewal(SecretFact<ExpiryError>),
    /// The security code of a saved card changed: how many digits it has.
    Code(usize),
    /// A number of the bank account changed.
    Bank(BankPart, SecretFact<BankNumberError>),
    /// Another kind of account.
    AccountType(AccountType),
    /// Somebody else's account.
    Holder(HolderType),
    /// The box to agree to the mandate changed.
    Agree(bool),
    /// The name changed.
    Name(String),
    /// The box that the billing address is the account's own changed.
    SameAddress(bool),
    /// Another country.
    Country(String),
    /// The rules of a country arrived.
    Rules(Rc<CountryRules>),
    /// They did not.
    RulesFailed(String),
    /// A part of the address changed.
    Address(Part, String),
    /// The box to save the method changed.
    Save(bool),
    /// The box to use account credit changed.
    Credit(bool),
    /// The box to pay only a part changed.
    Part(bool),
    /// The amount of that part changed.
    Amount(String),
    /// A field was left.
    Leave(Field),
    /// A try to pay with problems in the form: all are told.
    Complain,
    /// A try begins.
    Begin {
        /// Its id.
        attempt: String,
        /// Its first step.
        stage: Stage,
    },
    /// The try is at another step.
    Advance(Stage),
    /// A saved card was brought up to date.
    Updated(Box<MethodView>),
    /// The server told the try's state.
    Attempt(Box<AttemptView>),
    /// The processor refused the card before anything was charged.
    CardRefused(DeclineView),
    /// It certainly was not sent.
    Fail(Trouble),
    /// The server refused a field.
    Refuse(Field, FieldError),
    /// Asking for the result has paused.
    GiveUp,
}

impl State for Checkout {
    type Action = Action;

    fn after(&self, action: Action) -> Self {
        self.apply(action)
    }

    /// A key in a field that holds its own text, and whose text is drawn nowhere else. A region may be a list, and
    /// an amount is in the sums.
    fn may_be_unseen(action: &Action) -> bool {
        matches!(
            action,
            Action::Number(..)
                | Action::Expiry(_)
                | Action::Cvc(_)
                | Action::Renewal(_)
                | Action::Code(_)
                | Action::Bank(..)
                | Action::Name(_)
                | Action::Address(Part::Line1 | Part::Line2 | Part::City | Part::PostalCode, _)
        )
    }

    fn is_drawn_as(&self, before: &Self) -> bool {
        self.form.is_drawn_as(&before.form)
            && self.can_pay() == before.can_pay()
            && discriminant(&self.submission) == discriminant(&before.submission)
    }
}
