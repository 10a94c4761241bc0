//! Tokens: made by a browser, read by anyone with a key.

use serde_json::Value;

use super::bank_input::account_of_token_node;
use super::billing::merge_card_address;
use super::card_input::card_of_node;
use super::{Access, Call, Verb, security_code};
use crate::error::ApiError;
use crate::form::Node;
use crate::model::{BillingDetails, Card, CheckResult, Instrument, Token};
use crate::store::{Change, Tx};

/// Makes a token of `card[…]`, `bank_account[…]` or `cvc_update[cvc]`.
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
    node.allow(&["bank_account", "card", "cvc_update", "expand"])?;
    if let Some(update) = node.group("cvc_update")? {
        return security_code::token_of_node(tx, &update);
    }
    let mut billing = BillingDetails::default();
    let (prefix, mut instrument) = match (node.group("card")?, node.group("bank_account")?) {
        (Some(card), None) => ("tok", Instrument::Card(card_of(tx, &card, &mut billing)?)),
        (None, Some(account)) => {
            account.update("account_holder_name", &mut billing.name)?;
            ("btok", Instrument::Bank(account_of_token_node(tx, &account)?))
        }
        _ => {
            let message = "You must supply either a card, customer, PII data, bank account, or account details to create a token.";
            return Err(ApiError::invalid(message));
        }
    };
    let id = tx.id(prefix);
    instrument.known_as_mut().push(id.clone());
    let token = Token { id, created: tx.now_s(), used: false, instrument, billing };
    let view = token.view();
    tx.put(Change::Token(token));
    Ok(view)
}

fn card_of(tx: &Tx<'_>, node: &Node<'_>, billing: &mut BillingDetails) -> Result<Card, ApiError> {
    node.allow(&CARD_PARAMS)?;
    let mut card = card_of_node(tx, node)?;
    merge_card_address(node, billing)?;
    let waits = |part: &Option<String>| part.as_ref().map(|_| CheckResult::Unchecked);
    card.checks.line = waits(&billing.address.line1);
    card.checks.postal_code = waits(&billing.address.postal_code);
    Ok(card)
}

fn retrieve(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    call.node().allow(&["expand"])?;
    if let Some(token) = tx.book().cvc_tokens.row(call.id()) {
        return Ok(token.view());
    }
    let token = tx.book().tokens.row(call.id());
    token.map(Token::view).ok_or_else(|| ApiError::not_found("token", call.id(), "token"))
}
