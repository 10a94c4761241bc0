//! Gives money back.

use serde_json::Value;

use crate::error::{ApiError, printable};
use crate::form::Node;
use crate::model::{Charge, Operation, Refund};
use crate::ops::{Access, Call, Verb};
use crate::store::{Change, Tx};

/// Gives money back.
pub const CREATE: Verb = Verb { name: "refunds.create", access: Access::Secret, moves_money: true, run };

fn run(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["payment_intent", "charge", "amount", "reason", "metadata", "expand"])?;
    let reason =
        node.choice("reason", &["duplicate", "fraudulent", "requested_by_customer"])?.map(str::to_owned);
    let mut charge = charge_of(tx, &node)?;
    let id = &charge.id;
    if charge.amount_refunded > 0 && charge.refundable() == 0 {
        let message = format!("Charge {id} has already been refunded.");
        return Err(ApiError::invalid(message).code("charge_already_refunded"));
    }
    let amount = node.integer("amount")?.unwrap_or_else(|| charge.refundable());
    if node.has("amount") && amount < 1 {
        let message = "This value must be greater than or equal to 1.";
        return Err(ApiError::invalid(message).code("parameter_invalid_integer").param("amount"));
    }
    if charge.refundable() == 0 {
        let message = format!("Charge {id} cannot be refunded: no money was taken with it.");
        return Err(ApiError::invalid(message).code("charge_not_refundable"));
    }
    if amount > charge.refundable() {
        let left = charge.refundable();
        let message =
            format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).");
        return Err(ApiError::invalid(message).param("amount"));
    }
    let mut refund = Refund {
        id: tx.id("re"),
        created: tx.now_s(),
        amount,
        currency: charge.currency.clone(),
        charge: charge.id.clone(),
        payment_intent: charge.payment_intent.clone(),
        reason,
        metadata: Default::default(),
    };
    node.merge_metadata(&mut refund.metadata)?;
    charge.amount_refunded += amount;
    tx.put(Change::Charge(Box::new(charge.clone())));
    tx.put(Change::Refund(refund.clone()));
    tx.journal(Operation::Refund, &charge, amount, Some(&refund.id), &refund.metadata);
    let view = refund.view();
    tx.emit("refund.created", &view);
    tx.emit("charge.refunded", &charge.view());
    Ok(view)
}

/// The charge that is meant: by its own id, or the one that an intent ended in.
fn charge_of(tx: &Tx<'_>, node: &Node<'_>) -> Result<Charge, ApiError> {
    let book = tx.book();
    match (node.text("charge")?, node.text("payment_intent")?) {
        (Some(_), Some(_)) => {
            Err(ApiError::invalid("You may only specify one of these parameters: charge, payment_intent."))
        }
        (Some(id), None) => {
            book.charges.row(id).cloned().ok_or_else(|| ApiError::no_such("charge", id, "charge").status(404))
        }
        (None, Some(id)) => {
            let intent = book.payment_intents.row(id);
            let intent = intent
                .ok_or_else(|| ApiError::no_such("payment_intent", id, "payment_intent").status(404))?;
            let charge = intent.latest_charge.as_deref().and_then(|id| book.charges.row(id));
            charge.cloned().ok_or_else(|| {
                let message = format!(
                    "This PaymentIntent ({}) does not have a successful charge to refund.",
                    printable(id)
                );
                ApiError::invalid(message).param("payment_intent")
            })
        }
        (None, None) => Err(ApiError::missing("payment_intent")),
    }
}
