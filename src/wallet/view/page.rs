//! Turns what happens in the page into actions and flows.

use std::cell::RefCell;
use std::rc::Rc;

use paydesk_domain::return_code::Rail;
use paydesk_domain::wire::wallet::WalletMethodView;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

use crate::i18n::pieces;
use crate::state::{self as form, Asks, Field as Of, Form};
use crate::view::document::{self, by_id};
use crate::view::dom;
use crate::wallet::flow::{self, Desk, Place};
use crate::wallet::state::{
    ACCOUNTS, Action, CARDS, CHALLENGE, CODE_DIGITS, Field, HIDE_CONSENTS, New, OfConsents, Panel, Phase,
    Plans, SHOW_CONSENTS, TITLE, Wallet, Work,
};

use super::new;

/// What the handlers work with.
#[derive(Debug)]
pub(super) struct Page {
    pub desk: Desk,
    pub store: Place,
    /// The fields of the card or account that is being saved: emptied when that is over, wherever they are then.
    pub secrets: RefCell<Vec<HtmlInputElement>>,
}

impl Page {
    /// What a person did, by the kind of the event and the id of its target.
    pub fn happened(&self, event: &Event) {
        let Some(target) = document::target(event) else {
            return;
        };
        match event.type_().as_str() {
            "submit" => {
                event.prevent_default();
                self.send();
            }
            "click" => self.press(&target.id()),
            "focusout" => {
                let field = Field::of_id(&target.id());
                if field == Some(Field::Email) {
                    self.store.dispatch(Action::Email(None));
                } else if let Some(field) = field.and_then(Field::of_form).filter(|_| self.is_new()) {
                    self.fill(form::Action::Leave(field));
                }
            }
            _ => self.take_in(&target, Some(event)),
        }
    }

    /// Puts the focus where a client begins.
    pub fn focus_start(&self) {
        let state = self.store.now();
        document::focus(match state.phase {
            Phase::Entering => Field::Code.id(),
            _ if state.verification.is_some() => CHALLENGE,
            _ => TITLE,
        });
    }

    fn is_new(&self) -> bool {
        self.store.now().panel.as_ref().is_some_and(|panel| panel.form().is_some())
    }

    fn fill(&self, action: form::Action) {
        self.store.dispatch(Action::Fill(Box::new(action)));
    }

    /// Takes in a field of a new card or bank account, as the checkout does.
    fn take_in_new(&self, input: &HtmlInputElement, event: Option<&Event>) {
        let state = self.store.now();
        let form = state.panel.as_ref().and_then(|panel| panel.form());
        if input.id() == Field::Email.id() {
            return self.store.dispatch(Action::Email(Some(input.value())));
        }
        if let (Some(form), Some(field)) = (form, Field::of_id(&input.id()).and_then(Field::of_form)) {
            let country = |state: &Wallet| {
                state.panel.as_ref().and_then(Panel::address).map(|address| address.country().to_owned())
            };
            dom::typed(form, field, input, event, |action| self.fill(action));
            if country(&state) != country(&self.store.now()) {
                flow::load_rules(&self.store);
            }
        }
    }

    fn take_in(&self, input: &HtmlInputElement, event: Option<&Event>) {
        if self.is_new() {
            return self.take_in_new(input, event);
        }
        let Some(field) = Field::of_id(&input.id()) else {
            if input.type_() == "radio" {
                let value = input.value();
                self.store.dispatch(match Plans::parse(&value) {
                    Some(plans) => Action::Choose(plans),
                    None => Action::ChooseOther(value),
                });
            }
            return;
        };
        match field {
            Field::Code => {
                // Whatever is pasted around the digits goes. The text stays in its field.
                let text = input.value();
                let digits = digits_of(&text);
                if digits != text && !event.is_some_and(dom::is_composing) {
                    input.set_value(&digits);
                }
                let entry = &self.store.now().entry;
                if entry.error.is_some() || entry.resent {
                    self.store.dispatch(Action::Code);
                }
            }
            Field::Remember => self.store.dispatch(Action::Remember(input.checked())),
            Field::Nickname => self.store.dispatch(Action::Nickname(input.value())),
            Field::Email | Field::Form(_) => {}
        }
    }

    fn send(&self) {
        let state = self.store.now();
        if state.phase == Phase::Entering {
            let code =
                by_id(Field::Code.id()).map(|input| input.unchecked_into::<HtmlInputElement>().value());
            return flow::check_code(&self.desk, &self.store, digits_of(&code.unwrap_or_default()));
        }
        if self.is_new() {
            return self.keep();
        }
        flow::act(&self.desk, &self.store);
    }

    /// Saves the card or bank account that was typed in, or brings a card up to date by it; what is missing is told instead.
    fn keep(&self) {
        let before = self.store.now();
        let fields = before.panel.as_ref().and_then(Panel::form).map(Form::fields).unwrap_or_default();
        // Autofill may have changed them without a sound.
        for id in fields.into_iter().map(Of::id).chain([Field::Email.id()]) {
            if let Some(input) = by_id(id) {
                self.take_in_new(&input.unchecked_into(), None);
            }
        }
        let state = self.store.now();
        let panel = state.panel.as_ref().filter(|panel| !panel.busy);
        let Some(new) = panel.and_then(|panel| panel.new_method()) else {
            return;
        };
        if matches!(panel.map(|panel| &panel.work), Some(Work::Address(_))) {
            return flow::act(&self.desk, &self.store);
        }
        let email = new.asks_email().then(|| new.email.trim().to_owned());
        let typed = if new.is_complete() { dom::read_form(&new.form, email) } else { None };
        let Some(typed) = typed else {
            return self.store.dispatch(Action::Complain);
        };
        *self.secrets.borrow_mut() = dom::secret_fields();
        flow::keep(&self.desk, &self.store, typed);
    }

