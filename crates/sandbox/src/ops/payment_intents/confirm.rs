//! Confirms an intent: asks the bank and keeps what it says.

use serde_json::Value;

use super::debit::debit;
use super::{check_currency, future_usage, kinds_of, method_of, unexpected_state, wrong_kind};
use crate::cards::decline::Decline;
use crate::error::ApiError;
use crate::form::Node;
use crate::model::{
    Card, Charge, ChargeState, Instrument, IntentFailure, IntentStatus, Operation, Ownership, PaymentIntent,
    PaymentMethod,
};
use crate::ops::authorize::{Presence, Verdict, authorize};
use crate::ops::consent::{Consent, merge_options};
use crate::ops::payment_methods::{keep, spent};
use crate::ops::{Access, Call, Verb, challenge, find, security_code};
use crate::store::{Change, Entry, Tx};

/// Confirms an intent.
pub const CONFIRM: Verb =
    Verb { name: "payment_intents.confirm", access: Access::ClientSecret, moves_money: true, run };

const PARAMS: [&str; 16] = [
    "client_secret",
    "capture_method",
    "error_on_requires_action",
    "expand",
    "mandate_data",
    "off_session",
    "payment_method",
    "payment_method_data",
    "payment_method_options",
    "payment_method_types",
    "receipt_email",
    "return_url",
    "setup_future_usage",
    "use_stripe_sdk",
    "radar_options",
    "mandate",
];

/// How an intent is to be confirmed.
#[derive(Clone, Debug)]
pub struct Confirmation<'a> {
    /// The payer is away.
    pub off_session: bool,
    /// A wish for authentication counts as a refusal.
    pub error_on_requires_action: bool,
    /// Where the payer comes back to.
    pub return_url: Option<&'a str>,
    /// What the payer agreed to.
    pub consent: Consent,
    /// The token of the security code that the payer typed again.
    pub security_code: Option<&'a str>,
}

impl<'a> Confirmation<'a> {
    /// Reads it. `off_session` may also be `one_off` or `recurring`.
    pub fn of_node(tx: &Tx<'_>, call: &Call, node: &Node<'a>) -> Result<Self, ApiError> {
        let off_session = node.choice("off_session", &["true", "false", "one_off", "recurring"])?;
        Ok(Self {
            off_session: off_session.is_some_and(|word| word != "false"),
            error_on_requires_action: node.boolean("error_on_requires_action")? == Some(true),
            return_url: node.text("return_url")?,
            consent: Consent::of_node(tx, node, call.key.power)?,
            security_code: security_code::of_options(node)?,
        })
    }
}

fn run(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&PARAMS)?;
    let mut intent = find::payment_intent(tx, call)?;
    if !intent.status.is_open() {
        return Err(unexpected_state(&intent, "confirm"));
    }
    if let Some(kinds) = kinds_of(&node)? {
        check_currency(&kinds, &intent.currency)?;
        intent.kinds = kinds;
    }
    let confirmation = Confirmation::of_node(tx, call, &node)?;
    merge_options(&node, &mut intent.terms, confirmation.off_session)?;
    if let Some(usage) = future_usage(&node)? {
        intent.setup_future_usage = Some(usage);
    }
    if let Some(capture) = node.choice("capture_method", &["automatic", "automatic_async", "manual"])? {
        intent.manual_capture = capture == "manual";
    }
    node.update("receipt_email", &mut intent.receipt_email)?;
    if let Some(method) = method_of(tx, &node)? {
        intent.payment_method = Some(method);
    }
    confirm(tx, intent, &confirmation)
}

/// Confirms an open intent.
///
/// # Errors
/// 402 when the bank refuses (the refused charge is kept), 400 when the intent cannot be confirmed.
pub fn confirm(
    tx: &mut Tx<'_>,
    mut intent: PaymentIntent,
    how: &Confirmation<'_>,
) -> Result<Value, ApiError> {
    let method = usable_method(tx, &intent)?;
    intent.off_session = how.off_session;
    intent.return_url = how.return_url.map(str::to_owned).or(intent.return_url);
    let instrument = method.instrument.clone();
    match &instrument {
        Instrument::Card(card) => charge(tx, intent, method, card, how),
        Instrument::Bank(account) => debit(tx, intent, method, account, how),
    }
}

