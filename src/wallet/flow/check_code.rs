//! Opens the wallet with a code.

use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::WalletCodeRequest;
use yew::platform::spawn_local;

use super::read::{barrier, read};
use super::{Desk, Place};
use crate::wallet::client::{Refusal, keep_device};
use crate::wallet::state::{Action, CODE_DIGITS, CodeError};

/// Sends the code that was typed, and remembers the device if that is wished.
pub fn check_code(desk: &Desk, store: &Place, code: String) {
    let entry = &store.now().entry;
    if entry.busy {
        return;
    }
    if code.len() != CODE_DIGITS {
        return store.dispatch(Action::CodeRefused(CodeError::Incomplete));
    }
    let request = WalletCodeRequest { code, remember: entry.remembers };
    let (desk, store) = (desk.clone(), store.clone());
    store.dispatch(Action::Checking);
    spawn_local(async move {
        match desk.client.check(&request).await {
            Ok(view) => {
                if let Some(device) = &view.device {
                    keep_device(device);
                }
                read(&desk, &store);
            }
            Err(refusal) => refused(&store, &refusal),
        }
    });
}

fn refused(store: &Place, refusal: &Refusal) {
    let error = match refusal {
        Refusal::Silence => CodeError::Lost,
        Refusal::Problem { code, tries_left, status, .. } => match code {
            Some(ErrorCode::WrongCode) => CodeError::Wrong(tries_left.unwrap_or_default()),
            Some(ErrorCode::CodeOver) => CodeError::Over,
            Some(ErrorCode::RateLimited) => CodeError::TooOften,
            _ if *status >= 500 => CodeError::WentWrong,
            _ => return store.dispatch(Action::Barred(barrier(refusal))),
        },
    };
    // The last try is gone with it: there is nothing left to try.
    let error = if error == CodeError::Wrong(0) { CodeError::Over } else { error };
    store.dispatch(Action::CodeRefused(error));
}
