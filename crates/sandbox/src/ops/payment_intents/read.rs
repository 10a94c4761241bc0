//! Reads intents.

use serde_json::Value;

use super::{URL, view};
use crate::error::ApiError;
use crate::model::PaymentIntent;
use crate::ops::paging::{LIST_PARAMS, list};
use crate::ops::{Access, Call, Verb, find};
use crate::store::Tx;

/// Reads one.
pub const RETRIEVE: Verb = Verb {
    name: "payment_intents.retrieve",
    access: Access::ClientSecret,
    moves_money: false,
    run: retrieve,
};
/// Lists all, a customer's, or (which the real one cannot) those with a note: `metadata[key]=value`.
pub const LIST: Verb =
    Verb { name: "payment_intents.list", access: Access::Secret, moves_money: false, run: list_all };

fn retrieve(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    call.node().allow(&["client_secret", "expand"])?;
    Ok(find::payment_intent(tx, call)?.view())
}

fn list_all(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    let mut params = LIST_PARAMS.to_vec();
    params.extend(["customer", "metadata"]);
    node.allow(&params)?;
    let customer = node.text("customer")?;
    let notes = node.texts("metadata")?;
    let by_note = notes.iter().next().map(|(key, value)| format!("metadata[{key}]={value}"));
    let key = by_note.or_else(|| customer.map(|customer| format!("customer={customer}")));
    let keep = |intent: &PaymentIntent| {
        let is_theirs = customer.is_none() || intent.customer.as_deref() == customer;
        is_theirs && notes.iter().all(|(key, value)| intent.metadata.get(key) == Some(value))
    };
    list(&tx.book().payment_intents, &node, URL, key.as_deref(), keep, view)
}
