//! The root of the state: one reducer, made of smaller ones.

use std::rc::Rc;

use super::saved::{account, can_choose, card};
use super::{
    Action, Agreement, Announcement, Asks, Field, FieldError, Form, LoadFailure, Plan, Stage, Submission,
    Terms, Trouble,
};
use crate::i18n::Strings;
use paydesk_domain::address::{Address, Part};
use paydesk_domain::attempt::AttemptStatus;
use paydesk_domain::bank::BankPart;
use paydesk_domain::decline::DeclineCategory;
use paydesk_domain::wire::billing::{
    AttemptView, CheckoutView, ConsentView, DeclineView, MandateTextView, SessionStatus,
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
    /// A saved card or bank account, by its id.
    Saved(String),
    /// A card that is typed in.
    NewCard,
    /// A bank account that is typed in.
    NewBank,
}

/// Everything that the views draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checkout {
    /// The words of another language than English, once they came.
    pub words: Option<&'static Strings>,
    /// English in the organization's own words, where it has some.
    pub english: Option<&'static Strings>,
    /// The session.
    pub load: Load,
    /// The session once more, where the page has asked for what is agreed to in another language than at first.
    pub translated: Option<Rc<CheckoutView>>,
    /// The mandate that a debit needs.
    pub agreement: Agreement,
    /// The chosen method.
    pub choice: Option<Choice>,
    /// The chosen way to pay.
    pub plan: Plan,
    /// The form for a new method.
    pub form: Form,
    /// Whether the form was open at some time: from then on it stays in the document.
    pub form_opened: bool,
    /// The try to pay.
    pub submission: Submission,
    /// What the live region says of the form, with a number so that the same text is said again.
    pub announcement: Option<(u32, Announcement)>,
    /// How much credit the try used that has succeeded, minor units.
    pub credit_spent: i64,
    /// How many things the page has to be told so far: opened, failed, paid, refused. Each is told once.
    pub outcomes: u32,
}

impl Checkout {
    /// The session, once it is open.
    pub fn view(&self) -> Option<&Rc<CheckoutView>> {
        match &self.load {
            Load::Ready(view) => Some(view),
            _ => None,
        }
    }

