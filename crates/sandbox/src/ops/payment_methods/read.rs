//! Reads payment methods.

use serde_json::Value;

use crate::error::ApiError;
use crate::model::PaymentMethod;
use crate::ops::paging::list;
use crate::ops::{Access, Call, Verb, find};
use crate::store::Tx;

/// Reads one.
pub const RETRIEVE: Verb =
    Verb { name: "payment_methods.retrieve", access: Access::Secret, moves_money: false, run: retrieve };
/// Lists a customer's.
pub const LIST: Verb =
    Verb { name: "payment_methods.list", access: Access::Secret, moves_money: false, run: list_all };
/// Lists a customer's, by the customer's path.
pub const LIST_OF_CUSTOMER: Verb = Verb {
    name: "customers.payment_methods",
    access: Access::Secret,
    moves_money: false,
    run: list_of_customer,
};
/// Reads one, by the customer's path.
pub const RETRIEVE_OF_CUSTOMER: Verb = Verb {
    name: "customers.payment_method",
    access: Access::Secret,
    moves_money: false,
    run: retrieve_of_customer,
};

const PARAMS: [&str; 7] =
    ["limit", "starting_after", "ending_before", "expand", "type", "customer", "allow_redisplay"];

fn retrieve(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    call.node().allow(&["expand"])?;
    Ok(find::payment_method(tx, call.id())?.view())
}

fn list_all(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&PARAMS)?;
    let customer = node.text("customer")?;
    if let Some(customer) = customer {
        find::customer_param(tx, customer)?;
    }
    page(tx, call, customer, "/v1/payment_methods")
}

fn list_of_customer(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    call.node().allow(&PARAMS)?;
    let customer = find::customer(tx, call.id())?;
    page(tx, call, Some(&customer.id), &format!("/v1/customers/{}/payment_methods", customer.id))
}

fn retrieve_of_customer(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    call.node().allow(&["expand"])?;
    let customer = find::customer(tx, call.id())?;
    let method = tx.book().payment_methods.row(call.second_id());
    let method = method.filter(|method| method.customer() == Some(&customer.id));
    method
        .map(PaymentMethod::view)
        .ok_or_else(|| ApiError::not_found("PaymentMethod", call.second_id(), "payment_method"))
}

/// Without a customer the list is empty, as the real one has it: methods that nobody keeps are not listed.
fn page(tx: &Tx<'_>, call: &Call, customer: Option<&str>, url: &str) -> Result<Value, ApiError> {
    let node = call.node();
    let kind = node.text("type")?;
    let key = format!("customer={}", customer.unwrap_or_default());
    let keep = |method: &PaymentMethod| kind.is_none_or(|kind| method.instrument.kind() == kind);
    list(&tx.book().payment_methods, &node, url, Some(&key), keep, PaymentMethod::view)
}
