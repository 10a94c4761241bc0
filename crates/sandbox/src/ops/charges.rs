//! Charges are made by intents; here they are read.

use serde_json::Value;

use super::paging::{LIST_PARAMS, list};
use super::{Access, Call, Verb};
use crate::error::ApiError;
use crate::model::Charge;
use crate::store::Tx;

/// Reads one.
pub const RETRIEVE: Verb =
    Verb { name: "charges.retrieve", access: Access::Secret, moves_money: false, run: retrieve };
/// Lists all, a customer's or an intent's.
pub const LIST: Verb =
    Verb { name: "charges.list", access: Access::Secret, moves_money: false, run: list_all };

fn retrieve(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    call.node().allow(&["expand"])?;
    let charge = tx.book().charges.row(call.id());
    charge.map(Charge::view).ok_or_else(|| ApiError::not_found("charge", call.id(), "charge"))
}

fn list_all(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    let mut params = LIST_PARAMS.to_vec();
    params.extend(["customer", "payment_intent"]);
    node.allow(&params)?;
    let customer = node.text("customer")?;
    let by_intent = node.text("payment_intent")?.map(|id| format!("payment_intent={id}"));
    let key = by_intent.or_else(|| customer.map(|id| format!("customer={id}")));
    let keep = |charge: &Charge| customer.is_none() || charge.customer.as_deref() == customer;
    list(&tx.book().charges, &node, "/v1/charges", key.as_deref(), keep, Charge::view)
}
