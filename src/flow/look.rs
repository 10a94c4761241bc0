//! Asks once where a challenge stands, because something happened at the bank: a hint, which only the server can confirm.

use yew::platform::spawn_local;

use super::{Desk, follow};
use crate::state::{Action, Store, Submission};

/// Looks at once; does nothing where nobody is asked by their bank.
pub fn look(desk: &Desk, store: &Store) {
    if !matches!(store.now().submission, Submission::Challenged { .. }) {
        return;
    }
    let (desk, store) = (desk.clone(), store.clone());
    spawn_local(async move {
        let told = desk.billing().status().await.ok().and_then(|status| status.attempt);
        // What is over is over; another try is told by whoever follows it.
        if let Some(attempt) = told.filter(|told| follow::ours(&store).as_ref() == Some(&told.id)) {
            store.dispatch(Action::Attempt(Box::new(attempt)));
            follow::rest(&desk, &store);
        }
    });
}
