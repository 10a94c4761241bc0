//! Opens the session, and takes up a try that was under way when the page was last closed.

use std::rc::Rc;

use paydesk_domain::wire::error::ErrorCode;
use yew::platform::spawn_local;

use super::{Desk, follow, learn_words, load_mandate, load_rules};
use crate::client::Refusal;
use crate::state::{Action, LoadFailure, Store};

/// Opens the session.
pub fn load(desk: &Desk, store: &Store) {
    let (desk, store) = (desk.clone(), store.clone());
    spawn_local(async move { run(&desk, &store).await });
}

pub(super) async fn run(desk: &Desk, store: &Store) {
    match desk.billing().checkout(&desk.language()).await {
        Ok(view) => {
            // Asked for together with the program, so that they are here already, or about to come.
            let asked = desk.language();
            learn_words::run(store, if asked.is_empty() { &view.session.locale } else { &asked }).await;
            store.dispatch(Action::Loaded(Rc::new(view)));
            load_rules(store);
            load_mandate(desk, store);
            if store.now().submission.attempt().is_some() {
                follow(desk, store);
            }
        }
        Err(refusal) => store.dispatch(Action::LoadFailed(failure(&refusal))),
    }
}

pub(super) fn failure(refusal: &Refusal) -> LoadFailure {
    match refusal {
        Refusal::Problem { code: Some(ErrorCode::SessionExpired), .. } => LoadFailure::Expired,
        Refusal::Problem { status: 400..=404, .. } => LoadFailure::Invalid,
        _ => LoadFailure::Unreachable,
    }
}
