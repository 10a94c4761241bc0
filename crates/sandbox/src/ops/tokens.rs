//! Tokens: made by a browser, read by anyone with a key.

use serde_json::Value;

use super::billing::merge_card_address;
use super::card_input::card_of_node;
use super::{Access, Call, Verb};
use crate::error::ApiError;
use crate::model::{BillingDetails, CheckResult, Instrument, Token};
use crate::store::{Change, Tx};

/// Makes a token of `card[…]`.
pub const CREATE: Verb =
    Verb { name: "tokens.create", access: Access::Anyone, moves_money: false, run: create };
/// Reads a token.
pub const RETRIEVE: Verb =
    Verb { name: "tokens.retrieve", access: Access::Anyone, moves_money: false, run: retrieve };

const CARD_PARAMS: [&str; 13] = [
    "number",
    "exp_month",
    "exp_year",
    "cvc",
    "name",
    "currency",
    "address_city",
    "address_country",
    "address_line1",
    "address_line2",
    "address_state",
    "address_zip",
    "networks",
];

fn create(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["card", "expand"])?;
    let Some(card_node) = node.group("card")? else {
        let message = "You must supply either a card, customer, PII data, bank account, or account details to create a token.";
        return Err(ApiError::invalid(message));
    };
    card_node.allow(&CARD_PARAMS)?;
    let mut card = card_of_node(tx, &card_node)?;
    let mut billing = BillingDetails::default();
    merge_card_address(&card_node, &mut billing)?;
    let waits = |part: &Option<String>| part.as_ref().map(|_| CheckResult::Unchecked);
    card.checks.line = waits(&billing.address.line1);
    card.checks.postal_code = waits(&billing.address.postal_code);
    let id = tx.id("tok");
    card.known_as.push(id.clone());
    let token = Token { id, created: tx.now_s(), used: false, instrument: Instrument::Card(card), billing };
    let view = token.view();
    tx.put(Change::Token(token));
    Ok(view)
}

fn retrieve(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    call.node().allow(&["expand"])?;
    let token = tx.book().tokens.row(call.id());
    token.map(Token::view).ok_or_else(|| ApiError::not_found("token", call.id(), "token"))
}
