//! Brings the chosen saved card up to date before it pays.

use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::payers::MethodUpdateRequest;

use super::{Desk, submit};
use crate::client::{Refusal, clock};
use crate::state::{Action, Stage, Store, Trouble};

/// How long to wait before each question.
const WAITS_MS: [i32; 5] = [0, 1_000, 2_000, 4_000, 8_000];

/// Brings a card up to date; false when it stayed as it was, or nobody knows. No money moves, so that in doubt the same is asked
/// again, under the same key: that is one update.
pub(super) async fn run(
    desk: &Desk,
    store: &Store,
    card: &str,
    key: &str,
    update: &MethodUpdateRequest,
) -> bool {
    store.dispatch(Action::Advance(Stage::Updating));
    for wait_ms in WAITS_MS {
        if wait_ms > 0 {
            clock::sleep(wait_ms).await;
        }
        match desk.billing().update(card, key, update).await {
            Ok(card) => {
                store.dispatch(Action::Updated(Box::new(card)));
                return true;
            }
            Err(Refusal::Problem { code: Some(ErrorCode::UpdateInProgress), .. }) => {}
            Err(refusal) if refusal.leaves_doubt() => {}
            Err(Refusal::Problem { code, param, .. }) => {
                submit::refuse(desk, store, code, param.as_deref()).await;
                return false;
            }
            Err(Refusal::Silence) => {}
        }
    }
    store.dispatch(Action::Fail(Trouble::NotUpdated));
    false
}
