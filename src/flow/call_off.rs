//! Calls a challenge off: the payer does not want to prove who they are. What becomes of the try, the server says.

use super::{Desk, follow};
use crate::state::{Stage, Store, Submission};

/// Gives the try up; does nothing where nobody is asked by their bank. From now on whoever follows the try asks for its end, until
/// the server has decided: a wish that is lost on its way is told again.
pub fn call_off(desk: &Desk, store: &Store) {
    if matches!(store.now().submission, Submission::Challenged { .. }) {
        follow::take_up(desk, store, Stage::CallingOff);
    }
}
