//! The root of the state: one reducer, made of smaller ones.

use std::rc::Rc;

use super::{Announcement, CardForm, Field, FieldError, LoadFailure, SecretFact, Stage, Submission, Trouble};
use paydesk_domain::address::{CountryRules, Part};
use paydesk_domain::attempt::AttemptStatus;
use paydesk_domain::card::{Brand, ExpiryError, PanError};
use paydesk_domain::decline::DeclineCategory;
use paydesk_domain::wire::billing::{
    AttemptView, CheckoutView, ConsentView, DeclineView, MethodView, SessionStatus,
};

/// What is known of the session.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Load {
    /// It is being asked for.
    #[default]
    Waiting,
    /// It could not be opened.
    Failed(LoadFailure),
    /// Open.
    Ready(Rc<CheckoutView>),
}

/// What the payer wants to pay with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// A saved card, by its id.
    Saved(String),
    /// A card that is typed in.
    NewCard,
}

/// Everything that the views draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checkout {
    /// The session.
    pub load: Load,
    /// What is agreed to by saving a card, where the page has asked for it in another language than at first.
    pub consent: Option<Rc<ConsentView>>,
    /// The chosen method.
    pub choice: Option<Choice>,
    /// The form for a new card.
    pub form: CardForm,
    /// Whether the form was open at some time: from then on it stays in the document.
    pub form_opened: bool,
    /// The try to pay.
    pub submission: Submission,
    /// What the live region says of the form, with a number so that the same text is said again.
    pub announcement: Option<(u32, Announcement)>,
    /// How many things the page has to be told so far: opened, failed, paid, refused. Each is told once.
    pub outcomes: u32,
}

/// Everything that can happen.
#[derive(Clone, Debug)]
pub enum Action {
    /// The session is being asked for again.
    Reload,
    /// The session arrived.
    Loaded(Rc<CheckoutView>),
    /// It did not.
    LoadFailed(LoadFailure),
    /// What is agreed to by saving a card, in another language.
    Consent(Rc<ConsentView>),
    /// A method was chosen.
    Choose(Choice),
    /// The card number changed.
    Number(Brand, SecretFact<PanError>),
    /// The expiry changed.
    Expiry(SecretFact<ExpiryError>),
    /// The security code changed: how many digits it has.
    Cvc(usize),
    /// The name changed.
    Name(String),
    /// Another country.
    Country(String),
    /// The rules of a country arrived.
    Rules(Rc<CountryRules>),
    /// They did not.
    RulesFailed(String),
    /// A part of the address changed.
    Address(Part, String),
    /// The box to save the card changed.
    Save(bool),
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

impl Checkout {
    /// The session, once it is open.
    pub fn view(&self) -> Option<&Rc<CheckoutView>> {
        match &self.load {
            Load::Ready(view) => Some(view),
            _ => None,
        }
    }

    /// What is agreed to by saving a card, as it is shown.
    pub fn consent<'a>(&'a self, view: &'a CheckoutView) -> &'a ConsentView {
        self.consent.as_deref().unwrap_or(&view.consent)
    }

    /// The saved card that is chosen.
    pub fn chosen_method(&self) -> Option<&MethodView> {
        let Some(Choice::Saved(id)) = &self.choice else {
            return None;
        };
        self.view()?.methods.iter().find(|method| method.id == *id)
    }

    /// True when pressing Pay would send a payment.
    pub fn can_pay(&self) -> bool {
        let chosen = match &self.choice {
            None => false,
            Some(Choice::Saved(_)) => self.chosen_method().is_some_and(|method| !method.expired),
            Some(Choice::NewCard) => self.form.is_complete(),
        };
        chosen && !self.submission.blocks() && self.view().is_some_and(|view| view.invoice.payable_now > 0)
    }

    /// The next state: the one reducer of the checkout, made of the smaller ones below it.
    #[must_use]
    pub fn apply(&self, action: Action) -> Self {
        let mut next = self.clone();
        match action {
            Action::Reload => next.load = Load::Waiting,
            Action::Loaded(view) => next.open(view),
            Action::LoadFailed(failure) => next.load = Load::Failed(failure),
            Action::Consent(consent) => next.consent = Some(consent),
            Action::Choose(choice) if !self.submission.blocks() => {
                next.form_opened |= choice == Choice::NewCard;
                next.choice = Some(choice);
                next.clear_result();
            }
            Action::Choose(_) => {}
            Action::Complain => next.complain(),
            Action::Begin { attempt, stage } => next.begin(attempt, stage),
            Action::Advance(stage) => next.advance(stage),
            Action::Attempt(attempt) => next.learn(*attempt),
            Action::CardRefused(decline) => next.decline(decline, false),
            Action::Fail(trouble) => next.submission = Submission::Failed(trouble),
            Action::Refuse(field, error) => {
                next.form.refuse(field, error);
                next.submission = Submission::Failed(Trouble::AddressRefused);
            }
            Action::GiveUp => {
                if let Submission::Working { attempt, .. } = &self.submission {
                    next.submission = Submission::Unknown { attempt: attempt.clone() };
                }
            }
            form => {
                next.edit(form);
                next.announce_new_error(self);
            }
        }
        if next.has_news_since(self) {
            next.outcomes += 1;
        }
        next
    }

    fn has_news_since(&self, before: &Self) -> bool {
        let is_open = |state: &Self| matches!(state.load, Load::Ready(_));
        let has_ended =
            |state: &Self| !matches!(state.submission, Submission::Idle | Submission::Working { .. });
        let failed = matches!(self.load, Load::Failed(_));
        (is_open(self) && !is_open(before))
            || (failed && !matches!(before.load, Load::Failed(_)))
            || (has_ended(self) && !has_ended(before))
    }

