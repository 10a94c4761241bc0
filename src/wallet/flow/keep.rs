//! Saves a card or bank account that was typed in, or brings a saved card up to date by what was: numbers go to the processor alone,
//! tokens to the billing API.

use std::rc::Rc;

use paydesk_domain::decline::DeclineCategory;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::return_code::Rail;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::NewWalletMethod;
use yew::platform::spawn_local;

use super::read::{barrier, read};
use super::{Desk, Place, follow};
use crate::client::clock::sleep;
use crate::client::{Answer, TokenRefusal, tokenize};
use crate::flow::{INSIST_WAITS_MS, Typed, refused_field, update_by};
use crate::state::{Asks, Field, FieldError};
use crate::wallet::client::{self, Kept, Refusal, Write};
use crate::wallet::state::{Action, Named, Said, Trouble, Wallet, Work};

/// Saves what was typed into the open panel, of which nothing is kept.
pub fn keep(desk: &Desk, store: &Place, typed: Typed) {
    let state = store.now();
    let Some(view) = state.view.clone() else {
        return;
    };
    let (desk, store) = (desk.clone(), store.clone());
    store.dispatch(Action::Begin);
    spawn_local(async move {
        let Typed { new, expiry, address } = typed;
        let token = match new {
            Some(new) => match tokenize(&view.processor, new).await {
                Ok(token) => Some(token),
                Err(refusal) => return store.dispatch(no_token(asks(&state), &refusal)),
            },
            None => None,
        };
        let update = update_by(expiry, token, address);
        let panel = state.panel.as_ref();
        let updated = panel.filter(|panel| matches!(panel.work, Work::Update(_)));
        let write = match updated.and_then(|panel| state.method(&panel.method)) {
            Some(method) => Write::update(method, &update),
            None => Write::save(&NewWalletMethod {
                token: update.token.unwrap_or_default(),
                method_kind: Some(kind(asks(&state))),
                billing_address: update.billing_address,
                nickname: None,
            }),
        };
        match insist(&desk, &write).await {
            Ok(answer) => match client::kept(&answer.body) {
                Some(kept) => take(&desk, &store, kept, updated.is_some()),
                None => store.dispatch(Action::Refused(Trouble::Lost)),
            },
            Err(refusal) => refused(&desk, &store, &refusal),
        }
    });
}

/// Asks the same again while the answer is in doubt.
async fn insist(desk: &Desk, write: &Write) -> Result<Answer, Refusal> {
    for wait_ms in INSIST_WAITS_MS {
        if wait_ms > 0 {
            sleep(wait_ms).await;
        }
        match desk.client.send(write).await {
            Err(refusal) if refusal.in_doubt() => {}
            decided => return decided,
        }
    }
    Err(Refusal::Silence)
}

const fn kind(asks: Asks) -> MethodKind {
    match asks {
        Asks::Bank(Rail::Ach) => MethodKind::Ach,
        Asks::Bank(Rail::Pad) => MethodKind::Pad,
        _ => MethodKind::Card,
    }
}

fn asks(state: &Wallet) -> Asks {
    state.panel.as_ref().and_then(|panel| panel.form()).map_or(Asks::Nothing, |form| form.asks)
}

/// Takes in that it is in the wallet, or that a bank asks before.
pub(super) fn take(desk: &Desk, store: &Place, kept: Kept, is_update: bool) {
    let said = match kept {
        Kept::Asked(asked) => {
            store.dispatch(Action::Verify(asked));
            return follow(desk, store);
        }
        Kept::Saved(_, true) => Said::Known,
        Kept::Saved(method, false) if is_update => Said::Updated(Named::of(&method)),
        Kept::Saved(method, false) => Said::Added(Named::of(&method)),
    };
    store.dispatch(Action::Done(Rc::new(said)));
    read(desk, store);
}

fn no_token(asks: Asks, refusal: &TokenRefusal) -> Action {
    let field = |param| match refused_field(param, asks) {
        Some((field, error)) => Action::RefuseField(field, error),
        None => Action::Refused(Trouble::NotAccepted),
    };
    match refusal {
        TokenRefusal::Refused(decline) => match decline.category {
            DeclineCategory::IncorrectNumber if asks.has_card() => {
                Action::RefuseField(Field::Number, FieldError::NumberRefused)
            }
            DeclineCategory::ExpiredCard => field("exp_month"),
            DeclineCategory::IncorrectCvc => field("cvc_token"),
            _ => Action::Refused(Trouble::NotAccepted),
        },
        TokenRefusal::Misconfigured => Action::Refused(Trouble::NotHere),
        TokenRefusal::Busy => Action::Refused(Trouble::TooOften),
        TokenRefusal::Unreachable => Action::Refused(Trouble::ProcessorLost),
    }
}

fn refused(desk: &Desk, store: &Place, refusal: &Refusal) {
    match refusal {
        Refusal::Silence => store.dispatch(Action::Refused(Trouble::Lost)),
        Refusal::Problem { code: Some(ErrorCode::SessionExpired | ErrorCode::SessionInvalid), .. } => {
            store.dispatch(Action::Barred(barrier(refusal)));
        }
        Refusal::Problem { code, status, param, .. } => {
            refuse(desk, store, *code, *status, param.as_deref());
        }
    }
}

/// Takes in why it is neither saved nor up to date.
pub(super) fn refuse(desk: &Desk, store: &Place, code: Option<ErrorCode>, status: u16, param: Option<&str>) {
    use ErrorCode as E;
    let at_fault = param.and_then(|param| refused_field(param, asks(&store.now())));
    let (trouble, reload) = match code {
        // A used token is no fault of the number's.
        Some(E::TokenUnusable) => (Trouble::TokenGone, false),
        Some(E::CardRefused | E::AddressInvalid | E::AddressNeeded)
            if let Some((field, error)) = at_fault =>
        {
            return store.dispatch(Action::RefuseField(field, error));
        }
        Some(E::CardRefused | E::UpdateUnavailable) => (Trouble::NotAccepted, false),
        Some(E::WalletFull) => (Trouble::Full, true),
        Some(E::UpdateInProgress) => (Trouble::Updating, false),
        Some(E::MethodChanged | E::MethodUnknown) => (Trouble::Changed, true),
        Some(E::RateLimited) => (Trouble::TooOften, false),
        _ if status == 404 => (Trouble::Changed, true),
        _ if (400..=422).contains(&status) => (Trouble::Refused, false),
        _ => (Trouble::WentWrong, false),
    };
    store.dispatch(Action::Refused(trouble));
    if reload {
        read(desk, store);
    }
}
