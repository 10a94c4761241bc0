//! Turns what happens in the page into actions and flows.

use std::rc::Rc;

use paydesk_domain::card::digit;
use paydesk_domain::wire::wallet::WalletMethodView;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

use crate::i18n::pieces;
use crate::state::AddressForm;
use crate::view::document::{self, by_id};
use crate::wallet::flow::{self, Desk, Place};
use crate::wallet::state::{Action, Field, Panel, Phase, Plans, Wallet, Work};

/// What the handlers work with.
#[derive(Debug)]
pub(super) struct Page {
    pub desk: Desk,
    pub store: Place,
}

impl Page {
    /// What a person did, by the kind of the event and the id of its target. `called` says what a method is called.
    pub fn happened(&self, event: &Event, called: impl Fn(&WalletMethodView) -> String) {
        let Some(target) = document::target(event) else {
            return;
        };
        match event.type_().as_str() {
            "submit" => {
                event.prevent_default();
                self.send(called);
            }
            "click" => self.press(&target.id(), called),
            "focusout" => {
                if let Some(Field::Address(part)) = Field::of_id(&target.id()) {
                    self.store.dispatch(Action::Leave(part));
                }
            }
            _ => self.take_in(&target),
        }
    }

    /// Puts the focus where a client begins.
    pub fn focus_start(&self) {
        document::focus(match self.store.now().phase {
            Phase::Entering => Field::Code.id(),
            _ => crate::wallet::state::TITLE,
        });
    }

    fn take_in(&self, input: &HtmlInputElement) {
        let Some(field) = Field::of_id(&input.id()) else {
            if let Some(plans) = Plans::parse(&input.value()).filter(|_| input.type_() == "radio") {
                self.store.dispatch(Action::Choose(plans));
            }
            return;
        };
        match field {
            Field::Code => {
                // Whatever is pasted around the digits goes. The text stays in its field.
                let text = input.value();
                let digits: String = text.chars().filter(char::is_ascii_digit).take(6).collect();
                if digits != text {
                    input.set_value(&digits);
                }
                if digits.len() != self.store.now().entry.digits || self.store.now().entry.error.is_some() {
                    self.store.dispatch(Action::Code(digits.len()));
                }
            }
            Field::Remember => self.store.dispatch(Action::Remember(input.checked())),
            Field::Nickname => self.store.dispatch(Action::Nickname(input.value())),
            Field::Country => {
                let country = input.value();
                let is_same = self.address(|form| form.country() == country);
                // Told twice by browsers, as input and as change.
                if is_same == Some(false) {
                    self.store.dispatch(Action::Country(country));
                    flow::load_rules(&self.store);
                }
            }
            Field::Address(part) => self.store.dispatch(Action::Part(part, input.value())),
        }
    }

    fn address<T>(&self, read: impl FnOnce(&AddressForm) -> T) -> Option<T> {
        self.store.now().panel.as_ref().and_then(Panel::address).map(read)
    }

    fn send(&self, called: impl Fn(&WalletMethodView) -> String) {
        let state = self.store.now();
        if state.phase == Phase::Entering {
            let code =
                by_id(Field::Code.id()).map(|input| input.unchecked_into::<HtmlInputElement>().value());
            let code: String =
                code.unwrap_or_default().chars().filter(|sign| digit(*sign).is_some()).collect();
            return flow::check_code(&self.desk, &self.store, code);
        }
        let method = state.panel.as_ref().and_then(|panel| state.method(&panel.method));
        flow::act(&self.desk, &self.store, method.map(called).unwrap_or_default());
    }

    fn press(&self, id: &str, called: impl Fn(&WalletMethodView) -> String) {
        match *pieces(id, &[':']) {
            ["again"] => flow::enter(&self.desk, &self.store),
            ["resend"] => flow::send_again(&self.desk, &self.store),
            ["cancel"] => self.store.dispatch(Action::Cancel),
            ["retry-address"] => {
                if let Some(country) = self.address(|form| form.country().to_owned()) {
                    self.store.dispatch(Action::Country(country));
                    flow::load_rules(&self.store);
                }
            }
            ["toggle", method] => self.store.dispatch(Action::Toggle(method.to_owned())),
            [verb, method] => self.begin(verb, method, "", id, called),
            [verb, method, subject] => self.begin(verb, method, subject, id, called),
            _ => {}
        }
    }

    /// Opens the panel of what a button is for.
    fn begin(
        &self,
        verb: &str,
        id: &str,
        subject: &str,
        opener: &str,
        called: impl Fn(&WalletMethodView) -> String,
    ) {
        let state = self.store.now();
        let Some(work) = state.method(id).and_then(|method| work(&state, method, verb, subject)) else {
            return;
        };
        let at_once = work == Work::MakeDefault;
        self.store.dispatch(Action::Open(Box::new(Panel::new(id, opener, work))));
        if at_once {
            self.send(called);
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
        "authorize" => Work::Authorize { organization: subject.to_owned() },
        "address" => {
            let address = method.billing_address.clone().unwrap_or_else(|| {
                let country = state.view.as_ref().map(|view| view.organization.country.clone());
                paydesk_domain::address::Address {
                    country: country.unwrap_or_default(),
                    ..Default::default()
                }
            });
            Work::Address {
                form: AddressForm::default().filled_with(address),
                left: Vec::new(),
                refused: None,
            }
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
