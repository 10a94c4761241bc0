//! Speaks another language when the page has changed its own: asks for its words, and for the text that is agreed to.

use std::rc::Rc;

use yew::platform::spawn_local;

use super::{Desk, is_read, learn, load_mandate};
use crate::state::{Action, Store};

/// Speaks `language` from now on, and brings the consent in it; in English, where there are no words for the rest of the page.
/// Should it not come, the old one stays, which says in which language it is, and which is what is agreed to.
pub fn load_consent(desk: &Desk, store: &Store, language: &str) {
    desk.speak(language);
    let (desk, store) = (desk.clone(), store.clone());
    spawn_local(async move { run(&desk, &store).await });
}

async fn run(desk: &Desk, store: &Store) {
    let asked = desk.language();
    // While the session is asked for, it is whoever asks that sees to it.
    let Some(view) = store.now().view().cloned() else {
        return;
    };
    let language = if asked.is_empty() { &view.session.locale } else { &*asked };
    learn(store, language).await;
    // Changed once more meanwhile: that question brings its own answer.
    if desk.language() != asked {
        return;
    }
    if !is_read(store, language) {
        desk.speak("en");
    }
    store.dispatch(Action::AskMandate(None));
    load_mandate(desk, store);
    if !view.session.may_save && view.save_refused_because.is_none() {
        return;
    }
    let asked = desk.language();
    if let Ok(view) = desk.billing().checkout(&asked).await
        && desk.language() == asked
    {
        store.dispatch(Action::Translated(Rc::new(view)));
    }
}
