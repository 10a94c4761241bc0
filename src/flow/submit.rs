//! Pays: makes the try's id, gets a token for a new card, asks to charge, and takes in the answer.

use std::rc::Rc;

use paydesk_domain::address::Part;
use paydesk_domain::attempt::AttemptStatus;
use paydesk_domain::wire::billing::{CheckoutView, ConfirmRequest, MandateAcceptance};
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::plans::PlanChoice;
use paydesk_domain::wire::processor::{Instrument, TokenizeRequest};
use yew::platform::spawn_local;

use super::{Desk, follow, load};
use crate::client::{Confirmation, Refusal, TokenRefusal, clock, tokenize};
use crate::state::{Action, Agreement, Checkout, Choice, Field, FieldError, Stage, Store, Trouble};

/// Pays with the chosen saved method, or with `new`, a card or an account that was read from its fields once: it is moved
/// from hand to hand, never copied, and wiped when it has been sent. Does nothing while another try is under way: a second click,
/// or Enter after a click, finds the state already changed.
pub fn submit(desk: &Desk, store: &Store, new: Option<TokenizeRequest>) {
    let state = store.now();
    let Some(view) = state.view().filter(|_| !state.submission.blocks()).cloned() else {
        return;
    };
    let Some(attempt) = clock::new_attempt_id() else {
        return store.dispatch(Action::Fail(Trouble::WentWrong));
    };
    let request = request_for(&state, &view, attempt.as_str(), new.as_ref());
    let stage = if new.is_some() { Stage::Tokenizing } else { Stage::Confirming };
    store.dispatch(Action::Begin { attempt: attempt.as_str().to_owned(), stage });
    let (desk, store) = (desk.clone(), store.clone());
    spawn_local(async move {
        let mut request = request;
        if let Some(new) = new {
            match token_for(&view, new).await {
                Ok(token) => request.token = Some(token),
                Err(action) => return store.dispatch(action),
            }
            store.dispatch(Action::Advance(Stage::Confirming));
        }
        // Kept before it is sent: after a lost answer, this very request is asked about and sent again.
        let request = Rc::new(request);
        desk.keep(request.clone());
        let confirmation = desk.billing().confirm(&request).await;
        settle(&desk, &store, confirmation).await;
    });
}

/// Takes in what a confirm led to.
pub(super) async fn settle(desk: &Desk, store: &Store, confirmation: Confirmation) {
    let (code, param, attempt) = match confirmation {
        Confirmation::Known(attempt) => (None, None, Some(attempt)),
        Confirmation::Refused(refusal) if refusal.leaves_doubt() => return follow(desk, store),
        Confirmation::Refused(Refusal::Problem { code, param, attempt, .. }) => (code, param, attempt),
        Confirmation::Refused(Refusal::Silence) => return follow(desk, store),
    };
    if let Some(attempt) = attempt {
        let ended = attempt.status.is_final();
        let refused = matches!(attempt.status, AttemptStatus::Declined | AttemptStatus::Failed);
        if ended || code.is_some() {
            // Ours is over, or another one stands in its place: nothing of ours is sent again.
            desk.forget();
        }
        store.dispatch(Action::Attempt(attempt));
        if !ended {
            follow(desk, store);
        } else if refused && code.is_some() {
            load::run(desk, store).await;
        }
        return;
    }
    desk.forget();
    refuse(desk, store, code, param.as_deref()).await;
}

/// The server spelled out why it did not begin: no money moved.
async fn refuse(desk: &Desk, store: &Store, code: Option<ErrorCode>, param: Option<&str>) {
    use ErrorCode as E;
    let (trouble, reload) = match code {
        Some(E::SessionExpired) => {
            return store.dispatch(Action::LoadFailed(crate::state::LoadFailure::Expired));
        }
        Some(E::SessionInvalid | E::OriginNotAllowed) => {
            return store.dispatch(Action::LoadFailed(crate::state::LoadFailure::Invalid));
        }
        Some(E::AddressInvalid) => {
            let part = param.and_then(|param| param.rsplit('.').next()).and_then(Part::parse);
            return store.dispatch(match part {
                Some(part) => Action::Refuse(Field::Address(part), FieldError::AddressRefused),
                None => Action::Fail(Trouble::AddressRefused),
            });
        }
        // Paid elsewhere, without a try of this session: what is due now says the rest.
        Some(E::AmountChanged | E::NothingToPay | E::AlreadyPaid) => (Trouble::AmountChanged, true),
        Some(E::AttemptInProgress) => (Trouble::WentWrong, true),
        Some(E::ScheduleChanged | E::PlanRequired | E::PlanUnavailable) => (Trouble::ScheduleChanged, true),
        Some(E::PlanNeedsSavedMethod) => (Trouble::NeedsSaved, false),
        Some(
            E::MethodExpired
            | E::MethodUnknown
            | E::MethodBlocked
            | E::MandateRequired
            | E::BankDebitUnavailable,
        ) => (Trouble::MethodGone, true),
        Some(E::TokenUnusable) => (Trouble::TokenGone, false),
        Some(E::RateLimited) => (Trouble::Busy, false),
        _ => (Trouble::WentWrong, false),
    };
    store.dispatch(Action::Fail(trouble));
    if reload {
        load::run(desk, store).await;
    }
}

async fn token_for(view: &CheckoutView, new: TokenizeRequest) -> Result<String, Action> {
    tokenize(&view.processor, new).await.map_err(|refusal| match refusal {
        TokenRefusal::Refused(decline) => Action::CardRefused(decline),
        TokenRefusal::Misconfigured => Action::Fail(Trouble::ProcessorMisconfigured),
        TokenRefusal::Busy => Action::Fail(Trouble::Busy),
        TokenRefusal::Unreachable => Action::Fail(Trouble::ProcessorUnreachable),
    })
}

/// What will be asked of the billing API; the token comes later.
fn request_for(
    state: &Checkout,
    view: &CheckoutView,
    attempt: &str,
    new: Option<&TokenizeRequest>,
) -> ConfirmRequest {
    let saved_method = match &state.choice {
        Some(Choice::Saved(id)) if new.is_none() => Some(id.clone()),
        _ => None,
    };
    let consent = state.consent(view);
    let kind = new.and_then(|new| match &new.instrument {
        Instrument::Bank { account, .. } => Some(account.rail().into()),
        Instrument::Card { .. } => None,
    });
    let mandate = match &state.agreement {
        Agreement::Here(terms, text) if state.form.asks.has_mandate() => Some(MandateAcceptance {
            version: text.version.clone(),
            locale: text.locale.clone(),
            holder: terms.holder,
        }),
        _ => None,
    };
    let save = new.is_some() && state.saves();
    let plan = state
        .option()
        .map(|option| PlanChoice { option: option.id.clone(), schedule_hash: option.schedule_hash.clone() });
    ConfirmRequest {
        attempt_id: attempt.to_owned(),
        amount: state.due_now(),
        currency: view.invoice.currency.clone(),
        saved_method,
        token: None,
        method_kind: kind,
        mandate,
        billing_address: new.map(|new| new.billing_address.clone()),
        save,
        consent_version: save.then(|| consent.version.clone()),
        consent_locale: save.then(|| consent.locale.clone()),
        plan,
        // This page asks for no security code of a saved card.
        ..ConfirmRequest::default()
    }
}
