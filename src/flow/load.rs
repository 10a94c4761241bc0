//! Opens the session, and takes up a try that was under way when the page was last closed.

use std::rc::Rc;

use paydesk_domain::wire::error::ErrorCode;
use yew::platform::spawn_local;

use super::{Desk, follow, is_read, learn, load_consent, load_mandate, load_rules};
use crate::client::Refusal;
use crate::state::{Action, LoadFailure, Store};

/// Opens the session.
pub fn load(desk: &Desk, store: &Store) {
    let (desk, store) = (desk.clone(), store.clone());
    spawn_local(async move { run(&desk, &store).await });
}

pub(super) async fn run(desk: &Desk, store: &Store) {
    let asked = desk.language();
    match desk.billing().checkout(&asked).await {
        Ok(view) => {
            // Asked for together with the program, so that they are here already, or about to come.
            learn(store, if asked.is_empty() { &view.session.locale } else { &asked }).await;
            let language = view.consent.locale.clone();
            store.dispatch(Action::Loaded(Rc::new(view)));
            load_rules(store);
            load_mandate(desk, store);
            translate(desk, store, &asked, &language);
            if store.now().submission.attempt().is_some() {
                follow(desk, store);
            }
        }
        Err(refusal) => store.dispatch(Action::LoadFailed(failure(&refusal))),
    }
}

/// Asks once more for what is agreed to, where its `language` is not the one that is read: the page has changed its own since
/// it `asked`, or no words came for it, and English is read.
fn translate(desk: &Desk, store: &Store, asked: &str, language: &str) {
    let now = desk.language();
    if *now != *asked {
        load_consent(desk, store, &now);
    } else if !is_read(store, language) {
        load_consent(desk, store, "en");
    }
}

pub(super) fn failure(refusal: &Refusal) -> LoadFailure {
    match refusal {
        Refusal::Problem { code: Some(ErrorCode::SessionExpired), .. } => LoadFailure::Expired,
        Refusal::Problem { status: 400..=404, .. } => LoadFailure::Invalid,
        _ => LoadFailure::Unreachable,
    }
}
