//! A bank refuses a debit.

use super::charge_and_intent;
use crate::banks::{Refusal, ReturnCode};
use crate::model::{ChargeState, IntentFailure, IntentStatus, MandateStatus, Operation, PaymentMethod};
use crate::ops::consent::set_mandate_status;
use crate::store::{Change, Entry, Tx};

/// Fails a debit that is on its way.
pub fn fail(tx: &mut Tx<'_>, charge: &str, refusal: &Refusal) {
    let Some((mut charge, mut intent)) = charge_and_intent(tx, charge) else {
        return;
    };
    if charge.state != ChargeState::Pending {
        return;
    }
    let Refusal { code, decline_code, message, network_code } = refusal.clone();
    charge.state = ChargeState::Failed {
        code: code.clone(),
        decline_code: decline_code.clone(),
        message: message.clone(),
        network_code: network_code.clone(),
    };
    tx.put(Change::Charge(Box::new(charge.clone())));
    let entry = Entry::new(Operation::Fail, &charge, charge.amount, &intent.metadata);
    tx.journal(Entry { code: network_code.as_ref().map(ReturnCode::as_str), ..entry });
    if network_code.as_ref().is_some_and(ReturnCode::ends_consent) {
        set_mandate_status(tx, charge.mandate.as_deref(), MandateStatus::Inactive);
    }
    let method = tx.book().payment_methods.row(&charge.payment_method).map(PaymentMethod::view);
    intent.status = IntentStatus::RequiresPaymentMethod;
    intent.payment_method = None;
    intent.failure = Some(IntentFailure {
        code,
        decline_code,
        network_code,
        message,
        charge: Some(charge.id.clone()),
        payment_method: method,
    });
    let view = intent.view();
    tx.put(Change::PaymentIntent(intent));
    tx.emit("charge.failed", &charge.view());
    tx.emit("payment_intent.payment_failed", &view);
}
