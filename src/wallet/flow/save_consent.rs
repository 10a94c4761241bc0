//! Saves something that was agreed to as a file.

use yew::platform::spawn_local;

use super::load_consents::failure;
use super::{Desk, Place};
use crate::client::plain;

/// Saves it: what is read at its address, the boot script makes a file of.
pub fn save_consent(desk: &Desk, store: &Place, id: &str) {
    let (desk, store, id) = (desk.clone(), store.clone(), id.to_owned());
    spawn_local(async move {
        if let Err(refusal) = desk.client.read(&["/consents/", plain(&id), "/document"]).await {
            store.dispatch(failure(&refusal));
        }
    });
}
