//! Pays: makes the try's id, gets a token for what was typed, asks to charge, and takes in the answer.

use std::rc::Rc;

use paydesk_domain::address::{Address, Part};
use paydesk_domain::attempt::AttemptStatus;
use paydesk_domain::card::Expiry;
use paydesk_domain::wire::billing::{CheckoutView, ConfirmRequest, MandateAcceptance};
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::payers::MethodUpdateRequest;
use paydesk_domain::wire::plans::PlanChoice;
use paydesk_domain::wire::processor::{Instrument, TokenizeRequest};
use yew::platform::spawn_local;

use super::{Desk, follow, load, update};
use crate::client::{Confirmation, Refusal, TokenRefusal, clock, tokenize};
use crate::state::{Action, Agreement, Asks, Checkout, Choice, Field, FieldError, Stage, Store, Trouble};

/// What was typed for a try, read from its fields once: it is moved from hand to hand, never copied, and wiped when it has been
/// sent.
#[derive(Debug, Default)]
pub struct Typed {
    /// What the processor makes a token of: a card, an account, or the security code of a saved card.
    pub new: Option<TokenizeRequest>,
    /// The new expiry of a saved card.
    pub expiry: Option<Expiry>,
    /// The billing address, where one is asked for.
    pub address: Option<Address>,
}

/// Pays with what is chosen and typed. Does nothing while another try is under way: a second click, or Enter after a click,
/// finds the state already changed.
pub fn submit(desk: &Desk, store: &Store, typed: Typed) {
    let state = store.now();
    let Some(view) = state.view().filter(|_| !state.submission.blocks()).cloned() else {
        return;
    };
    let Some(attempt) = clock::new_attempt_id() else {
        return store.dispatch(Action::Fail(Trouble::WentWrong));
    };
    let request = request_for(&state, &view, attempt.as_str(), &typed);
    let stage = if typed.new.is_some() { Stage::Tokenizing } else { Stage::Confirming };
    desk.take_turn();
    store.dispatch(Action::Begin { attempt: attempt.as_str().to_owned(), stage });
    let (desk, store) = (desk.clone(), store.clone());
    spawn_local(async move {
        let token = match typed.new {
            Some(new) => match token_for(&view, new).await {
                Ok(token) => Some(token),
                Err(action) => return store.dispatch(action),
            },
            None => None,
        };
        let asks = state.form.asks;
        let request = match &request.saved_method {
            Some(card) if asks.is_update() => {
                let update = update_by(typed.expiry, token, typed.address);
                if !update::run(&desk, &store, card, attempt.as_str(), &update).await {
                    return;
                }
                request
            }
            Some(_) => ConfirmRequest { cvc_token: token, billing_address: typed.address, ..request },
            None => ConfirmRequest { token, billing_address: typed.address, ..request },
        };
        store.dispatch(Action::Advance(Stage::Confirming));
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
pub(super) async fn refuse(desk: &Desk, store: &Store, code: Option<ErrorCode>, param: Option<&str>) {
    use ErrorCode as E;
    let (trouble, reload) = match code {
        Some(E::SessionExpired) => {
            return store.dispatch(Action::LoadFailed(crate::state::LoadFailure::Expired));
        }
        Some(E::SessionInvalid | E::OriginNotAllowed) => {
            return store.dispatch(Action::LoadFailed(crate::state::LoadFailure::Invalid));
        }
        Some(E::AddressInvalid | E::CardRefused) => {
            let at_fault = param.and_then(|param| refused_field(param, store.now().form.asks));
            let otherwise =
                if code == Some(E::CardRefused) { Trouble::NotUpdated } else { Trouble::AddressRefused };
            return store.dispatch(match at_fault {
                Some((field, error)) => Action::Refuse(field, error),
                None => Action::Fail(otherwise),
            });
        }
        // Paid elsewhere, without a try of this session: what is due now says the rest.
        Some(E::AmountChanged | E::PartialTooSmall | E::NothingToPay | E::AlreadyPaid) => {
            (Trouble::AmountChanged, true)
        }
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
        // Another rule than when the page was loaded: what it asks for now shows.
        Some(E::AddressNeeded | E::SecurityCodeNeeded) => (Trouble::NeedsMore, true),
        Some(E::UpdateUnavailable) => (Trouble::NotUpdated, true),
        Some(E::TokenUnusable) => (Trouble::TokenGone, false),
        Some(E::RateLimited) => (Trouble::Busy, false),
        _ => (Trouble::WentWrong, false),
    };
    store.dispatch(Action::Fail(trouble));
    if reload {
        load::run(desk, store).await;
    }
}

/// What brings a saved card up to date: its new expiry, with the token of its security code; or the token of another card.
pub(crate) fn update_by(
    expiry: Option<Expiry>,
    token: Option<String>,
    billing_address: Option<Address>,
) -> MethodUpdateRequest {
    let (token, cvc_token) = if expiry.is_none() { (token, None) } else { (None, token) };
    MethodUpdateRequest {
        exp_month: expiry.map(|expiry| expiry.month()),
        exp_year: expiry.map(|expiry| expiry.year()),
        cvc_token,
        token,
        billing_address,
    }
}

/// The field that a parameter of a request was typed in.
pub(crate) fn refused_field(param: &str, asks: Asks) -> Option<(Field, FieldError)> {
    let is_other = asks.has_card();
    Some(match param.strip_prefix("billing_address.").unwrap_or(param) {
        "exp_month" | "exp_year" if is_other => (Field::Expiry, FieldError::ExpiryRefused),
        "exp_month" | "exp_year" => (Field::Renewal, FieldError::ExpiryRefused),
        "cvc_token" if is_other => (Field::Cvc, FieldError::CvcRefused),
        "cvc_token" => (Field::Code, FieldError::CvcRefused),
        "token" => (Field::Number, FieldError::NumberRefused),
        "billing_address" => (Field::Address(Part::PostalCode), FieldError::AddressRefused),
        part => (Field::Address(Part::parse(part)?), FieldError::AddressRefused),
    })
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
fn request_for(state: &Checkout, view: &CheckoutView, attempt: &str, typed: &Typed) -> ConfirmRequest {
    let saved_method = match &state.choice {
        Some(Choice::Saved(id)) if !state.is_covered() => Some(id.clone()),
        _ => None,
    };
    let new = typed.new.as_ref().filter(|_| saved_method.is_none());
    let consent = state.consent(view);
    let kind = new.and_then(|new| match &new.instrument {
        Instrument::Bank { account, .. } => Some(account.rail().into()),
        Instrument::Card { .. } | Instrument::SecurityCode(_) => None,
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
    let is_agreed_to = save || (new.is_some() && state.keeps());
    let plan = state
        .option()
        .map(|option| PlanChoice { option: option.id.clone(), schedule_hash: option.schedule_hash.clone() });
    ConfirmRequest {
        attempt_id: attempt.to_owned(),
        amount: state.due_now(),
        credit: Some(state.credit_used()).filter(|credit| *credit > 0),
        currency: view.invoice.currency.clone(),
        saved_method,
        method_kind: kind,
        mandate,
        save,
        consent_version: is_agreed_to.then(|| consent.version.clone()),
        consent_locale: is_agreed_to.then(|| consent.locale.clone()),
        plan,
        // Tokens and the address follow.
        ..ConfirmRequest::default()
    }
}
