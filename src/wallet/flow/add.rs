//! Saves a new card or bank account: its number goes to the processor alone, the token to the billing API.

use paydesk_domain::decline::DeclineCategory;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::processor::TokenizeRequest;
use paydesk_domain::wire::wallet::NewWalletMethod;
use yew::platform::spawn_local;

use super::read::{self, barrier};
use super::{Desk, Place};
use crate::client::{TokenRefusal, tokenize};
use crate::state::{Field, FieldError};
use crate::wallet::client::Refusal;
use crate::wallet::state::{Action, Said, Trouble};

/// Saves what was typed, of which nothing is kept.
pub fn add(desk: &Desk, store: &Place, typed: TokenizeRequest, kind: MethodKind) {
    let Some(view) = store.now().view.clone() else {
        return;
    };
    let (desk, store) = (desk.clone(), store.clone());
    store.dispatch(Action::Begin);
    spawn_local(async move {
        let billing_address = Some(typed.billing_address.clone());
        let token = match tokenize(&view.processor, typed).await {
            Ok(token) => token,
            Err(refusal) => return refused_by_processor(&store, kind, &refusal),
        };
        let new = NewWalletMethod { token, method_kind: Some(kind), billing_address, nickname: None };
        match desk.client.save(&new).await {
            Ok(saved) => {
                let said = if saved.known { Said::Known } else { Said::Added(Box::new(saved.method)) };
                store.dispatch(Action::Done(said));
                read::run(&desk, &store).await;
            }
            Err(refusal) => refused(&store, &refusal),
        }
    });
}

fn refused_by_processor(store: &Place, kind: MethodKind, refusal: &TokenRefusal) {
    let field = |field, error| Action::RefuseField(field, error);
    let is_card = kind == MethodKind::Card;
    store.dispatch(match refusal {
        TokenRefusal::Refused(decline) => match decline.category {
            DeclineCategory::IncorrectNumber if is_card => field(Field::Number, FieldError::NumberRefused),
            DeclineCategory::ExpiredCard => field(Field::Expiry, FieldError::ExpiryRefused),
            DeclineCategory::IncorrectCvc => field(Field::Cvc, FieldError::CvcRefused),
            _ => Action::Refused(Trouble::NotAccepted, None),
        },
        TokenRefusal::Misconfigured => Action::Refused(Trouble::NotHere, None),
        TokenRefusal::Busy => Action::Refused(Trouble::TooOften, None),
        TokenRefusal::Unreachable => Action::Refused(Trouble::ProcessorLost, None),
    });
}

fn refused(store: &Place, refusal: &Refusal) {
    let Refusal::Problem { code, status, .. } = refusal else {
        return store.dispatch(Action::Refused(Trouble::Lost, None));
    };
    let trouble = match code {
        Some(ErrorCode::SessionExpired | ErrorCode::SessionInvalid) => {
            return store.dispatch(Action::Barred(barrier(refusal)));
        }
        Some(ErrorCode::CardRefused) => Trouble::NotAccepted,
        Some(ErrorCode::TokenUnusable) => Trouble::TokenGone,
        Some(ErrorCode::WalletFull) => Trouble::Full,
        Some(ErrorCode::RateLimited) => Trouble::TooOften,
        _ if (400..=422).contains(status) => Trouble::Refused,
        _ => Trouble::WentWrong,
    };
    store.dispatch(Action::Refused(trouble, refusal.part()));
}
