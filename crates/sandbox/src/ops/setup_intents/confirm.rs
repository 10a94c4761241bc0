//! Confirms a setup: asks the bank, and keeps the method for the customer.

use serde_json::Value;

use super::keep_account::keep_account;
use super::unexpected_state;
use crate::error::ApiError;
use crate::model::{Instrument, IntentFailure, Ownership, PaymentMethod, SetupIntent, SetupStatus};
use crate::ops::authorize::authorize_keeping;
use crate::ops::consent::{Consent, merge_options};
use crate::ops::payment_intents::{method_of, wrong_kind};
use crate::ops::payment_methods::{keep, spent};
use crate::ops::{Access, Call, Verb, challenge, find};
use crate::store::{Change, Tx};

/// Confirms a setup.
pub const CONFIRM: Verb =
    Verb { name: "setup_intents.confirm", access: Access::ClientSecret, moves_money: false, run };

const PARAMS: [&str; 8] = [
    "client_secret",
    "expand",
    "mandate_data",
    "payment_method",
    "payment_method_data",
    "payment_method_options",
    "return_url",
    "use_stripe_sdk",
];

fn run(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&PARAMS)?;
    let mut intent = find::setup_intent(tx, call)?;
    if !intent.status.is_open() {
        return Err(unexpected_state(&intent, "confirm"));
    }
    if let Some(method) = method_of(tx, &node)? {
        intent.payment_method = Some(method);
    }
    node.update("return_url", &mut intent.return_url)?;
    merge_options(&node, &mut intent.terms, false)?;
    let consent = Consent::of_node(tx, &node, call.key.power)?;
    confirm(tx, intent, &consent)
}

/// Confirms an open setup.
///
/// # Errors
/// 402 when the bank refuses, 400 when the method cannot be kept.
pub fn confirm(tx: &mut Tx<'_>, mut intent: SetupIntent, consent: &Consent) -> Result<Value, ApiError> {
    let method = usable_method(tx, &intent)?;
    if let Err(error) = authorize_keeping(tx, &method.instrument) {
        return Err(refuse(tx, intent, &method, error));
    }
    let card = match &method.instrument {
        Instrument::Card(card) => card,
        Instrument::Bank(account) => {
            let account = account.clone();
            return keep_account(tx, intent, method, &account, consent);
        }
    };
    if card.script.wants_authentication(false, false) {
        intent.status = SetupStatus::RequiresAction;
        intent.challenge = challenge::begin(tx, &intent.id, intent.return_url.as_deref());
        let view = intent.view();
        tx.put(Change::SetupIntent(intent));
        tx.emit("setup_intent.requires_action", &view);
        return Ok(view);
    }
    Ok(succeed(tx, intent, method))
}

/// Goes on after the payer has authenticated, or has failed to.
///
/// # Errors
/// 400 unless the setup waits for it.
pub fn finish_authentication(
    tx: &mut Tx<'_>,
    mut intent: SetupIntent,
    succeeded: bool,
) -> Result<Value, ApiError> {
    if intent.status != SetupStatus::RequiresAction {
        return Err(unexpected_state(&intent, "authenticate"));
    }
    let method = usable_method(tx, &intent)?;
    tx.never(&intent.id);
    if succeeded {
        return Ok(succeed(tx, intent, method));
    }
    intent.status = SetupStatus::RequiresPaymentMethod;
    intent.payment_method = None;
    intent.failure = Some(IntentFailure {
        code: "setup_intent_authentication_failure".to_owned(),
        decline_code: None,
        network_code: None,
        message: "The provided PaymentMethod has failed authentication.".to_owned(),
        charge: None,
        payment_method: Some(method.view()),
    });
    let view = intent.view();
    tx.put(Change::SetupIntent(intent));
    tx.emit("setup_intent.setup_failed", &view);
    Ok(view)
}

fn usable_method(tx: &mut Tx<'_>, intent: &SetupIntent) -> Result<PaymentMethod, ApiError> {
    let Some(id) = &intent.payment_method else {
        let message = "You cannot confirm this SetupIntent because it's missing a payment method.";
        let error = ApiError::invalid(message).code("setup_intent_unexpected_state");
        return Err(error.with("setup_intent", intent.view()));
    };
    let method = find::payment_method_param(tx, id)?;
    let kind = method.instrument.kind();
    if !intent.kinds.iter().any(|allowed| allowed == kind) {
        return Err(wrong_kind("SetupIntent", kind, &intent.kinds));
    }
    match &method.ownership {
        Ownership::Free => Ok(method),
        Ownership::Customer(owner) if intent.customer.as_ref() == Some(owner) => Ok(method),
        Ownership::Customer(_) => {
            let message = "The provided PaymentMethod belongs to another customer.";
            Err(ApiError::invalid(message).param("payment_method"))
        }
        Ownership::Spent => Err(spent()),
    }
}

/// Keeps the method of a setup that has succeeded.
pub fn succeed(tx: &mut Tx<'_>, mut intent: SetupIntent, mut method: PaymentMethod) -> Value {
    if let Some(card) = method.card_mut() {
        card.set_up = intent.usage == "off_session";
    }
    match (&method.ownership, &intent.customer) {
        (Ownership::Free, Some(customer)) => {
            keep(tx, method, customer);
        }
        _ => tx.put(Change::PaymentMethod(method)),
    }
    intent.status = SetupStatus::Succeeded;
    intent.failure = None;
    let view = intent.view();
    tx.put(Change::SetupIntent(intent));
    tx.emit("setup_intent.succeeded", &view);
    view
}

/// Notes that a setup was refused.
pub fn refuse(tx: &mut Tx<'_>, mut intent: SetupIntent, method: &PaymentMethod, error: ApiError) -> ApiError {
    let Some(decline) = error.decline() else {
        return error;
    };
    intent.status = SetupStatus::RequiresPaymentMethod;
    intent.payment_method = None;
    intent.failure = Some(IntentFailure { payment_method: Some(method.view()), ..decline });
    let view = intent.view();
    tx.put(Change::SetupIntent(intent));
    tx.emit("setup_intent.setup_failed", &view);
    error.with("payment_method", method.view()).with("setup_intent", view)
}
