//! Reads the whole wallet.

use std::rc::Rc;

use paydesk_domain::wire::error::ErrorCode;
use yew::platform::spawn_local;

use super::{Desk, Place, enter, follow};
use crate::client::plain;
use crate::flow::{is_read, learn};
use crate::wallet::client::{Refusal, read_wallet};
use crate::wallet::state::{Action, Barrier, Phase};

/// Reads the wallet.
pub fn read(desk: &Desk, store: &Place) {
    let (desk, store) = (desk.clone(), store.clone());
    spawn_local(async move { run(&desk, &store).await });
}

async fn run(desk: &Desk, store: &Place) {
    let asked = desk.language();
    let (with, language) = if asked.is_empty() { ("", "") } else { ("?locale=", plain(&asked)) };
    let answer = desk.client.read(&[with, language].concat()).await;
    match answer.and_then(|answer| read_wallet(&answer).ok_or(Refusal::Silence)) {
        Ok(view) => {
            let language =
                if asked.is_empty() { view.session.locale.clone() } else { asked.as_ref().to_owned() };
            learn(store, &language).await;
            // What is agreed to is read in the language of the rest of the page, or in none.
            if !is_read(store, &language) && &*desk.language() != "en" {
                desk.speak("en");
                return read(desk, store);
            }
            let was_open = store.now().phase == Phase::Open;
            store.dispatch(Action::Loaded(Rc::new(view)));
            // A bank that asked before the page was loaded anew still does.
            if !was_open && store.now().verification.is_some() {
                follow(desk, store);
            }
        }
        Err(Refusal::Problem { code: Some(ErrorCode::ConfirmationNeeded), .. }) => enter(desk, store, false),
        Err(refusal) => store.dispatch(Action::Barred(barrier(&refusal))),
    }
}

/// What keeps the wallet from being shown.
pub(super) fn barrier(refusal: &Refusal) -> Barrier {
    match refusal {
        Refusal::Problem { code: Some(code), status, .. } => match code {
            ErrorCode::SessionExpired => Barrier::Expired,
            ErrorCode::NoEmail => Barrier::NoEmail,
            ErrorCode::TooManyCodes => Barrier::TooManyCodes,
            ErrorCode::MailUnavailable => Barrier::NoMail,
            _ if (400..=404).contains(status) => Barrier::Invalid,
            _ => Barrier::Unreachable,
        },
        Refusal::Problem { status: 400..=404, .. } => Barrier::Invalid,
        _ => Barrier::Unreachable,
    }
}