    fn open(&mut self, view: Rc<CheckoutView>) {
        let chosen_is_there = match &self.choice {
            Some(Choice::Saved(id)) => view.methods.iter().any(|method| method.id == *id && !method.expired),
            Some(Choice::NewCard) => true,
            None => false,
        };
        if !chosen_is_there {
            let best = view.methods.iter().find(|method| !method.expired);
            self.choice = Some(best.map_or(Choice::NewCard, |method| Choice::Saved(method.id.clone())));
        }
        self.form_opened |= self.choice == Some(Choice::NewCard);
        if self.form.address.country().is_empty() {
            self.form.address.choose_country(&view.organization.country);
        }
        if self.form.name.is_empty() {
            self.form.name.clone_from(&view.payer.name);
        }
        match (&view.attempt, view.session.status) {
            (Some(attempt), SessionStatus::Complete | SessionStatus::Processing) => {
                self.learn(attempt.clone())
            }
            (None, SessionStatus::Complete) => self.submission = Submission::Paid(None),
            _ => {}
        }
        self.consent = None;
        self.load = match view.session.status {
            SessionStatus::Expired => Load::Failed(LoadFailure::Expired),
            _ => Load::Ready(view),
        };
    }

    fn edit(&mut self, action: Action) {
        let form = &mut self.form;
        let field = match action {
            Action::Number(brand, fact) => {
                form.brand = brand;
                form.number = fact;
                Field::Number
            }
            Action::Expiry(fact) => {
                form.expiry = fact;
                Field::Expiry
            }
            Action::Cvc(digits) => {
                form.cvc_digits = digits;
                Field::Cvc
            }
            Action::Name(name) => {
                form.name = name;
                Field::Name
            }
            Action::Country(country) => {
                form.address.choose_country(&country);
                Field::Country
            }
            Action::Address(part, text) => {
                form.address.set(part, &text);
                Field::Address(part)
            }
            Action::Save(save) => {
                form.save = save;
                Field::Save
            }
            Action::Leave(field) => return form.leave(field),
            Action::Rules(rules) => return form.address.learn(rules),
            Action::RulesFailed(country) => return form.address.fail(&country),
            _ => return,
        };
        form.changed(field);
        self.clear_result();
    }

    /// The word about the last try goes when the person acts on it.
    fn clear_result(&mut self) {
        if matches!(self.submission, Submission::Declined { .. } | Submission::Failed(_)) {
            self.submission = Submission::Idle;
        }
    }

    /// An error that has just appeared beside its field is said, too.
    fn announce_new_error(&mut self, before: &Self) {
        let is_new = |field: &Field| before.form.shown_error(*field).is_none();
        let mut news = self.form.fields().into_iter().filter(is_new);
        if let Some((field, error)) = news.find_map(|field| Some((field, self.form.shown_error(field)?))) {
            self.announce(Announcement::Error(field, error));
        }
    }

    fn complain(&mut self) {
        self.form.submit();
        self.submission = Submission::Idle;
        self.announce(Announcement::Problems(self.form.problems()));
    }

    fn announce(&mut self, announcement: Announcement) {
        let number = self.announcement.as_ref().map_or(0, |(number, _)| number + 1);
        self.announcement = Some((number, announcement));
    }

    fn begin(&mut self, attempt: String, stage: Stage) {
        // The guard against a second try: whatever the views do, one is enough.
        if !self.submission.blocks() {
            self.submission = Submission::Working { attempt, stage };
            self.announcement = None;
        }
    }

    fn advance(&mut self, stage: Stage) {
        if let Some(attempt) = self.submission.attempt().map(str::to_owned) {
            self.submission = Submission::Working { attempt, stage };
        }
    }

    fn learn(&mut self, attempt: AttemptView) {
        match attempt.status {
            AttemptStatus::Processing | AttemptStatus::Checking => {
                self.submission = Submission::Working { attempt: attempt.id, stage: Stage::Checking };
            }
            AttemptStatus::Succeeded => {
                self.submission = Submission::Paid(attempt.receipt);
                for field in [Field::Number, Field::Expiry, Field::Cvc] {
                    self.form.forget(field);
                }
            }
            AttemptStatus::Declined => {
                let decline = attempt.decline.unwrap_or_else(|| DeclineView {
                    code: "generic_decline".to_owned(),
                    category: DeclineCategory::Generic,
                    retryable: false,
                });
                let saved = matches!(self.choice, Some(Choice::Saved(_)));
                self.decline(decline, saved);
            }
            AttemptStatus::Failed => self.submission = Submission::Failed(Trouble::WentWrong),
        }
    }

    fn decline(&mut self, decline: DeclineView, saved: bool) {
        if !saved {
            // A security code may not be kept for another try (PCI DSS 3.3.1): the field is emptied.
            self.form.forget(Field::Cvc);
            let error = match decline.category {
                DeclineCategory::IncorrectNumber => Some((Field::Number, FieldError::NumberRefused)),
                DeclineCategory::IncorrectCvc => Some((Field::Cvc, FieldError::CvcRefused)),
                DeclineCategory::ExpiredCard => Some((Field::Expiry, FieldError::ExpiryPast)),
                DeclineCategory::IncorrectAddress => {
                    Some((Field::Address(Part::PostalCode), FieldError::AddressRefused))
                }
                _ => None,
            };
            if let Some((field, error)) = error {
                self.form.refuse(field, error);
            }
        }
        self.submission = Submission::Declined { decline, saved };
    }
}
