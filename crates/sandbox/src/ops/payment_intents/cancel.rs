//! Gives an intent up. What was held is released, and a debit that was not sent yet is taken back.

use serde_json::Value;

use super::unexpected_state;
use crate::config::milliseconds;
use crate::error::ApiError;
use crate::model::{ChargeState, IntentStatus, MandateStatus, Operation, PaymentIntent};
use crate::ops::consent::set_mandate_status;
use crate::ops::{Access, Call, Verb, find};
use crate::store::{Change, Entry, Tx};

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
                tx.journal(Entry::new(Operation::Cancel, &charge, capturable, &intent.metadata));
                tx.emit("charge.refunded", &charge.view());
            }
        }
        IntentStatus::Processing => take_back(tx, &intent)?,
        IntentStatus::Verifying(_) => {
            tx.never(&intent.id);
            set_mandate_status(tx, intent.mandate.as_deref(), MandateStatus::Inactive);
        }
        ref status if status.is_open() => tx.never(&intent.id),
        _ => return Err(unexpected_state(&intent, "cancel")),
    }
    intent.status = IntentStatus::Canceled { at: tx.now_s(), reason };
    let view = intent.view();
    tx.put(Change::PaymentIntent(intent));
    tx.emit("payment_intent.canceled", &view);
    Ok(view)
}

/// Takes a debit back before it is sent to the bank: what was to become of it does not happen.
fn take_back(tx: &mut Tx<'_>, intent: &PaymentIntent) -> Result<(), ApiError> {
    let charge = intent.latest_charge.as_deref().and_then(|id| tx.book().charges.row(id)).cloned();
    let sent_ms = |created_s: i64| created_s * 1_000 + milliseconds(tx.context.times.cancel);
    let unsent = charge.filter(|charge| tx.context.now.as_millisecond() < sent_ms(charge.created));
    let Some(mut charge) = unsent.filter(|charge| charge.state == ChargeState::Pending) else {
        return Err(unexpected_state(intent, "cancel"));
    };
    tx.never(&charge.id);
    charge.state = ChargeState::Withdrawn;
    tx.put(Change::Charge(Box::new(charge.clone())));
    tx.journal(Entry::new(Operation::Cancel, &charge, charge.amount, &intent.metadata));
    tx.emit("charge.updated", &charge.view());
    Ok(())
}
