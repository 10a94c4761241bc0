//! Does what a panel is open for, and reads the wallet anew.

use std::rc::Rc;

use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::{WalletAuthorizationRequest, WalletMethodChange};
use yew::platform::spawn_local;

use super::read::{self, barrier};
use super::{Desk, Place};
use crate::wallet::client::Refusal;
use crate::wallet::state::{Act, Action, Said, Trouble, Wallet, Work};

/// Sends the open panel; what is missing in it is told instead. `called` is what the method is called.
pub fn act(desk: &Desk, store: &Place, called: String) {
    let state = store.now();
    let Some(panel) = state.panel.as_ref().filter(|panel| !panel.busy) else {
        return;
    };
    let Some(act) = panel.act() else {
        return store.dispatch(Action::Complain);
    };
    let (desk, store) = (desk.clone(), store.clone());
    store.dispatch(Action::Begin);
    spawn_local(async move {
        match ask(&desk, &state, &act).await {
            Ok(()) => {
                store.dispatch(Action::Done(said(&state, &act, called)));
                read::run(&desk, &store).await;
            }
            Err(refusal) => refused(&desk, &store, refusal).await,
        }
    });
}

async fn ask(desk: &Desk, state: &Wallet, act: &Act) -> Result<(), Refusal> {
    let client = &desk.client;
    let id = state.panel.as_ref().map(|panel| panel.method.as_str()).unwrap_or_default();
    let Some(method) = state.method(id) else {
        return Err(Refusal::Silence);
    };
    let change = WalletMethodChange { version: method.version, ..WalletMethodChange::default() };
    match act {
        Act::Rename(name) => {
            client.change(id, &WalletMethodChange { nickname: Some(name.clone()), ..change }).await
        }
        Act::MakeDefault => client.change(id, &WalletMethodChange { is_default: Some(true), ..change }).await,
        Act::Address(address) => {
            client.change(id, &WalletMethodChange { billing_address: Some(address.clone()), ..change }).await
        }
        Act::Authorize(organization) => {
            let Some(known) = state.organization(organization) else {
                return Err(Refusal::Silence);
            };
            let consent =
                if method.kind == MethodKind::Card { &known.card_consent } else { &known.account_consent };
            let given = WalletAuthorizationRequest {
                organization: organization.clone(),
                consent_version: consent.version.clone(),
                consent_locale: consent.locale.clone(),
            };
            client.authorize(id, &given).await
        }
        Act::Revoke(authorization, plans) => {
            client.revoke(authorization, plans.map(|plans| plans.as_str())).await
        }
        Act::Remove => client.remove(id, method.version).await,
    }
}

fn said(state: &Wallet, act: &Act, called: String) -> Said {
    match act {
        Act::Rename(_) | Act::MakeDefault | Act::Address(_) => Said::Saved,
        Act::Remove => Said::Removed(called),
        Act::Authorize(organization) => Said::Authorized(
            state.organization(organization).map(|known| known.name.clone()).unwrap_or_default(),
        ),
        Act::Revoke(..) => Said::Revoked(match state.panel.as_ref().map(|panel| &panel.work) {
            Some(Work::Revoke { organization, .. }) => organization.clone(),
            _ => String::new(),
        }),
    }
}

async fn refused(desk: &Desk, store: &Place, refusal: Refusal) {
    let Refusal::Problem { code, status, planned, .. } = &refusal else {
        return store.dispatch(Action::Refused(Trouble::Lost, None));
    };
    match code {
        Some(ErrorCode::MethodChanged | ErrorCode::MethodUnknown) => {
            store.dispatch(Action::Refused(Trouble::Changed, None));
            read::run(desk, store).await;
        }
        Some(ErrorCode::MethodInUse) => store.dispatch(Action::Blocked(Rc::from(planned.as_slice()))),
        Some(ErrorCode::UpdateInProgress) => store.dispatch(Action::Refused(Trouble::Updating, None)),
        Some(ErrorCode::AddressInvalid) => store.dispatch(Action::Refused(Trouble::Refused, refusal.part())),
        Some(ErrorCode::RateLimited) => store.dispatch(Action::Refused(Trouble::TooOften, None)),
        Some(ErrorCode::SessionExpired | ErrorCode::SessionInvalid) => {
            store.dispatch(Action::Barred(barrier(&refusal)));
        }
        // What a method was let for is gone: it is read as it is now.
        _ if *status == 404 => {
            store.dispatch(Action::Refused(Trouble::Changed, None));
            read::run(desk, store).await;
        }
        _ if *status == 422 => store.dispatch(Action::Refused(Trouble::Refused, None)),
        _ => store.dispatch(Action::Refused(Trouble::WentWrong, None)),
    }
}
