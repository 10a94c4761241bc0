//! Changes an intent that is still open; notes can be changed always.

use serde_json::Value;

use super::{amount_of, currency_of, future_usage, unexpected_state};
use crate::error::ApiError;
use crate::model::IntentStatus;
use crate::ops::{Access, Call, Verb, find};
use crate::store::{Change, Tx};

/// Changes an intent.
pub const UPDATE: Verb =
    Verb { name: "payment_intents.update", access: Access::Secret, moves_money: false, run };

const WHEN_OPEN: [&str; 7] = [
    "amount",
    "currency",
    "customer",
    "payment_method",
    "receipt_email",
    "setup_future_usage",
    "statement_descriptor",
];

fn run(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    let mut params = WHEN_OPEN.to_vec();
    params.extend(["description", "metadata", "expand"]);
    node.allow(&params)?;
    let mut intent = find::payment_intent(tx, call)?;
    if !intent.status.is_open() && WHEN_OPEN.iter().any(|name| node.has(name)) {
        return Err(unexpected_state(&intent, "update"));
    }
    if let Some(currency) = currency_of(&node)? {
        intent.currency = currency;
    }
    if let Some(amount) = amount_of(&node, &intent.currency)? {
        intent.amount = amount;
    }
    if let Some(customer) = node.text("customer")? {
        intent.customer = Some(find::customer_param(tx, customer)?.id);
    }
    if let Some(method) = node.text("payment_method")? {
        intent.payment_method = Some(find::payment_method_param(tx, method)?.id);
        intent.status = IntentStatus::RequiresConfirmation;
    }
    if let Some(usage) = future_usage(&node)? {
        intent.setup_future_usage = Some(usage);
    }
    node.update("receipt_email", &mut intent.receipt_email)?;
    node.update("statement_descriptor", &mut intent.statement_descriptor)?;
    node.update("description", &mut intent.description)?;
    node.merge_metadata(&mut intent.metadata)?;
    let view = intent.view();
    tx.put(Change::PaymentIntent(intent));
    Ok(view)
}
