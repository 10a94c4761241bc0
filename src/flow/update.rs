//! Brings the chosen saved card up to date before it pays.

use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::payers::MethodUpdateRequest;

use super::patience::insist;
use super::{Desk, load, submit};
use crate::client::Refusal;
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
    // In doubt, or another update of the card is under way.
    let in_doubt = |refusal: &Refusal| match refusal {
        Refusal::Problem { code, status, .. } => *status >= 500 || *code == Some(ErrorCode::UpdateInProgress),
        Refusal::Silence => true,
    };
    match insist(async || desk.billing().update(card, key, update).await, in_doubt).await {
        Some(Ok(card)) => {
            store.dispatch(Action::Updated(Box::new(card)));
            return true;
        }
        Some(Err(Refusal::Problem { code, param, .. })) => {
            submit::refuse(desk, store, code, param.as_deref()).await;
        }
        // Nobody knows whether it was updated: what the server shows now is true, and the payer is asked to try again.
        Some(Err(Refusal::Silence)) | None => {
            store.dispatch(Action::Fail(Trouble::WentWrong));
            load::run(desk, store).await;
        }
    }
    false
}
