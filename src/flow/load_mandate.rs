//! Asks for the text that a payer agrees to before a bank account is debited.

use std::rc::Rc;

use yew::platform::spawn_local;

use super::Desk;
use crate::state::{Action, Store};

/// Loads the mandate that has to be shown now; does nothing when there is none, or when it is there or on its way.
pub fn load_mandate(desk: &Desk, store: &Store) {
    let Some(terms) = store.now().unasked_terms() else {
        return;
    };
    store.dispatch(Action::AskMandate(Some(terms)));
    let (desk, store) = (desk.clone(), store.clone());
    spawn_local(async move {
        let asked = desk.language();
        let answer = desk.billing().mandate(terms.holder, terms.save, &asked).await;
        // In another language it has been asked for once more: that question brings its own answer.
        if desk.language() == asked {
            store.dispatch(Action::Mandate(terms, answer.ok().map(Rc::new)));
        }
    });
}
