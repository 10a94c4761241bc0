//! A debit brings its money.

use super::charge_and_intent;
use crate::model::{ChargeState, IntentStatus, Operation};
use crate::store::{Change, Entry, Tx};

/// Settles a debit that is on its way.
pub fn settle(tx: &mut Tx<'_>, charge: &str) {
    let Some((mut charge, mut intent)) = charge_and_intent(tx, charge) else {
        return;
    };
    if charge.state != ChargeState::Pending {
        return;
    }
    let (amount, network_transaction_id) = (charge.amount, tx.context.ids.letters(15));
    charge.state = ChargeState::Captured { amount, network_transaction_id };
    intent.status = IntentStatus::Succeeded { received: amount };
    tx.put(Change::Charge(Box::new(charge.clone())));
    tx.journal(Entry::new(Operation::Settle, &charge, amount, &intent.metadata));
    let view = intent.view();
    tx.put(Change::PaymentIntent(intent));
    tx.emit("charge.succeeded", &charge.view());
    tx.emit("payment_intent.succeeded", &view);
    tx.emit("charge.updated", &charge.view());
}
