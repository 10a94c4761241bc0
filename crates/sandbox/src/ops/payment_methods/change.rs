//! Makes and changes payment methods.

use serde_json::Value;

use crate::cards::check::{check_expiry, is_over};
use crate::cards::decline::Decline;
use crate::error::ApiError;
use crate::form::Node;
use crate::model::{BankPlace, Holder, PaymentMethod};
use crate::ops::billing::merge_billing;
use crate::ops::card_input::note_address_checks;
use crate::ops::method_input::{KINDS, method_of_node};
use crate::ops::{Access, Call, Verb, find};
use crate::store::{Change, Tx};

/// Makes a method of a raw card, a token or a bank account.
pub const CREATE: Verb =
    Verb { name: "payment_methods.create", access: Access::Anyone, moves_money: false, run: create };
/// Changes expiry, billing details and notes.
pub const UPDATE: Verb =
    Verb { name: "payment_methods.update", access: Access::Secret, moves_money: false, run: update };

fn create(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    let mut params = KINDS.to_vec();
    params.extend(["type", "billing_details", "metadata", "expand", "allow_redisplay"]);
    node.allow(&params)?;
    let method = method_of_node(tx, &node)?;
    let view = method.view();
    tx.put(Change::PaymentMethod(method));
    Ok(view)
}

fn update(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["card", "us_bank_account", "billing_details", "metadata", "expand", "allow_redisplay"])?;
    let mut method = find::payment_method(tx, call.id())?;
    if method.customer().is_none() {
        let message = "You must save this PaymentMethod to a customer before you can update it.";
        return Err(ApiError::invalid(message).param("payment_method"));
    }
    if let Some(card) = node.group("card")? {
        update_card(tx, &card, &mut method)?;
    }
    if let Some(account) = node.group("us_bank_account")? {
        update_account(&account, &mut method)?;
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

fn update_card(tx: &Tx<'_>, node: &Node<'_>, method: &mut PaymentMethod) -> Result<(), ApiError> {
    node.allow(&["exp_month", "exp_year", "networks"])?;
    let card = method.card_mut().ok_or_else(|| wrong_type("card"))?;
    let month = node.integer("exp_month")?.unwrap_or_else(|| i64::from(card.exp_month));
    let year = node.integer("exp_year")?.unwrap_or_else(|| i64::from(card.exp_year));
    let expiry = check_expiry(month, year).map_err(|decline| ApiError::card(&decline))?;
    if is_over(expiry, tx.context.now) {
        return Err(ApiError::card(&Decline::INVALID_EXPIRY_YEAR));
    }
    card.exp_month = expiry.month();
    card.exp_year = expiry.year();
    Ok(())
}

fn update_account(node: &Node<'_>, method: &mut PaymentMethod) -> Result<(), ApiError> {
    node.allow(&["account_holder_type", "account_type"])?;
    let place = method.bank_mut().map(|account| &mut account.place);
    let Some(BankPlace::Us { holder, account_type, .. }) = place else {
        return Err(wrong_type("us_bank_account"));
    };
    if let Some(word) = node.choice("account_holder_type", &Holder::WORDS)? {
        *holder = Holder::of_word(word);
    }
    if let Some(word) = node.choice("account_type", &["checking", "savings"])? {
        word.clone_into(account_type);
    }
    Ok(())
}

fn wrong_type(kind: &str) -> ApiError {
    let message = format!("You may only update `{kind}` of a payment method of this type.");
    ApiError::invalid(message).param(kind)
}
