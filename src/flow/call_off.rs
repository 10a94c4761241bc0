//! Calls a challenge off: the payer does not want to prove who they are. What becomes of the try, the server says.

use yew::platform::spawn_local;

use super::{Desk, follow};
use crate::state::{Action, Stage, Store, Submission};

/// Gives the try up; does nothing where nobody is asked by their bank.
pub fn call_off(desk: &Desk, store: &Store) {
    let Submission::Challenged { attempt, .. } = &store.now().submission else {
        return;
    };
    store.dispatch(Action::Advance(Stage::CallingOff));
    let (desk, store, attempt) = (desk.clone(), store.clone(), attempt.clone());
    spawn_local(async move {
        let told = desk.billing().call_off(&attempt).await;
        // It may be over already, and another try under way.
        if store.now().submission.attempt() != Some(&attempt) {
            return;
        }
        if let Ok(told) = told {
            store.dispatch(Action::Attempt(Box::new(told)));
        }
        // Decided or not, heard or not: the next answer shows it.
        follow(&desk, &store);
    });
}
