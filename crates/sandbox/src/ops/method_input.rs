//! Makes a payment method of what a caller sent: a card, raw or by token, or a bank account.

use crate::banks::Rail;
use crate::error::ApiError;
use crate::form::Node;
use crate::model::{BillingDetails, Instrument, PaymentMethod};
use crate::store::Tx;

use super::bank_input::account_of_node;
use super::billing::merge_billing;
use super::card_input::{card_of_group, note_address_checks};
use super::find::new_method;

/// The types that a payment method may have.
pub const KINDS: [&str; 3] = ["card", Rail::Ach.kind(), Rail::Pad.kind()];

/// Makes a payment method of `type`, the group of that name, and `billing_details[…]`. It is not put into the book.
pub fn method_of_node(tx: &mut Tx<'_>, node: &Node<'_>) -> Result<PaymentMethod, ApiError> {
    let kind = node.choice("type", &KINDS)?.ok_or_else(|| ApiError::missing(&node.name_of("type")))?;
    if let Some(other) = KINDS.iter().find(|other| **other != kind && node.has(other)) {
        let message = format!("You may not provide `{other}` for a payment method of the type {kind}.");
        return Err(ApiError::invalid(message).param(node.name_of(other)));
    }
    let group = node.group(kind)?.ok_or_else(|| ApiError::missing(&node.name_of(kind)))?;
    let (instrument, billing) = match Rail::of_kind(kind) {
        None => {
            let (card, billing) = card_of_group(tx, &group)?;
            (Instrument::Card(card), billing)
        }
        Some(rail) => {
            if rail == Rail::Ach && !group.has("account_holder_type") {
                return Err(ApiError::missing(&group.name_of("account_holder_type")));
            }
            (Instrument::Bank(account_of_node(tx, &group, rail)?), BillingDetails::default())
        }
    };
    let mut method = new_method(tx, instrument);
    method.billing = billing;
    merge_billing(node, &mut method.billing)?;
    require_payer(node, kind, &method.billing)?;
    node.merge_metadata(&mut method.metadata)?;
    note_address_checks(&mut method);
    Ok(method)
}

/// A debit needs to know whose account it is, and a Canadian one where the payer is told of it.
fn require_payer(node: &Node<'_>, kind: &str, billing: &BillingDetails) -> Result<(), ApiError> {
    let missing = match Rail::of_kind(kind) {
        Some(_) if billing.name.is_none() => "name",
        Some(Rail::Pad) if billing.email.is_none() => "email",
        _ => return Ok(()),
    };
    Err(ApiError::missing(&format!("{}[{missing}]", node.name_of("billing_details"))))
}
