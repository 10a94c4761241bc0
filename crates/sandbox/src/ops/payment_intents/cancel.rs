//! Gives an intent up. What was held is released.

use serde_json::Value;

use super::unexpected_state;
use crate::error::ApiError;
use crate::model::{ChargeState, IntentStatus, Operation};
use crate::ops::{Access, Call, Verb, find};
use crate::store::{Change, Tx};

/// Gives an intent up.
pub const CANCEL: Verb =
    Verb { name: "payment_intents.cancel", access: Access::Secret, moves_money: true, run };

const REASONS: [&str; 4] = ["duplicate", "fraudulent", "requested_by_customer", "abandoned"];

fn run(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["cancellation_reason", "expand"])?;
    let reason = node.choice("cancellation_reason", &REASONS)?.map(str::to_owned);
    let mut intent = find::payment_intent(tx, call)?;
    match intent.status {
        IntentStatus::RequiresCapture { capturable } => {
            let charge = intent.latest_charge.as_deref().and_then(|id| tx.book().charges.row(id)).cloned();
            if let Some(mut charge) = charge {
                charge.state = ChargeState::Released;
                charge.amount_refunded = capturable;
                tx.put(Change::Charge(Box::new(charge.clone())));
                tx.journal(Operation::Cancel, &charge, capturable, None, &intent.metadata);
                tx.emit("charge.refunded", &charge.view());
            }
        }
        ref status if status.is_open() => {}
        _ => return Err(unexpected_state(&intent, "cancel")),
    }
    intent.status = IntentStatus::Canceled { at: tx.now_s(), reason };
    let view = intent.view();
    tx.put(Change::PaymentIntent(intent));
    tx.emit("payment_intent.canceled", &view);
    Ok(view)
}
