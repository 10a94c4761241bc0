//! Makes and changes payment methods.

use serde_json::Value;

use crate::cards::check::{check_expiry, is_over};
use crate::cards::decline::Decline;
use crate::error::ApiError;
use crate::ops::billing::merge_billing;
use crate::ops::card_input::{method_of_node, note_address_checks};
use crate::ops::{Access, Call, Verb, find};
use crate::store::{Change, Tx};

/// Makes a method of a raw card or a token.
pub const CREATE: Verb =
    Verb { name: "payment_methods.create", access: Access::Anyone, moves_money: false, run: create };
/// Changes expiry, billing details and notes.
pub const UPDATE: Verb =
    Verb { name: "payment_methods.update", access: Access::Secret, moves_money: false, run: update };

fn create(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["type", "card", "billing_details", "metadata", "expand", "allow_redisplay"])?;
    let method = method_of_node(tx, &node)?;
    let view = method.view();
    tx.put(Change::PaymentMethod(method));
    Ok(view)
}

fn update(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["card", "billing_details", "metadata", "expand", "allow_redisplay"])?;
    let mut method = find::payment_method(tx, call.id())?;
    if method.customer().is_none() {
        let message = "You must save this PaymentMethod to a customer before you can update it.";
        return Err(ApiError::invalid(message).param("payment_method"));
    }
    if let Some(card_node) = node.group("card")? {
        card_node.allow(&["exp_month", "exp_year", "networks"])?;
        let now = tx.context.now;
        let card = method.card_mut();
        let month = card_node.integer("exp_month")?.unwrap_or_else(|| i64::from(card.exp_month));
        let year = card_node.integer("exp_year")?.unwrap_or_else(|| i64::from(card.exp_year));
        let expiry = check_expiry(month, year).map_err(|decline| ApiError::card(&decline))?;
        if is_over(expiry, now) {
            return Err(ApiError::card(&Decline::INVALID_EXPIRY_YEAR));
        }
        card.exp_month = expiry.month();
        card.exp_year = expiry.year();
    }
    if node.has("billing_details") {
        merge_billing(&node, &mut method.billing)?;
        note_address_checks(&mut method);
    }
    node.merge_metadata(&mut method.metadata)?;
    let view = method.view();
    tx.put(Change::PaymentMethod(method));
    tx.emit("payment_method.updated", &view);
    Ok(view)
}
