//! Reads customers.

use serde_json::Value;

use crate::error::ApiError;
use crate::model::Customer;
use crate::ops::paging::{LIST_PARAMS, list};
use crate::ops::{Access, Call, Verb};
use crate::store::Tx;

/// Reads one; a deleted one says so.
pub const RETRIEVE: Verb =
    Verb { name: "customers.retrieve", access: Access::Secret, moves_money: false, run: retrieve };
/// Lists all, or those with an e-mail address.
pub const LIST: Verb =
    Verb { name: "customers.list", access: Access::Secret, moves_money: false, run: list_all };

fn retrieve(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    call.node().allow(&["expand"])?;
    let customer = tx.book().customers.row(call.id());
    customer.map(Customer::view).ok_or_else(|| ApiError::not_found("customer", call.id(), "id"))
}

fn list_all(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    let mut params = LIST_PARAMS.to_vec();
    params.push("email");
    node.allow(&params)?;
    let key = node.text("email")?.map(|email| format!("email={email}"));
    list(&tx.book().customers, &node, "/v1/customers", key.as_deref(), |_| true, Customer::view)
}
