//! Asks to be let in: by the device, if it is remembered, or else by a code that is mailed.

use paydesk_domain::wire::wallet::WalletConfirmationView;
use yew::platform::spawn_local;

use super::read::{barrier, read};
use super::{Desk, Place};
use crate::client::clock::sleep;
use crate::wallet::client::{Refusal, is_open, known_device};
use crate::wallet::state::{Action, CodeError, Phase, Wallet};

const SECOND_MS: i32 = 1000;

/// Asks from the beginning: because the client asked for it once more, or not.
pub fn enter(desk: &Desk, store: &Place, asked: bool) {
    let (desk, store) = (desk.clone(), store.clone());
    store.dispatch(Action::Ask(asked));
    spawn_local(async move {
        let device = known_device();
        match desk.client.ask(device.as_deref()).await {
            Ok(view) if is_open(&view) => read(&desk, &store),
            Ok(view) => sent(&store, view, false).await,
            Err(refusal) => store.dispatch(Action::Barred(barrier(&refusal))),
        }
    });
}

/// Asks for a new code.
pub fn send_again(desk: &Desk, store: &Place) {
    let entry = &store.now().entry;
    if entry.busy || entry.wait_s > 0 {
        return;
    }
    let (desk, store) = (desk.clone(), store.clone());
    store.dispatch(Action::Checking);
    spawn_local(async move {
        match desk.client.ask(None).await {
            Ok(view) if is_open(&view) => read(&desk, &store),
            Ok(view) => sent(&store, view, true).await,
            Err(Refusal::Silence) => store.dispatch(Action::CodeRefused(CodeError::Lost)),
            Err(refusal) => store.dispatch(Action::Barred(barrier(&refusal))),
        }
    });
}

/// Says that a code was sent, and counts down until another one can be asked for.
async fn sent(store: &Place, view: WalletConfirmationView, again: bool) {
    let wait_s = view.resend_after_s.unwrap_or_default();
    store.dispatch(Action::CodeSent { sent_to: view.sent_to.unwrap_or_default(), wait_s, again });
    let number = store.now().entry.number;
    let counts = |state: &Wallet| {
        state.phase == Phase::Entering && state.entry.number == number && state.entry.wait_s > 0
    };
    while counts(&store.now()) {
        sleep(SECOND_MS).await;
        if counts(&store.now()) {
            store.dispatch(Action::Tick);
        }
    }
}
