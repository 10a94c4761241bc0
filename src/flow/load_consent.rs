//! Speaks another language when the page has changed its own: asks for its words, and for the text that is agreed to.

use std::rc::Rc;

use yew::platform::spawn_local;

use super::{Desk, learn_words, load_mandate};
use crate::state::{Action, Store};

/// Speaks `language` from now on, and brings the consent in it. Should it not come, the old one stays, which says in
/// which language it is, and which is what is agreed to.
pub fn load_consent(desk: &Desk, store: &Store, language: &str) {
    desk.speak(language);
    let state = store.now();
    let own = state.view().map_or("", |view| &view.session.locale);
    learn_words(store, if language.is_empty() { own } else { language });
    store.dispatch(Action::AskMandate(None));
    load_mandate(desk, store);
    if store.now().view().is_none_or(|view| !view.session.may_save) {
        return;
    }
    let (desk, store) = (desk.clone(), store.clone());
    spawn_local(async move {
        let asked = desk.language();
        if let Ok(view) = desk.billing().checkout(&asked).await
            // Changed once more meanwhile: that question brings its own answer.
            && desk.language() == asked
        {
            store.dispatch(Action::Translated(Rc::new(view)));
        }
    });
}