fn charge(
    tx: &mut Tx<'_>,
    mut intent: PaymentIntent,
    mut method: PaymentMethod,
    card: &Card,
    how: &Confirmation<'_>,
) -> Result<Value, ApiError> {
    if let (Some(token), Some(card)) = (how.security_code, method.card_mut())
        && let Some(decline) = security_code::check(tx, token, card)?
    {
        return Err(refuse(tx, intent, &method, &decline));
    }
    let presence = if how.off_session { Presence::OffSession } else { Presence::OnSession };
    match authorize(tx, card, presence)? {
        Verdict::Approved(reference) => Ok(approve(tx, intent, method, reference, false)),
        Verdict::Declined(decline) => Err(refuse(tx, intent, &method, &decline)),
        Verdict::NeedsAuthentication if how.off_session || how.error_on_requires_action => {
            Err(refuse(tx, intent, &method, &Decline::AUTHENTICATION))
        }
        Verdict::NeedsAuthentication => {
            intent.status = IntentStatus::RequiresAction;
            intent.challenge = challenge::begin(tx, &intent.id, intent.return_url.as_deref());
            let view = intent.view();
            tx.put(Change::PaymentIntent(intent));
            tx.emit("payment_intent.requires_action", &view);
            Ok(view)
        }
    }
}

/// Goes on after the payer has authenticated, or has failed to.
///
/// # Errors
/// 400 unless the intent waits for it; 402 when the bank refuses even so.
pub fn finish_authentication(
    tx: &mut Tx<'_>,
    mut intent: PaymentIntent,
    succeeded: bool,
) -> Result<Value, ApiError> {
    if intent.status != IntentStatus::RequiresAction {
        return Err(unexpected_state(&intent, "authenticate"));
    }
    let method = usable_method(tx, &intent)?;
    tx.never(&intent.id);
    if !succeeded {
        intent.status = IntentStatus::RequiresPaymentMethod;
        intent.payment_method = None;
        intent.failure = Some(IntentFailure {
            code: "payment_intent_authentication_failure".to_owned(),
            decline_code: None,
            network_code: None,
            message: "The provided PaymentMethod has failed authentication.".to_owned(),
            charge: None,
            payment_method: Some(method.view()),
        });
        let view = intent.view();
        tx.put(Change::PaymentIntent(intent));
        tx.emit("payment_intent.payment_failed", &view);
        return Ok(view);
    }
    let card = method.card().ok_or_else(|| unexpected_state(&intent, "authenticate"))?;
    match authorize(tx, card, Presence::Authenticated)? {
        Verdict::Approved(reference) => Ok(approve(tx, intent, method, reference, true)),
        Verdict::Declined(decline) => Err(refuse(tx, intent, &method, &decline)),
        Verdict::NeedsAuthentication => Err(refuse(tx, intent, &method, &Decline::AUTHENTICATION)),
    }
}

/// The intent's method, if it may be charged for this customer.
fn usable_method(tx: &mut Tx<'_>, intent: &PaymentIntent) -> Result<PaymentMethod, ApiError> {
    let Some(id) = &intent.payment_method else {
        let message = "You cannot confirm this PaymentIntent because it's missing a payment method.";
        let error = ApiError::invalid(message).code("payment_intent_unexpected_state");
        return Err(error.with("payment_intent", intent.view()));
    };
    let method = find::payment_method_param(tx, id)?;
    let kind = method.instrument.kind();
    if !intent.kinds.iter().any(|allowed| allowed == kind) {
        return Err(wrong_kind("PaymentIntent", kind, &intent.kinds));
    }
    match (&method.ownership, &intent.customer) {
        (Ownership::Spent, _) => Err(spent()),
        (Ownership::Free, _) => Ok(method),
        (Ownership::Customer(owner), Some(customer)) if owner == customer => Ok(method),
        (Ownership::Customer(_), None) => {
            let message = "The provided PaymentMethod cannot be used because it belongs to a customer. Please include the \
                           Customer in the `customer` parameter on the PaymentIntent.";
            Err(ApiError::invalid(message).param("payment_method"))
        }
        (Ownership::Customer(_), Some(_)) => {
            let message = "The provided PaymentMethod does not belong to the Customer that you supplied.";
            Err(ApiError::invalid(message).param("payment_method"))
        }
    }
}