    /// Opens the panel for a new card or bank account.
    fn begin_new(&self, opener: &str) {
        let state = self.store.now();
        let Some(view) = &state.view else {
            return;
        };
        let country = &view.organization.country;
        let (shelf, asks) = match opener {
            new::ADD_CARD => (CARDS, Some(Asks::Card)),
            _ => (ACCOUNTS, Rail::of_country(country).map(Asks::Bank)),
        };
        let Some(asks) = asks else {
            return;
        };
        let work = Work::Add(Box::new(New::of(asks, &view.client.name, country)));
        self.store.dispatch(Action::Open(Box::new(Panel::new(shelf, opener, work))));
        flow::load_rules(&self.store);
    }

    fn press(&self, id: &str) {
        match *pieces(id, &[':']) {
            ["again"] => flow::enter(&self.desk, &self.store, true),
            [new::ADD_CARD | new::ADD_ACCOUNT] => self.begin_new(id),
            [SHOW_CONSENTS] => {
                self.store.dispatch(Action::Consents(OfConsents::Show));
                flow::load_consents(&self.desk, &self.store);
            }
            [HIDE_CONSENTS] => self.store.dispatch(Action::Consents(OfConsents::Hide)),
            ["more-consents"] => flow::load_consents(&self.desk, &self.store),
            ["download", consent] => flow::save_consent(&self.desk, &self.store, consent),
            ["resend"] => flow::send_again(&self.desk, &self.store),
            ["cancel"] => self.store.dispatch(Action::Cancel),
            [new::OTHER_NUMBER] => self.store.dispatch(Action::OtherNumber),
            ["call-off"] => flow::give_up(&self.desk, &self.store),
            ["retry-address"] => {
                let state = self.store.now();
                if let Some(address) = state.panel.as_ref().and_then(Panel::address) {
                    self.fill(form::Action::Country(address.country().to_owned()));
                    flow::load_rules(&self.store);
                }
            }
            ["toggle", method] => self.store.dispatch(Action::Toggle(method.to_owned())),
            // Offered where removing is refused; its own button is where the focus goes back to.
            ["replace", method, _] => self.begin("replace", method, "", &["replace:", method].concat()),
            [verb, method] => self.begin(verb, method, "", id),
            [verb, method, subject] => self.begin(verb, method, subject, id),
            _ => {}
        }
    }

    /// Opens the panel of what a button is for.
    fn begin(&self, verb: &str, id: &str, subject: &str, opener: &str) {
        let state = self.store.now();
        let Some(work) = state.method(id).and_then(|method| work(&state, method, verb, subject)) else {
            return;
        };
        let at_once = work == Work::MakeDefault;
        self.store.dispatch(Action::Open(Box::new(Panel::new(id, opener, work))));
        if at_once {
            self.send();
        }
        flow::load_rules(&self.store);
    }
}

/// What a button is for.
fn work(state: &Wallet, method: &WalletMethodView, verb: &str, subject: &str) -> Option<Work> {
    Some(match verb {
        "rename" => Work::Rename(method.nickname.clone().unwrap_or_default()),
        "default" => Work::MakeDefault,
        "remove" => Work::Remove { planned: None },
        "update" => {
            let view = state.view.as_ref()?;
            let (can, country) = (view.processor.update_expiry, &view.organization.country);
            Work::Update(Box::new(New::update(method, can, &view.client.name, country)))
        }
        "backup" => Work::BackUp { organization: subject.to_owned() },
        "unback" => {
            let backup = method.backups.iter().find(|backup| backup.id == subject)?;
            let name = state.organization(&backup.organization).map(|known| known.name.clone());
            Work::EndBackup { backup: backup.id.clone(), organization: name.unwrap_or_default() }
        }
        "replace" => Work::Replace { by: None, stuck: None },
        "move" => Work::Move { plan: subject.to_owned(), to: None },
        "authorize" => Work::Authorize { organization: subject.to_owned() },
        "address" => {
            let country = state.view.as_ref().map_or("", |view| &view.organization.country);
            Work::Address(Box::new(New::address(method, country)))
        }
        "revoke" => {
            let given = method.authorizations.iter().find(|given| given.id == subject)?;
            let of_it = method.planned.iter().filter(|payment| payment.organization == given.organization);
            let agreed: Rc<[_]> = of_it.cloned().collect();
            Work::Revoke {
                authorization: given.id.clone(),
                organization: given.name.clone(),
                agreed: Some(agreed).filter(|agreed| !agreed.is_empty()),
                plans: None,
            }
        }
        _ => return None,
    })
}

/// The digits of a code, whatever stands around them.
fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).take(CODE_DIGITS).collect()
}
