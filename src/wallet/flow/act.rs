//! Does what a panel is open for, and reads the wallet anew.

use std::rc::Rc;

use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::{
    WalletAuthorizationRequest, WalletMethodChange, WalletMethodView, WalletPlanMethodRequest,
    WalletReplacementRequest,
};
use wasm_bindgen::JsValue;
use yew::platform::spawn_local;

use super::read::{barrier, read};
use super::{Desk, Place};
use crate::state::{Field, FieldError};
use crate::wallet::client::{self, Refusal, Write};
use crate::wallet::state::{Act, Action, Named, Said, Trouble, Wallet, Work};

/// Sends the open panel; what is missing in it is told instead.
pub fn act(desk: &Desk, store: &Place) {
    let state = store.now();
    let Some(panel) = state.panel.as_ref().filter(|panel| !panel.busy) else {
        return;
    };
    let Some(act) = panel.act() else {
        return store.dispatch(Action::Complain);
    };
    // What is asked about is gone: the wallet as it is now says so.
    let Some((method, write)) = state.method(&panel.method).and_then(|method| {
        let write = write(&state, method, &act)?;
        Some((Named::of(method), write))
    }) else {
        return read(desk, store);
    };
    let (desk, store) = (desk.clone(), store.clone());
    store.dispatch(Action::Begin);
    spawn_local(async move {
        let answer = desk.client.send(&write).await;
        let said = answer.and_then(|answer| said(&state, method, &act, &answer.body).ok_or(Refusal::Silence));
        let reload = match said {
            Ok(said) => {
                store.dispatch(Action::Done(Rc::new(said)));
                true
            }
            Err(refusal) => {
                let (action, reload) = refused(&act, refusal);
                store.dispatch(action);
                reload
            }
        };
        if reload {
            read(&desk, &store);
        }
    });
}

/// What is asked of the server; `None` where it is about something that is gone.
fn write(state: &Wallet, method: &WalletMethodView, act: &Act) -> Option<Write> {
    let (id, version) = (method.id.as_str(), method.version);
    let change = WalletMethodChange { version, ..WalletMethodChange::default() };
    Some(match act {
        Act::Rename(name) => {
            Write::change(id, &WalletMethodChange { nickname: Some(name.clone()), ..change })
        }
        Act::Address(address) => {
            Write::change(id, &WalletMethodChange { billing_address: Some(address.clone()), ..change })
        }
        Act::MakeDefault => Write::change(id, &WalletMethodChange { is_default: Some(true), ..change }),
        Act::Authorize(organization) => Write::authorize(id, &given(state, method, organization, false)?),
        Act::BackUp(organization) => Write::back_up(id, &given(state, method, organization, true)?),
        Act::EndBackup(backup) => Write::end_backup(backup),
        Act::Revoke(authorization, plans) => Write::revoke(authorization, plans.map(|plans| plans.as_str())),
        Act::Replace(by) => Write::replace(id, &WalletReplacementRequest { version, by: by.clone() }),
        Act::Move(plan, to) => {
            let version = state.method(to)?.version;
            Write::move_plan(plan, &WalletPlanMethodRequest { method: to.clone(), version })
        }
        Act::Remove => Write::remove(id, version),
    })
}

/// What is agreed to.
fn given(
    state: &Wallet,
    method: &WalletMethodView,
    organization: &str,
    backs_up: bool,
) -> Option<WalletAuthorizationRequest> {
    let consent = state.consent(method, organization, backs_up)?;
    Some(WalletAuthorizationRequest {
        organization: organization.to_owned(),
        consent_version: consent.version.clone(),
        consent_locale: consent.locale.clone(),
    })
}

/// What was done; `None` where the answer cannot be read.
fn said(state: &Wallet, method: Named, act: &Act, answer: &JsValue) -> Option<Said> {
    let name = |organization: &str| {
        state.organization(organization).map(|known| known.name.clone()).unwrap_or_default()
    };
    let ended = || match state.panel.as_ref().map(|panel| &panel.work) {
        Some(Work::Revoke { organization, .. } | Work::EndBackup { organization, .. }) => {
            organization.clone()
        }
        _ => String::new(),
    };
    Some(match act {
        Act::Rename(_) | Act::MakeDefault | Act::Address(_) => Said::Saved,
        Act::Authorize(organization) => Said::Authorized(name(organization)),
        Act::BackUp(organization) => Said::BackedUp(name(organization)),
        Act::EndBackup(_) => Said::BackupEnded(ended()),
        Act::Revoke(..) => Said::Revoked(ended()),
        Act::Replace(_) => {
            let (new, planned, who) = client::replaced(answer)?;
            Said::Replaced { old: method, new: Named::of(&new), planned, who }
        }
        Act::Move(_, to) => Said::Moved(Named::of(state.method(to)?), client::moved(answer)),
        Act::Remove => Said::Removed(method),
    })
}

/// What a refusal is, and whether there is something new to read.
fn refused(act: &Act, refusal: Refusal) -> (Action, bool) {
    use ErrorCode as E;
    let part = refusal.part();
    let (code, status, planned) = match refusal {
        Refusal::Silence => return (Action::Refused(Trouble::Lost), false),
        Refusal::Problem { code: Some(E::SessionExpired | E::SessionInvalid), .. } => {
            return (Action::Barred(barrier(&refusal)), false);
        }
        Refusal::Problem { code, status, planned, .. } => (code, status, planned),
    };
    let (trouble, reload) = match code {
        Some(E::MethodInUse) => return (Action::Blocked(planned.into()), false),
        Some(E::MethodCannotTake) => return (Action::Stuck(planned.into()), false),
        Some(E::AddressInvalid) if let Some(part) = part => {
            return (Action::RefuseField(Field::Address(part), FieldError::AddressRefused), false);
        }
        Some(E::MethodChanged | E::MethodUnknown | E::NotChangeable) => (Trouble::Changed, true),
        Some(E::NotAuthorized) => (Trouble::NotAllowed, true),
        // What was shown of the other method is not so any more, or not all that there is to it.
        Some(E::MethodExpired | E::MethodBlocked | E::MandateRequired | E::BankDebitUnavailable) => {
            (Trouble::CannotTake, true)
        }
        Some(E::UpdateInProgress) => (Trouble::Updating, false),
        Some(E::RateLimited) => (Trouble::TooOften, false),
        // The other method is gone.
        Some(E::InvalidRequest) if matches!(act, Act::Replace(_)) => (Trouble::Changed, true),
        // What a method was let for is gone: it is read as it is now.
        _ if status == 404 => (Trouble::Changed, true),
        _ if status == 422 => (Trouble::Refused, false),
        _ => (Trouble::WentWrong, false),
    };
    (Action::Refused(trouble), reload)
}