/// A charge of this method for this intent. It is not put into the book.
pub fn new_charge(tx: &Tx<'_>, intent: &PaymentIntent, method: &PaymentMethod, state: ChargeState) -> Charge {
    Charge {
        id: tx.id(if method.card().is_some() { "ch" } else { "py" }),
        created: tx.now_s(),
        amount: intent.amount,
        currency: intent.currency.clone(),
        customer: intent.customer.clone(),
        payment_intent: intent.id.clone(),
        payment_method: method.id.clone(),
        instrument: method.instrument.clone(),
        mandate: None,
        dispute: None,
        billing: method.billing.clone(),
        state,
        amount_refunded: 0,
        description: intent.description.clone(),
        metadata: intent.metadata.clone(),
        receipt_email: intent.receipt_email.clone(),
    }
}

fn approve(
    tx: &mut Tx<'_>,
    mut intent: PaymentIntent,
    mut method: PaymentMethod,
    network_transaction_id: String,
    authenticated: bool,
) -> Value {
    if let Some(card) = method.card_mut() {
        card.run_checks();
    }
    let amount = intent.amount;
    let (state, op, status, kind) = if intent.manual_capture {
        let status = IntentStatus::RequiresCapture { capturable: amount };
        let kind = "payment_intent.amount_capturable_updated";
        (ChargeState::Authorized { network_transaction_id }, Operation::Authorize, status, kind)
    } else {
        let status = IntentStatus::Succeeded { received: amount };
        (
            ChargeState::Captured { amount, network_transaction_id },
            Operation::Charge,
            status,
            "payment_intent.succeeded",
        )
    };
    let charge = new_charge(tx, &intent, &method, state);
    tx.put(Change::Charge(Box::new(charge.clone())));
    tx.journal(Entry::new(op, &charge, amount, &intent.metadata));
    keep_or_spend(tx, &intent, method, authenticated);
    intent.status = status;
    intent.latest_charge = Some(charge.id.clone());
    intent.failure = None;
    let view = intent.view();
    tx.put(Change::PaymentIntent(intent));
    tx.emit("charge.succeeded", &charge.view());
    tx.emit(kind, &view);
    view
}

/// A method that was charged is kept if that was asked, and cannot be charged again otherwise.
pub fn keep_or_spend(
    tx: &mut Tx<'_>,
    intent: &PaymentIntent,
    mut method: PaymentMethod,
    authenticated: bool,
) {
    let kept = intent.setup_future_usage.as_deref();
    if let Some(card) = method.card_mut().filter(|_| authenticated && kept == Some("off_session")) {
        card.set_up = true;
    }
    match (&method.ownership, &intent.customer) {
        (Ownership::Free, Some(customer)) if kept.is_some() => {
            keep(tx, method, customer);
            return;
        }
        (Ownership::Free, _) => method.ownership = Ownership::Spent,
        (Ownership::Customer(_) | Ownership::Spent, _) => {}
    }
    tx.put(Change::PaymentMethod(method));
}

/// Keeps a refused try, and makes its answer.
pub fn refuse(
    tx: &mut Tx<'_>,
    mut intent: PaymentIntent,
    method: &PaymentMethod,
    decline: &Decline,
) -> ApiError {
    let code = decline.code.to_string();
    let decline_code = decline.decline_code.as_ref().map(|code| code.to_string());
    let message = decline.message.to_string();
    let state = ChargeState::Failed {
        code: code.clone(),
        decline_code: decline_code.clone(),
        message: message.clone(),
        network_code: None,
    };
    let charge = new_charge(tx, &intent, method, state);
    intent.status = IntentStatus::RequiresPaymentMethod;
    intent.payment_method = None;
    intent.latest_charge = Some(charge.id.clone());
    intent.failure = Some(IntentFailure {
        code,
        decline_code,
        network_code: None,
        message,
        charge: Some(charge.id.clone()),
        payment_method: Some(method.view()),
    });
    let view = intent.view();
    tx.put(Change::Charge(Box::new(charge.clone())));
    tx.put(Change::PaymentIntent(intent));
    tx.emit("charge.failed", &charge.view());
    tx.emit("payment_intent.payment_failed", &view);
    ApiError::card(decline)
        .with("charge", Value::String(charge.id))
        .with("payment_method", method.view())
        .with("payment_intent", view)
}
