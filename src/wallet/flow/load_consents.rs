//! Loads what was ever agreed to, when the client asks for it, and the next ones after that.

use yew::platform::spawn_local;

use super::read::barrier;
use super::{Desk, Place};
use crate::client::plain;
use crate::wallet::client::{Refusal, read_consents};
use crate::wallet::state::{Action, OfConsents, Trouble};

/// Loads the first ones, or those that come next.
pub fn load_consents(desk: &Desk, store: &Place) {
    let state = store.now();
    let Some(consents) = state.consents.as_ref().filter(|consents| !consents.busy) else {
        return;
    };
    let (desk, store, next) = (desk.clone(), store.clone(), consents.next.clone());
    store.dispatch(Action::Consents(OfConsents::Ask));
    spawn_local(async move {
        let (with, next) = next.as_deref().map_or(("", ""), |next| ("?cursor=", plain(next)));
        let answer = desk.client.read(&["/consents", with, next]).await;
        store.dispatch(match answer.and_then(|answer| read_consents(&answer).ok_or(Refusal::Silence)) {
            Ok((list, next)) => Action::Consents(OfConsents::Read(list, next)),
            Err(refusal) => failure(&refusal),
        });
    });
}

/// What a refusal is to the page of what was agreed to.
pub(super) fn failure(refusal: &Refusal) -> Action {
    match refusal {
        Refusal::Problem { status: 401 | 403, .. } => Action::Barred(barrier(refusal)),
        Refusal::Silence => Action::Consents(OfConsents::Fail(Trouble::Lost)),
        Refusal::Problem { .. } => Action::Consents(OfConsents::Fail(Trouble::WentWrong)),
    }
}
