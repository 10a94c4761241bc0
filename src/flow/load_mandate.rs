//! Asks for the text that a payer agrees to before a bank account is debited.

use std::rc::Rc;

use yew::platform::spawn_local;

use super::Desk;
use crate::i18n::decimal;
use crate::state::{Action, Store};

/// Loads the mandate that has to be shown now; does nothing when there is none, or when it is there or on its way.
pub fn load_mandate(desk: &Desk, store: &Store) {
    let Some(terms) = store.now().unasked_terms() else {
        return;
    };
    let part = store.now().part_charged().and_then(|amount| usize::try_from(amount).ok());
    let amount = part.map_or_else(String::new, decimal);
    store.dispatch(Action::AskMandate(Some(terms)));
    let (desk, store) = (desk.clone(), store.clone());
    spawn_local(async move {
        let asked = desk.language();
        let answer = desk.billing().mandate(terms.holder, terms.save, &amount, &asked).await;
        // In another language it has been asked for once more: that question brings its own answer.
        if desk.language() == asked {
            store.dispatch(Action::Mandate(terms, answer.ok().map(Rc::new)));
        }
    });
}
