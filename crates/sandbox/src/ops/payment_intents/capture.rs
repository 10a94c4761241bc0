//! Takes money that is held, all of it or less.

use serde_json::Value;

use super::unexpected_state;
use crate::error::ApiError;
use crate::model::{ChargeState, IntentStatus, Operation};
use crate::ops::{Access, Call, Verb, find};
use crate::store::{Change, Entry, Tx};

/// Takes money that is held.
pub const CAPTURE: Verb =
    Verb { name: "payment_intents.capture", access: Access::Secret, moves_money: true, run };

fn run(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["amount_to_capture", "metadata", "expand"])?;
    let mut intent = find::payment_intent(tx, call)?;
    let IntentStatus::RequiresCapture { capturable } = intent.status else {
        return Err(unexpected_state(&intent, "capture"));
    };
    let amount = node.integer("amount_to_capture")?.unwrap_or(capturable);
    if amount < 1 || amount > capturable {
        let message = "The amount to capture must be at least 1 and at most the amount that is held.";
        return Err(ApiError::invalid(message).code("amount_too_large").param("amount_to_capture"));
    }
    node.merge_metadata(&mut intent.metadata)?;
    let charge = intent.latest_charge.as_deref().and_then(|id| tx.book().charges.row(id)).cloned();
    let Some(mut charge) = charge else {
        return Err(unexpected_state(&intent, "capture"));
    };
    let ChargeState::Authorized { network_transaction_id } = charge.state else {
        return Err(unexpected_state(&intent, "capture"));
    };
    charge.state = ChargeState::Captured { amount, network_transaction_id };
    tx.put(Change::Charge(Box::new(charge.clone())));
    tx.journal(Entry::new(Operation::Capture, &charge, amount, &intent.metadata));
    intent.status = IntentStatus::Succeeded { received: amount };
    let view = intent.view();
    tx.put(Change::PaymentIntent(intent));
    tx.emit("charge.captured", &charge.view());
    tx.emit("payment_intent.succeeded", &view);
    Ok(view)
}
