//! States of the checkout for the tests of its views.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "every test file uses a part of it")]

use std::rc::Rc;

use paydesk::flow::Desk;
use paydesk::i18n::Strings;
use paydesk::state::{Action, Checkout, Choice};
use paydesk::view::{CheckoutProps, Initial};
use paydesk_domain::wire::billing::{AttemptView, CheckoutView};
use yew::{AttrValue, Callback};

/// A golden document.
pub fn document(name: &str) -> String {
    let path = format!("{}/tests/data/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// A session as the server would tell it.
pub fn view(name: &str) -> CheckoutView {
    serde_json::from_str(&document(name)).unwrap()
}

/// A try as the server would tell it.
pub fn attempt(name: &str) -> AttemptView {
    serde_json::from_str(&document(name)).unwrap()
}

/// An open session after these actions.
pub fn after(name: &str, actions: impl IntoIterator<Item = Action>) -> Checkout {
    let open = Checkout::default().apply(Action::Loaded(Rc::new(view(name))));
    actions.into_iter().fold(open, |state, action| state.apply(action))
}

/// The form for a new card, open, with the rules of its country.
pub fn new_card(actions: impl IntoIterator<Item = Action>) -> Checkout {
    after("checkout_open", [Action::Choose(Choice::NewCard), rules("CA")].into_iter().chain(actions))
}

/// The form for a new bank account, open, with the rules of its country and the mandate.
pub fn new_bank(name: &str, actions: impl IntoIterator<Item = Action>) -> Checkout {
    let country = view(name).organization.country;
    let open = after(name, [Action::Choose(Choice::NewBank), rules(&country)]);
    actions.into_iter().fold(with_mandate(&open), |state, action| state.apply(action))
}

/// The same state with the mandate that it needs.
pub fn with_mandate(state: &Checkout) -> Checkout {
    let terms = state.unasked_terms().unwrap();
    let text = serde_json::from_str(&document("mandate_pad")).unwrap();
    state.apply(Action::AskMandate(Some(terms))).apply(Action::Mandate(terms, Some(Rc::new(text))))
}

/// The rules of a country.
pub fn rules(country: &str) -> Action {
    Action::Rules(Rc::new(paydesk_domain::address::built_in(country).unwrap()))
}

/// The root component's properties for a state and a language.
pub fn props(state: Checkout, locale: &str) -> CheckoutProps {
    let french = locale.starts_with("fr").then(|| Strings::english().learn(paydesk_words::FRENCH.file()));
    let state = french.map_or_else(|| state.clone(), |words| state.apply(Action::Words(words)));
    CheckoutProps {
        desk: Desk::new("cs_test", "http://localhost:4000", locale),
        asked_locale: Some(AttrValue::from(locale.to_owned())),
        browser_locale: AttrValue::Static("en"),
        command: None,
        on_event: Callback::noop(),
        initial: Some(Initial(Rc::new(state))),
    }
}
