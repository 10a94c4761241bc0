//! Verifies an account by microdeposits, and keeps it then.

use serde_json::Value;

use super::confirm::succeed;
use super::unexpected_state;
use crate::error::ApiError;
use crate::model::{IntentFailure, MandateStatus, PaymentMethod, SetupIntent, SetupStatus};
use crate::ops::consent::set_mandate_status;
use crate::ops::microdeposits::{Answered, answer, message_of};
use crate::ops::{Access, Call, Verb, find};
use crate::store::{Change, Tx};

/// Takes what a payer saw of the microdeposits.
pub const VERIFY_MICRODEPOSITS: Verb = Verb {
    name: "setup_intents.verify_microdeposits",
    access: Access::ClientSecret,
    moves_money: false,
    run,
};

fn run(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["amounts", "client_secret", "descriptor_code", "expand"])?;
    let mut intent = find::setup_intent(tx, call)?;
    let SetupStatus::Verifying(verification) = intent.status else {
        return Err(unexpected_state(&intent, "verify microdeposits of"));
    };
    match answer(&node, verification)? {
        Answered::Verified => go_on(tx, intent),
        Answered::Wrong(verification, error) => {
            intent.status = SetupStatus::Verifying(verification);
            let view = intent.view();
            tx.put(Change::SetupIntent(intent));
            Err(error.with("setup_intent", view))
        }
        Answered::GivenUp(code) => {
            let view = give_up(tx, intent, code);
            Err(ApiError::invalid(message_of(code)).code(code).kept().with("setup_intent", view))
        }
    }
}

fn go_on(tx: &mut Tx<'_>, intent: SetupIntent) -> Result<Value, ApiError> {
    let missing = || unexpected_state(&intent, "verify microdeposits of");
    let mut method = method_of(tx, &intent).ok_or_else(missing)?;
    method.bank_mut().ok_or_else(missing)?.verified = true;
    tx.never(&intent.id);
    set_mandate_status(tx, intent.mandate.as_deref(), MandateStatus::Active);
    Ok(succeed(tx, intent, method))
}

fn method_of(tx: &Tx<'_>, intent: &SetupIntent) -> Option<PaymentMethod> {
    intent.payment_method.as_deref().and_then(|id| tx.book().payment_methods.row(id)).cloned()
}

/// Gives a verification up: the payer must name another account.
pub fn give_up(tx: &mut Tx<'_>, mut intent: SetupIntent, code: &str) -> Value {
    tx.never(&intent.id);
    set_mandate_status(tx, intent.mandate.as_deref(), MandateStatus::Inactive);
    let method = method_of(tx, &intent);
    intent.status = SetupStatus::RequiresPaymentMethod;
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
    tx.put(Change::SetupIntent(intent));
    tx.emit("setup_intent.setup_failed", &view);
    view
}