    /// The words of English.
    pub fn english(&self) -> &'static Strings {
        self.english.unwrap_or_else(Strings::english)
    }

    /// What is agreed to by saving what the form asks for, as it is shown.
    pub fn consent<'a>(&'a self, view: &'a CheckoutView) -> &'a ConsentView {
        let view = self.translated.as_deref().unwrap_or(view);
        match (&view.bank, self.form.asks) {
            (Some(bank), Asks::Bank(_)) => &bank.consent,
            _ => &view.consent,
        }
    }

    /// True when what is chosen is a bank account.
    pub fn is_debit(&self) -> bool {
        match (&self.choice, self.view()) {
            (Some(Choice::NewBank), _) => true,
            (Some(Choice::Saved(id)), Some(view)) => account(view, id).is_some(),
            _ => false,
        }
    }

    /// The terms of the mandate that has to be shown now, where it was not asked for yet.
    pub fn unasked_terms(&self) -> Option<Terms> {
        self.view()?;
        let save = match self.form.asks {
            Asks::Bank(_) => self.saves(),
            Asks::Saved(needs) if needs.mandate => true,
            _ => return None,
        };
        let terms = Terms { holder: self.form.holder, save, amount: self.due_now() };
        (self.agreement.terms() != Some(terms)).then_some(terms)
    }

    /// True when pressing Pay would send a payment.
    pub fn can_pay(&self) -> bool {
        let chosen = match &self.choice {
            _ if self.is_covered() => true,
            None => false,
            Some(Choice::Saved(id)) => self.view().is_some_and(|view| can_choose(view, id)),
            Some(Choice::NewCard | Choice::NewBank) => self.form.asks.is_new(),
        };
        let chosen = chosen && self.form.is_complete() && !self.cannot_save() && !self.is_off_sale();
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
            Action::Words(words) => {
                next.words = Some(words);
                next.take_own_words();
            }
            Action::Translated(view) => next.translated = Some(view),
            Action::AskMandate(terms) => next.ask_mandate(terms),
            Action::Mandate(terms, text) => next.take_mandate(terms, text),
            Action::Choose(_) | Action::ChoosePlan(_) if self.submission.blocks() => {}
            Action::Choose(choice) => {
                if next.choice.as_ref() != Some(&choice) {
                    // They are another card's: its fields are new ones.
                    next.form.forget(Field::Renewal);
                    next.form.forget(Field::Code);
                }
                next.choice = Some(choice);
                next.fit_form();
                next.clear_result();
            }
            Action::ChoosePlan(id) => next.choose_plan(id),
            Action::Missed(day) => next.learn_missed(day),
            Action::Complain => next.complain(),
            Action::Begin { attempt, stage } => next.begin(attempt, stage),
            Action::Advance(stage) => next.advance(stage),
            Action::Updated(card) => next.take_updated(*card),
            Action::Attempt(attempt) => next.learn(*attempt),
            Action::CardRefused(decline) => next.decline(decline, false),
            Action::Fail(trouble) => next.fail(trouble),
            Action::Refuse(field, error) => {
                next.form.refuse(field, error);
                let is_address = matches!(field, Field::Address(_));
                let trouble = if is_address { Trouble::AddressRefused } else { Trouble::NotUpdated };
                next.submission = Submission::Failed(trouble);
            }
            Action::GiveUp => {
                if let Some(attempt) = self.submission.attempt().map(str::to_owned) {
                    next.submission = Submission::Unknown { attempt };
                }
            }
            Action::Credit(credit) => next.use_credit(credit),
            Action::Part(part) => next.pay_part(part),
            Action::Amount(amount) => next.take_amount(amount),
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
        let has_ended = |state: &Self| {
            use Submission as S;
            !matches!(state.submission, S::Idle | S::Working { .. } | S::Challenged { .. })
        };
        let failed = matches!(self.load, Load::Failed(_));
        (is_open(self) && !is_open(before))
            || (failed && !matches!(before.load, Load::Failed(_)))
            || (has_ended(self) && !has_ended(before))
    }

    fn open(&mut self, view: Rc<CheckoutView>) {
        let chosen_is_there = match &self.choice {
            Some(Choice::Saved(id)) => can_choose(&view, id),
            Some(Choice::NewCard) => true,
            Some(Choice::NewBank) => view.bank.is_some(),
            None => false,
        };
        if !chosen_is_there {
            let cards = view.methods.iter().map(|method| &method.id);
            let mut saved = cards.chain(view.accounts.iter().map(|account| &account.id));
            let best =
                saved.find(|id| can_choose(&view, id) && card(&view, id).is_none_or(|card| !card.expired));
            self.choice = Some(best.map_or(Choice::NewCard, |id| Choice::Saved(id.clone())));
        }
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
        self.translated = None;
        // A mandate names what is paid, which may be another amount now.
        self.ask_mandate(None);
        self.load = match view.session.status {
            SessionStatus::Expired => Load::Failed(LoadFailure::Expired),
            _ => Load::Ready(view),
        };
        self.take_own_words();
        self.fit_form();
    }

    /// Lets the form ask for what the choice needs.
    pub(super) fn fit_form(&mut self) {
        self.fit_amount();
        let due_now = self.due_now();
        let is_covered = self.is_covered();
        let Load::Ready(view) = &self.load else {
            return;
        };
        let offered = view.bank.as_ref().and_then(|bank| bank.kind.rail());
        let saved = |id: &String| match (card(view, id), account(view, id)) {
            (Some(card), _) => Asks::of_card(view, card, due_now),
            (_, Some(account)) => Asks::of_account(account),
            _ => Asks::Nothing,
        };
        let (asks, id) = match &self.choice {
            _ if is_covered => (Asks::Nothing, None),
            Some(Choice::NewCard) => (Asks::Card, None),
            Some(Choice::NewBank) => (offered.map_or(Asks::Nothing, Asks::Bank), None),
            Some(Choice::Saved(id)) => (saved(id), Some(id.as_str())),
            None => (Asks::Nothing, None),
        };
        self.form.show_address_of(id.filter(|_| asks.has_address()), || {
            let known = id.and_then(|id| card(view, id)?.billing_address.clone());
            known.unwrap_or_else(|| Address {
                country: view.organization.country.clone(),
                ..Address::default()
            })
        });
        self.form.ask(asks);
        self.form_opened |= asks != Asks::Nothing;
    }

    /// Says what the organization says in its own words, whichever came first: the session, or a language's words.
    #[inline(never)]
    fn take_own_words(&mut self) {
        if let Load::Ready(view) = &self.load
            && let Some(own) = &view.words
        {
            let own = own.clone().leak();
            self.english = Some(self.english().in_words_of(own));
            self.words = self.words.map(|words| words.in_words_of(own));
        }
    }

    fn ask_mandate(&mut self, terms: Option<Terms>) {
        self.agreement = terms.map_or(Agreement::Unasked, Agreement::Asked);
        self.form.agreed = false;
    }

    fn take_mandate(&mut self, terms: Terms, text: Option<Rc<MandateTextView>>) {
        // An answer to a question that is no longer asked says nothing.
        if matches!(self.agreement, Agreement::Asked(asked) if asked == terms) {
            self.agreement = text.map_or(Agreement::Failed(terms), |text| Agreement::Here(terms, text));
        }
    }

    fn edit(&mut self, action: Action) {
        let own_address = self.view().and_then(|view| view.account_address.clone());
        if self.form.take(action, own_address) {
            self.clear_result();
        }
    }

    /// The word about the last try goes when the person acts on it.
    pub(super) fn clear_result(&mut self) {
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

    pub(super) fn announce(&mut self, announcement: Announcement) {
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
        // The bank's page stays until the server has decided, or the payer calls it off.
        if matches!(self.submission, Submission::Challenged { .. }) && stage == Stage::Checking {
            return;
        }
        if let Some(attempt) = self.submission.attempt().map(str::to_owned) {
            self.submission = Submission::Working { attempt, stage };
        }
    }

    fn learn(&mut self, attempt: AttemptView) {
        match attempt.status {
            AttemptStatus::Processing | AttemptStatus::Checking | AttemptStatus::RequiresAction => {
                self.wait_for(attempt);
            }
            AttemptStatus::Succeeded => {
                self.learn_next(attempt.next, attempt.follow_up);
                self.credit_spent = attempt.credit.unwrap_or_default();
                self.submission = match attempt.receipt {
                    None if attempt.amount == 0 => Submission::Agreed,
                    receipt => Submission::Paid(receipt.map(Rc::new)),
                };
                for field in Field::ALL {
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
            AttemptStatus::Failed => self.fail(Trouble::WentWrong),
        }
    }

    /// Not decided yet: by the processor, or by the payer at their bank.
    fn wait_for(&mut self, attempt: AttemptView) {
        // An answer from before the payer called it off does not bring the bank's page back: it is called off until it is decided.
        if matches!(self.submission, Submission::Working { stage: Stage::CallingOff, .. }) {
            return;
        }
        let page = attempt.challenge.filter(|challenge| challenge.url.starts_with("http"));
        self.submission = match page {
            Some(challenge) => Submission::Challenged { attempt: attempt.id, url: challenge.url },
            None => Submission::Working { attempt: attempt.id, stage: Stage::Checking },
        };
    }

    fn decline(&mut self, decline: DeclineView, saved: bool) {
        // A security code may not be kept for another try (PCI DSS 3.3.1): its field is emptied.
        self.form.forget(Field::Cvc);
        self.form.forget(Field::Code);
        self.fit_form();
        if let Some((field, error)) = self.at_fault(&decline) {
            self.form.refuse(field, error);
        }
        self.submission = Submission::Declined { decline, saved };
    }

    /// No money moved, and what a saved card lacked before this try it may no longer lack.
    fn fail(&mut self, trouble: Trouble) {
        self.submission = Submission::Failed(trouble);
        self.fit_form();
    }

    /// The field that a refusal is about, where the form asks for it.
    fn at_fault(&self, decline: &DeclineView) -> Option<(Field, FieldError)> {
        let needs = self.form.asks.needs();
        let fields = self.form.fields();
        let (field, error) = match decline.category {
            DeclineCategory::IncorrectNumber if self.is_debit() => {
                // A Canadian bank is named by two numbers: the processor does not say which of them is wrong.
                let of_bank = fields.first().copied().filter(|_| decline.code.starts_with("routing"));
                (of_bank.unwrap_or(Field::Bank(BankPart::Account)), FieldError::NumberRefused)
            }
            DeclineCategory::IncorrectNumber => (Field::Number, FieldError::NumberRefused),
            DeclineCategory::IncorrectCvc => {
                (if needs.code { Field::Code } else { Field::Cvc }, FieldError::CvcRefused)
            }
            DeclineCategory::ExpiredCard => {
                (if needs.expiry { Field::Renewal } else { Field::Expiry }, FieldError::ExpiryPast)
            }
            DeclineCategory::IncorrectAddress => {
                (Field::Address(Part::PostalCode), FieldError::AddressRefused)
            }
            _ => return None,
        };
        fields.contains(&field).then_some((field, error))
    }
}
