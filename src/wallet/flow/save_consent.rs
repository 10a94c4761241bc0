//! Saves something that was agreed to as a file.

use yew::platform::spawn_local;

use super::load_consents::failure;
use super::{Desk, Place};

/// Saves it.
pub fn save_consent(desk: &Desk, store: &Place, id: &str) {
    let (desk, store, id) = (desk.clone(), store.clone(), id.to_owned());
    spawn_local(async move {
        if let Err(refusal) = desk.client.save_consent(&id).await {
            store.dispatch(failure(&refusal));
        }
    });
}
