//! Does what a panel is open for, and reads the wallet anew.

use std::rc::Rc;

use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::{
    WalletAuthorizationRequest, WalletMethodChange, WalletMethodView, WalletPlanMethodRequest,
    WalletReplacementRequest,
};
use yew::platform::spawn_local;

use super::read::{self, barrier};
use super::{Desk, Place};
use crate::wallet::client::{Client, Refusal};
use crate::wallet::state::{Act, Action, Said, Trouble, Wallet, Work};

/// Sends the open panel; what is missing in it is told instead.
pub fn act(desk: &Desk, store: &Place) {
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
        match ask(&desk.client, &state, &act).await {
            Ok(said) => {
                store.dispatch(Action::Done(said));
                read::run(&desk, &store).await;
            }
            Err(refusal) => refused(&desk, &store, &act, refusal).await,
        }
    });
}

async fn ask(client: &Client, state: &Wallet, act: &Act) -> Result<Said, Refusal> {
    let id = state.panel.as_ref().map(|panel| panel.method.as_str()).unwrap_or_default();
    let Some(method) = state.method(id) else {
        return Err(Refusal::Silence);
    };
    match act {
        Act::Rename(_) | Act::MakeDefault | Act::Address(_) => {
            client.change(id, &change(method, act)).await?;
            Ok(Said::Saved)
        }
        Act::Authorize(organization) | Act::BackUp(organization) => {
            agree(client, state, method, organization, matches!(act, Act::BackUp(_))).await
        }
        Act::EndBackup(backup, organization) => {
            client.end_backup(backup).await?;
            Ok(Said::BackupEnded(organization.clone()))
        }
        Act::Revoke(authorization, plans) => {
            client.revoke(authorization, plans.map(|plans| plans.as_str())).await?;
            Ok(Said::Revoked(match state.panel.as_ref().map(|panel| &panel.work) {
                Some(Work::Revoke { organization, .. }) => organization.clone(),
                _ => String::new(),
            }))
        }
        Act::Replace(by) => {
            let request = WalletReplacementRequest { version: method.version, by: by.clone() };
            let with = client.replace(id, &request).await?;
            Ok(Said::Replaced(Box::new(method.clone()), Box::new(with)))
        }
        Act::Move(plan, to) => {
            let Some(other) = state.method(to) else {
                return Err(Refusal::Silence);
            };
            let request = WalletPlanMethodRequest { method: to.clone(), version: other.version };
            let planned = client.move_plan(plan, &request).await?;
            Ok(Said::Moved(Box::new(other.clone()), planned))
        }
        Act::Remove => {
            client.remove(id, method.version).await?;
            Ok(Said::Removed(Box::new(method.clone())))
        }
    }
}

/// What is to be another of a method itself.
fn change(method: &WalletMethodView, act: &Act) -> WalletMethodChange {
    let change = WalletMethodChange { version: method.version, ..WalletMethodChange::default() };
    match act {
        Act::Rename(name) => WalletMethodChange { nickname: Some(name.clone()), ..change },
        Act::Address(address) => WalletMethodChange { billing_address: Some(address.clone()), ..change },
        _ => WalletMethodChange { is_default: Some(true), ..change },
    }
}

async fn agree(
    client: &Client,
    state: &Wallet,
    method: &WalletMethodView,
    organization: &str,
    backs_up: bool,
) -> Result<Said, Refusal> {
    let consent = state.consent(method, organization, backs_up);
    let Some((known, consent)) = state.organization(organization).zip(consent) else {
        return Err(Refusal::Silence);
    };
    let given = WalletAuthorizationRequest {
        organization: organization.to_owned(),
        consent_version: consent.version.clone(),
        consent_locale: consent.locale.clone(),
    };
    if backs_up {
        client.back_up(&method.id, &given).await?;
        return Ok(Said::BackedUp(known.name.clone()));
    }
    client.authorize(&method.id, &given).await?;
    Ok(Said::Authorized(known.name.clone()))
}

async fn refused(desk: &Desk, store: &Place, act: &Act, refusal: Refusal) {
    use ErrorCode as E;
    let Refusal::Problem { code, status, planned, .. } = &refusal else {
        return store.dispatch(Action::Refused(Trouble::Lost, None));
    };
    let (trouble, reload) = match code {
        Some(E::MethodInUse) => return store.dispatch(Action::Blocked(Rc::from(planned.as_slice()))),
        Some(E::MethodCannotTake) => return store.dispatch(Action::Stuck(Rc::from(planned.as_slice()))),
        Some(E::SessionExpired | E::SessionInvalid) => {
            return store.dispatch(Action::Barred(barrier(&refusal)));
        }
        Some(E::AddressInvalid) => {
            return store.dispatch(Action::Refused(Trouble::Refused, refusal.part()));
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
        _ if *status == 404 => (Trouble::Changed, true),
        _ if *status == 422 => (Trouble::Refused, false),
        _ => (Trouble::WentWrong, false),
    };
    store.dispatch(Action::Refused(trouble, None));
    if reload {
        read::run(desk, store).await;
    }
}
