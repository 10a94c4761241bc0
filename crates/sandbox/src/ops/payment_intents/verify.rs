//! Verifies the account of a debit by microdeposits, and debits it then.

use serde_json::Value;

use super::debit::accept;
use super::unexpected_state;
use crate::error::ApiError;
use crate::model::{Instrument, IntentFailure, IntentStatus, MandateStatus, PaymentIntent, PaymentMethod};
use crate::ops::consent::set_mandate_status;
use crate::ops::microdeposits::{Answered, answer, message_of};
use crate::ops::{Access, Call, Verb, find};
use crate::store::{Change, Tx};

/// Takes what a payer saw of the microdeposits.
pub const VERIFY_MICRODEPOSITS: Verb = Verb {
    name: "payment_intents.verify_microdeposits",
    access: Access::ClientSecret,
    moves_money: true,
    run,
};

fn run(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["amounts", "client_secret", "descriptor_code", "expand"])?;
    let mut intent = find::payment_intent(tx, call)?;
    let IntentStatus::Verifying(verification) = intent.status else {
        return Err(unexpected_state(&intent, "verify microdeposits of"));
    };
    match answer(&node, verification)? {
        Answered::Verified => go_on(tx, intent),
        Answered::Wrong(verification, error) => {
            intent.status = IntentStatus::Verifying(verification);
            let view = intent.view();
            tx.put(Change::PaymentIntent(intent));
            Err(error.with("payment_intent", view))
        }
        Answered::GivenUp(code) => {
            let view = give_up(tx, intent, code);
            Err(ApiError::invalid(message_of(code)).code(code).kept().with("payment_intent", view))
        }
    }
}

fn go_on(tx: &mut Tx<'_>, intent: PaymentIntent) -> Result<Value, ApiError> {
    let missing = || unexpected_state(&intent, "verify microdeposits of");
    let mandate = intent.mandate.as_deref().and_then(|id| tx.book().mandates.row(id)).cloned();
    let (mandate, mut method) = (mandate.ok_or_else(missing)?, method_of(tx, &intent).ok_or_else(missing)?);
    let account = method.bank_mut().ok_or_else(missing)?;
    account.verified = true;
    let account = account.clone();
    tx.never(&intent.id);
    tx.put(Change::PaymentMethod(method.clone()));
    accept(tx, intent, method, &account, mandate)
}

fn method_of(tx: &Tx<'_>, intent: &PaymentIntent) -> Option<PaymentMethod> {
    let method = intent.payment_method.as_deref().and_then(|id| tx.book().payment_methods.row(id))?;
    matches!(method.instrument, Instrument::Bank(_)).then(|| method.clone())
}

/// Gives a verification up: the payer must name another account.
pub fn give_up(tx: &mut Tx<'_>, mut intent: PaymentIntent, code: &str) -> Value {
    tx.never(&intent.id);
    set_mandate_status(tx, intent.mandate.as_deref(), MandateStatus::Inactive);
    let method = method_of(tx, &intent);
    intent.status = IntentStatus::RequiresPaymentMethod;
    intent.payment_method = None;
    intent.mandate = None;
    intent.failure = Some(IntentFailure {
        code: code.to_owned(),
        decline_code: None,
        network_code: None,
        message: message_of(code).to_owned(),
        charge: None,
        payment_method: method.as_ref().map(PaymentMethod::view),
    });
    let view = intent.view();
    tx.put(Change::PaymentIntent(intent));
    tx.emit("payment_intent.payment_failed", &view);
    view
}
