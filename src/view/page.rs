//! Turns what happens in the page into actions and flows.

use std::cell::RefCell;

use web_sys::{Event, HtmlInputElement};

use super::{challenge, document, dom};
use crate::flow::{self, Desk};
use crate::state::{Action, Checkout, Field, Store, Submission, Trouble};

/// What the handlers work with.
#[derive(Debug)]
pub(super) struct Page {
    pub desk: Desk,
    pub store: Store,
    /// The fields of the card or account that is being paid with: emptied when it is paid, wherever they are then.
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
                self.pay();
            }
            "click" => {
                // What later payments need stays ticked; the words beside it say why.
                if target.id() == Field::Save.id() && self.store.now().needs_saved().is_some() {
                    event.prevent_default();
                }
                self.press(&target.id());
            }
            "focusout" => {
                if let Some(field) = Field::of_id(&target.id()) {
                    self.store.dispatch(Action::Leave(field));
                }
            }
            _ => {
                let before = self.store.now();
                dom::take_in(&self.store, &target, Some(event));
                let now = self.store.now();
                let unknown = |state: &Checkout| {
                    let address = &state.form.address;
                    (state.form.asks.has_address() && !address.is_known(), address.country().to_owned())
                };
                if unknown(&before) != unknown(&now) {
                    flow::load_rules(&self.store);
                }
                flow::load_mandate(&self.desk, &self.store);
                dom::look_ahead(&self.store);
            }
        }
    }

    fn press(&self, id: &str) {
        match id {
            "reload" => {
                self.store.dispatch(Action::Reload);
                flow::load(&self.desk, &self.store);
            }
            "call-off" => flow::call_off(&self.desk, &self.store),
            "check" => flow::follow(&self.desk, &self.store),
            "retry-mandate" => {
                self.store.dispatch(Action::AskMandate(None));
                flow::load_mandate(&self.desk, &self.store);
            }
            "retry-address" => {
                self.store.dispatch(Action::Country(self.store.now().form.address.country().to_owned()));
                flow::load_rules(&self.store);
            }
            _ => {}
        }
    }

    /// Pays with what is chosen; a form with problems tells them instead.
    pub fn pay(&self) {
        let state = self.store.now();
        if state.submission.blocks() {
            return;
        }
        dom::take_in_all(&self.store);
        dom::look_ahead(&self.store);
        let state = self.store.now();
        if state.cannot_save() {
            return self.store.dispatch(Action::Fail(Trouble::NeedsSaved));
        }
        if state.can_pay()
            && let Some(typed) = dom::read_typed(&state)
        {
            if typed.new.is_some() {
                *self.secrets.borrow_mut() = dom::secret_fields();
            }
            flow::submit(&self.desk, &self.store, typed);
        } else if !state.form.fields().is_empty() {
            self.store.dispatch(Action::Complain);
            let problems = self.store.now().form.problems();
            document::focus(problems.first().map_or(Field::Country, |field| *field).id());
        }
    }

    pub fn focus_start(&self) {
        let state = self.store.now();
        let first = state.form.fields().first().map(|field| field.id());
        let is_asked =
            !matches!(state.submission, Submission::Challenged { .. } | Submission::Unknown { .. });
        document::focus(first.filter(|_| is_asked).unwrap_or_else(|| next_step(&state)));
    }
}

/// Where a payer goes on who has filled in what was asked: the bank's page, or the button.
pub(super) fn next_step(state: &Checkout) -> &'static str {
    match state.submission {
        Submission::Challenged { .. } => challenge::TITLE,
        Submission::Unknown { .. } => "check",
        _ => "pay",
    }
}
