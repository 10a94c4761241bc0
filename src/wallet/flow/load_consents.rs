//! Loads what was ever agreed to, when the client asks for it, and the next ones after that; or one of them, as a file.

use wasm_bindgen::JsValue;
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
    let (with, next) = consents.next.as_deref().map_or(("", ""), |next| ("?cursor=", plain(next)));
    store.dispatch(Action::Consents(OfConsents::Ask));
    load(desk, store, ["/consents", with, next].concat(), |answer| {
        let (list, next) = read_consents(answer)?;
        Some(OfConsents::Read(list, next))
    });
}

/// Saves one of them: of what is read at its address the boot script makes a file.
pub fn save_consent(desk: &Desk, store: &Place, id: &str) {
    load(desk, store, ["/consents/", plain(id), "/document"].concat(), |_| Some(OfConsents::Saved));
}

fn load(desk: &Desk, store: &Place, path: String, take: fn(&JsValue) -> Option<OfConsents>) {
    let (desk, store) = (desk.clone(), store.clone());
    spawn_local(async move {
        let answer = desk.client.read(&path).await;
        store.dispatch(match answer.and_then(|answer| take(&answer).ok_or(Refusal::Silence)) {
            Ok(action) => Action::Consents(action),
            Err(refusal @ Refusal::Problem { status: 401 | 403, .. }) => Action::Barred(barrier(&refusal)),
            Err(Refusal::Silence) => Action::Consents(OfConsents::Fail(Trouble::Lost)),
            Err(Refusal::Problem { .. }) => Action::Consents(OfConsents::Fail(Trouble::WentWrong)),
        });
    });
}
