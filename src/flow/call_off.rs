//! Calls a challenge off: the payer does not want to prove who they are. What becomes of the try, the server says.

use yew::platform::spawn_local;

use super::{Desk, follow};
use crate::state::{Action, Stage, Store, Submission};

/// Gives the try up; does nothing where nobody is asked by their bank. Whoever follows the try goes on following it.
pub fn call_off(desk: &Desk, store: &Store) {
    let Submission::Challenged { attempt, .. } = &store.now().submission else {
        return;
    };
    store.dispatch(Action::Advance(Stage::CallingOff));
    let (desk, store, attempt) = (desk.clone(), store.clone(), attempt.clone());
    spawn_local(async move {
        let answer = desk.billing().call_off(&attempt).await;
        if follow::ours(&store) != Some(attempt) {
            return;
        }
        match answer {
            Ok(told) => {
                store.dispatch(Action::Attempt(Box::new(told)));
                follow::rest(&desk, &store);
            }
            // It may have been heard, or not: the next answer shows it.
            Err(_) => store.dispatch(Action::Advance(Stage::Checking)),
        }
    });
}
