//! Follows a try until its result is known. Asking never charges.

use paydesk_domain::attempt::AttemptStatus;
use paydesk_domain::wire::billing::StatusView;
use paydesk_domain::wire::error::ErrorCode;
use yew::platform::spawn_local;

use super::{Desk, Patience, submit};
use crate::client::{Confirmation, Refusal, clock};
use crate::state::{Action, Stage, Store, Submission};

/// Asks for the result of the try that is under way or in doubt, until it is known or the patience is over. Whoever followed it
/// before stops: asked once more, this begins anew, with the short waits.
pub fn follow(desk: &Desk, store: &Store) {
    take_up(desk, store, Stage::Checking);
}

pub(super) fn take_up(desk: &Desk, store: &Store, stage: Stage) {
    let (desk, store) = (desk.clone(), store.clone());
    store.dispatch(Action::Advance(stage));
    let turn = desk.take_turn();
    spawn_local(async move { run(&desk, &store, turn).await });
}

async fn run(desk: &Desk, store: &Store, turn: u32) {
    let mut patience = Patience::new();
    loop {
        let is_challenged = matches!(store.now().submission, Submission::Challenged { .. });
        let Some(wait_ms) = patience.next(is_challenged) else {
            break;
        };
        clock::sleep(wait_ms).await;
        if desk.turn() != turn {
            return;
        }
        let submission = store.now().submission.clone();
        let calls_off = matches!(submission, Submission::Working { stage: Stage::CallingOff, .. });
        match desk.billing().status(submission.attempt(), calls_off).await {
            // Another try, or another follower, since this was asked.
            _ if desk.turn() != turn => return,
            Ok(status) => {
                if !learn(desk, store, status).await {
                    return;
                }
                if store.now().submission.attempt().is_none() {
                    return desk.forget();
                }
            }
            // The result can no longer be asked for here: say so rather than guess.
            Err(Refusal::Problem {
                code: Some(ErrorCode::SessionExpired | ErrorCode::SessionInvalid),
                ..
            }) => break,
            Err(_) => {}
        }
    }
    store.dispatch(Action::GiveUp);
}

/// Takes in what the server knows. False when another flow has taken over.
async fn learn(desk: &Desk, store: &Store, status: StatusView) -> bool {
    let ours = store.now().submission.attempt().map(str::to_owned);
    let told = status.attempt.filter(|attempt| {
        // An older try that was refused says nothing about ours. One that is alive or paid does, whosoever it is:
        // the invoice is being paid.
        let refused = matches!(attempt.status, AttemptStatus::Declined | AttemptStatus::Failed);
        ours.as_deref() == Some(attempt.id.as_str()) || !refused
    });
    if let Some(attempt) = told {
        store.dispatch(Action::Attempt(Box::new(attempt)));
        return true;
    }
    // The server has not heard of our try: what was sent never arrived. The same request goes again under the same
    // id; should the first one arrive late after all, the id makes them one.
    let Some(request) = desk.sent() else {
        // Nor is there anything of ours to send: whatever was under way was another's, and what became of it is not told here.
        store.dispatch(Action::GiveUp);
        return false;
    };
    match desk.billing().confirm(&request).await {
        // Being told to wait ends no doubt either: the first request may still be on its way.
        Confirmation::Refused(Refusal::Problem { code: Some(ErrorCode::RateLimited), .. }) => true,
        Confirmation::Refused(refusal) if refusal.leaves_doubt() => true,
        confirmation => {
            submit::settle(desk, store, confirmation).await;
            false
        }
    }
}
