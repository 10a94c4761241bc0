//! Follows a card whose bank asks the client for a proof, until it is decided; and gives the proof up. Asking changes nothing.

use paydesk_domain::decline::DeclineCategory;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::{VerificationRefusalView, VerificationStatus, WalletVerificationView};
use yew::platform::spawn_local;

use super::read::barrier;
use super::{Desk, Place, keep};
use crate::client::clock::sleep;
use crate::client::plain;
use crate::flow::Patience;
use crate::wallet::client::{Kept, Refusal, Write, read_verification};
use crate::wallet::state::{Action, Proof, Trouble, Wallet};

/// Asks where it stands until that is known. Whoever followed it before stops: asked once more, this begins anew, with the short
/// waits.
pub fn follow(desk: &Desk, store: &Place) {
    let (desk, store) = (desk.clone(), store.clone());
    let turn = desk.take_turn();
    spawn_local(async move { run(&desk, &store, turn).await });
}

/// Gives the proof up. From now on whoever follows it asks for its end, until the server has decided: a wish that is lost on its way
/// is told again.
pub fn give_up(desk: &Desk, store: &Place) {
    if is_at(&store.now(), Proof::Asked) {
        store.dispatch(Action::Prove(Proof::CallingOff));
        follow(desk, store);
    }
}

fn is_at(state: &Wallet, proof: Proof) -> bool {
    state.verification.as_ref().is_some_and(|verification| verification.proof == proof)
}

async fn run(desk: &Desk, store: &Place, turn: u32) {
    let mut patience = Patience::new();
    while let Some(wait_ms) = patience.next(is_at(&store.now(), Proof::Asked)) {
        sleep(wait_ms).await;
        let state = store.now();
        let Some(verification) = state.verification.as_ref().filter(|_| desk.turn() == turn) else {
            return;
        };
        if verification.proof == Proof::CallingOff {
            // Whatever is answered: where it stands is asked next.
            let _ = desk.client.send(&Write::give_up(&verification.id)).await;
        }
        let answer = desk.client.read(&["/verifications/", plain(&verification.id)].concat()).await;
        // Another follower since this was asked.
        if desk.turn() != turn {
            return;
        }
        match answer.and_then(|answer| read_verification(&answer).ok_or(Refusal::Silence)) {
            Ok(view) => {
                if decided(desk, store, view) {
                    return;
                }
            }
            Err(refusal @ Refusal::Problem { status: 401 | 403, .. }) => {
                return store.dispatch(Action::Barred(barrier(&refusal)));
            }
            Err(Refusal::Problem { status: 404, .. }) => break,
            Err(_) => {}
        }
    }
    store.dispatch(Action::Refused(Trouble::Undecided));
}

/// Takes in where it stands; whether that is all.
fn decided(desk: &Desk, store: &Place, view: WalletVerificationView) -> bool {
    let proof = store.now().verification.as_ref().map(|verification| verification.proof);
    match view.status {
        VerificationStatus::RequiresAction => {
            if proof != Some(Proof::CallingOff) {
                store.dispatch(Action::Verify(Box::new(view)));
            }
            return false;
        }
        VerificationStatus::Processing => {
            if proof == Some(Proof::Asked) {
                store.dispatch(Action::Prove(Proof::Checking));
            }
            return false;
        }
        VerificationStatus::Saved => match view.method {
            Some(method) => {
                keep::take(desk, store, Kept::Saved(Box::new(method), view.known), view.updates.is_some());
            }
            // Saved, and removed again meanwhile.
            None => keep::refuse(desk, store, Some(ErrorCode::MethodChanged), 409, None),
        },
        VerificationStatus::Refused => refused(desk, store, view.refusal.as_ref()),
    }
    true
}

fn refused(desk: &Desk, store: &Place, refusal: Option<&VerificationRefusalView>) {
    let (code, param) = refusal.map_or(("", None), |refusal| (&*refusal.code, refusal.param.as_deref()));
    let trouble = match DeclineCategory::parse(code) {
        DeclineCategory::AuthenticationAbandoned => Trouble::GivenUp,
        DeclineCategory::AuthenticationFailed => Trouble::NotProven,
        _ => return keep::refuse(desk, store, ErrorCode::parse(code), 422, param),
    };
    store.dispatch(Action::Refused(trouble));
}
