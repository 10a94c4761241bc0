//! Saves a new card or bank account: its number goes to the processor alone, the token to the billing API.

use paydesk_domain::address::Part;
use paydesk_domain::decline::DeclineCategory;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::processor::TokenizeRequest;
use paydesk_domain::wire::wallet::NewWalletMethod;
use yew::platform::spawn_local;

use super::{Desk, Place, read};
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
            Err(refusal) => refused(&desk, &store, &refusal),
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
        TokenRefusal::Unreachable => Action::Refused(Trouble::Lost, None),
    });
}

fn refused(desk: &Desk, store: &Place, refusal: &Refusal) {
    let Refusal::Problem { code, status, param, .. } = refusal else {
        return store.dispatch(Action::Refused(Trouble::Lost, None));
    };
    let part = param.as_deref().and_then(|param| Part::parse(param.rsplit('.').next().unwrap_or(param)));
    let (trouble, part) = match code {
        Some(ErrorCode::CardRefused) => (Trouble::NotAccepted, None),
        Some(ErrorCode::TokenUnusable) => (Trouble::TokenGone, None),
        Some(ErrorCode::WalletFull) => (Trouble::Full, None),
        Some(ErrorCode::RateLimited) => (Trouble::TooOften, None),
        Some(ErrorCode::AddressInvalid | ErrorCode::AddressNeeded) => (Trouble::Refused, part),
        // The session is over, or wants to be confirmed again: what is read says so.
        _ if (400..=404).contains(status) => return read(desk, store),
        _ => (Trouble::WentWrong, None),
    };
    store.dispatch(Action::Refused(trouble, part));
}
