//! Brings the chosen saved card up to date before it pays.

use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::payers::MethodUpdateRequest;

use super::{Desk, INSIST_WAITS_MS, load, submit};
use crate::client::{Refusal, clock};
use crate::state::{Action, Stage, Store, Trouble};

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
    for wait_ms in INSIST_WAITS_MS {
        if wait_ms > 0 {
            clock::sleep(wait_ms).await;
        }
        match desk.billing().update(card, key, update).await {
            Ok(card) => {
                store.dispatch(Action::Updated(Box::new(card)));
                return true;
            }
            Err(Refusal::Problem { code, status, param, .. })
                if status < 500 && code != Some(ErrorCode::UpdateInProgress) =>
            {
                submit::refuse(desk, store, code, param.as_deref()).await;
                return false;
            }
            // In doubt, or another update of the card is under way.
            Err(_) => {}
        }
    }
    // Nobody knows whether it was updated: what the server shows now is true, and the payer is asked to try again.
    store.dispatch(Action::Fail(Trouble::WentWrong));
    load::run(desk, store).await;
    false
}
