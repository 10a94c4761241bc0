//! Saves a card or bank account that was typed in, or brings a saved card up to date by what was: numbers go to the processor alone,
//! tokens to the billing API.

use paydesk_domain::decline::DeclineCategory;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::return_code::Rail;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::{NewWalletMethod, WalletView};
use yew::platform::spawn_local;

use super::read::{self, barrier};
use super::{Desk, Place, verify};
use crate::client::{TokenRefusal, tokenize};
use crate::flow::{Typed, insist, refused_field, update_by};
use crate::state::{Asks, Field, FieldError};
use crate::wallet::client::{Kept, Refusal};
use crate::wallet::state::{Action, Said, Trouble, Wallet, Work};

/// Saves what was typed into the open panel, of which nothing is kept.
pub fn keep(desk: &Desk, store: &Place, typed: Typed) {
    let state = store.now();
    let Some(view) = state.view.clone() else {
        return;
    };
    let (desk, store) = (desk.clone(), store.clone());
    store.dispatch(Action::Begin);
    spawn_local(async move {
        match ask(&desk, &state, &view, typed).await {
            Ok(kept) => take(&desk, &store, kept).await,
            Err(Failure::Token(refusal)) => refused_by_processor(&store, &refusal),
            Err(Failure::Billing(refusal)) => refused(&desk, &store, refusal).await,
        }
    });
}

enum Failure {
    Token(TokenRefusal),
    Billing(Refusal),
}

async fn ask(desk: &Desk, state: &Wallet, view: &WalletView, typed: Typed) -> Result<Kept, Failure> {
    let Typed { new, expiry, address } = typed;
    let token = match new {
        Some(new) => Some(tokenize(&view.processor, new).await.map_err(Failure::Token)?),
        None => None,
    };
    let panel = state.panel.as_ref();
    let updated = panel.filter(|panel| matches!(panel.work, Work::Update(_)));
    let decided = match updated.and_then(|panel| state.method(&panel.method)) {
        Some(method) => {
            let update = update_by(expiry, token, address);
            insist(async || desk.client.update(method, &update).await, Refusal::in_doubt).await
        }
        None => {
            let new = NewWalletMethod {
                token: token.unwrap_or_default(),
                method_kind: panel.and_then(|panel| panel.form()).map(|form| kind(form.asks)),
                billing_address: address,
                nickname: None,
            };
            insist(async || desk.client.save(&new).await, Refusal::in_doubt).await
        }
    };
    decided.unwrap_or(Err(Refusal::Silence)).map_err(Failure::Billing)
}

const fn kind(asks: Asks) -> MethodKind {
    match asks {
        Asks::Bank(Rail::Ach) => MethodKind::Ach,
        Asks::Bank(Rail::Pad) => MethodKind::Pad,
        _ => MethodKind::Card,
    }
}

/// Takes in that it is in the wallet, or that a bank asks before.
pub(super) async fn take(desk: &Desk, store: &Place, kept: Kept) {
    let saved = match kept {
        Kept::Asked(asked) => {
            store.dispatch(Action::Verify(asked));
            return verify::follow(desk, store);
        }
        Kept::Saved(saved) => saved,
    };
    let is_update = saved.is_update;
    store.dispatch(Action::Done(match saved.known {
        true => Said::Known,
        false if is_update => Said::Updated(saved.method),
        false => Said::Added(saved.method),
    }));
    read::run(desk, store).await;
}

fn refused_by_processor(store: &Place, refusal: &TokenRefusal) {
    let asks = asks(store);
    let field = |param| match refused_field(param, asks) {
        Some((field, error)) => Action::RefuseField(field, error),
        None => Action::Refused(Trouble::NotAccepted, None),
    };
    store.dispatch(match refusal {
        TokenRefusal::Refused(decline) => match decline.category {
            DeclineCategory::IncorrectNumber if asks.has_card() => {
                Action::RefuseField(Field::Number, FieldError::NumberRefused)
            }
            DeclineCategory::ExpiredCard => field("exp_month"),
            DeclineCategory::IncorrectCvc => field("cvc_token"),
            _ => Action::Refused(Trouble::NotAccepted, None),
        },
        TokenRefusal::Misconfigured => Action::Refused(Trouble::NotHere, None),
        TokenRefusal::Busy => Action::Refused(Trouble::TooOften, None),
        TokenRefusal::Unreachable => Action::Refused(Trouble::ProcessorLost, None),
    });
}

fn asks(store: &Place) -> Asks {
    let state = store.now();
    state.panel.as_ref().and_then(|panel| panel.form()).map_or(Asks::Nothing, |form| form.asks)
}

async fn refused(desk: &Desk, store: &Place, refusal: Refusal) {
    match refusal {
        Refusal::Silence => store.dispatch(Action::Refused(Trouble::Lost, None)),
        Refusal::Problem { code: Some(ErrorCode::SessionExpired | ErrorCode::SessionInvalid), .. } => {
            store.dispatch(Action::Barred(barrier(&refusal)));
        }
        Refusal::Problem { code, status, param, .. } => {
            refuse(desk, store, code, status, param.as_deref()).await;
        }
    }
}

/// Takes in why it is neither saved nor up to date.
pub(super) async fn refuse(
    desk: &Desk,
    store: &Place,
    code: Option<ErrorCode>,
    status: u16,
    param: Option<&str>,
) {
    use ErrorCode as E;
    let at_fault = param.and_then(|param| refused_field(param, asks(store)));
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
    store.dispatch(Action::Refused(trouble, None));
    if reload {
        read::run(desk, store).await;
    }
}
