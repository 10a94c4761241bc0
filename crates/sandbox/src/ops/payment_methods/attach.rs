//! Keeps a method for a customer, and lets it go.

use serde_json::Value;

use crate::error::ApiError;
use crate::model::{Ownership, PaymentMethod};
use crate::ops::authorize::authorize_keeping;
use crate::ops::{Access, Call, Verb, find};
use crate::store::{Change, Tx};

/// Keeps a method for a customer.
pub const ATTACH: Verb =
    Verb { name: "payment_methods.attach", access: Access::Secret, moves_money: false, run: attach };
/// Lets a method go for ever.
pub const DETACH: Verb =
    Verb { name: "payment_methods.detach", access: Access::Secret, moves_money: false, run: detach };

fn attach(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["customer", "expand"])?;
    let customer = find::customer_param(tx, node.required("customer")?)?;
    let method = find::payment_method(tx, call.id())?;
    match &method.ownership {
        Ownership::Free => {}
        Ownership::Customer(owner) if *owner == customer.id => return Ok(method.view()),
        Ownership::Customer(_) => {
            let message = "The payment method you provided has already been attached to a customer.";
            return Err(ApiError::invalid(message).param("payment_method"));
        }
        Ownership::Spent => return Err(spent()),
    }
    authorize_keeping(tx, &method.instrument)?;
    let method = keep(tx, method, &customer.id);
    Ok(method.view())
}

/// Makes a method a customer's; the bank was asked before.
pub fn keep(tx: &mut Tx<'_>, mut method: PaymentMethod, customer: &str) -> PaymentMethod {
    method.ownership = Ownership::Customer(customer.to_owned());
    if let Some(card) = method.card_mut() {
        card.run_checks();
    }
    tx.put(Change::PaymentMethod(method.clone()));
    tx.emit("payment_method.attached", &method.view());
    method
}

fn detach(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    call.node().allow(&["expand"])?;
    let method = find::payment_method(tx, call.id())?;
    if method.customer().is_none() {
        let message =
            "The payment method you provided is not attached to a customer so detachment is impossible.";
        return Err(ApiError::invalid(message).param("payment_method"));
    }
    Ok(release(tx, method).view())
}

/// Ends a method's life with its customer.
pub fn release(tx: &mut Tx<'_>, mut method: PaymentMethod) -> PaymentMethod {
    method.ownership = Ownership::Spent;
    tx.put(Change::PaymentMethod(method.clone()));
    tx.emit("payment_method.detached", &method.view());
    method
}

/// The refusal of a method that was used or detached.
pub fn spent() -> ApiError {
    let message = "This PaymentMethod was previously used without being attached to a Customer or was detached from a \
                   Customer, and may not be used again.";
    ApiError::invalid(message).code("payment_method_unactivated").param("payment_method")
}
