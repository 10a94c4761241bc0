//! Verbs of the sandbox's own, for tests: what time or a payer would do.

use serde_json::Value;

use super::card_input::card_of_group;
use super::{Access, Call, Verb, find, payment_intents, setup_intents};
use crate::cards::check::check_expiry;
use crate::error::ApiError;
use crate::model::Card;
use crate::store::{Change, Tx};

/// Ages a stored card: any expiry is allowed, also one that is over.
pub const SET_EXPIRY: Verb =
    Verb { name: "sandbox.set_expiry", access: Access::Secret, moves_money: false, run: set_expiry };
/// Tells what a card's bank has told the processor by itself: a new expiry, another number (`card[token]`), or that it is closed.
pub const TELL_OF_CARD: Verb =
    Verb { name: "sandbox.tell_of_card", access: Access::Secret, moves_money: false, run: tell_of_card };
/// Authenticates (or fails to) in the payer's place: `outcome` is `succeed` or `fail`.
pub const AUTHENTICATE: Verb =
    Verb { name: "sandbox.authenticate", access: Access::Secret, moves_money: true, run: authenticate };

fn set_expiry(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["exp_month", "exp_year"])?;
    let month = node.integer("exp_month")?.ok_or_else(|| ApiError::missing("exp_month"))?;
    let year = node.integer("exp_year")?.ok_or_else(|| ApiError::missing("exp_year"))?;
    let expiry = check_expiry(month, year).map_err(|decline| ApiError::card(&decline))?;
    let mut method = find::payment_method(tx, call.id())?;
    let card = method.card_mut().ok_or_else(|| ApiError::invalid("Only a card expires."))?;
    (card.exp_month, card.exp_year) = (expiry.month(), expiry.year());
    let view = method.view();
    tx.put(Change::PaymentMethod(method));
    Ok(view)
}

fn tell_of_card(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["exp_month", "exp_year", "card", "closed"])?;
    let mut method = find::payment_method(tx, call.id())?;
    let renewed = match node.group("card")? {
        Some(group) => Some(card_of_group(tx, &group)?.0),
        None => None,
    };
    let card = method.card_mut().ok_or_else(|| ApiError::invalid("Only of a card is told."))?;
    if let Some(new) = renewed {
        // The method keeps its name: whoever charges it charges the new number.
        *card = Card { known_as: card.known_as.clone(), set_up: card.set_up, ..new };
    }
    if node.has("exp_month") || node.has("exp_year") {
        let month = node.integer("exp_month")?.unwrap_or_else(|| i64::from(card.exp_month));
        let year = node.integer("exp_year")?.unwrap_or_else(|| i64::from(card.exp_year));
        let expiry = check_expiry(month, year).map_err(|decline| ApiError::card(&decline))?;
        (card.exp_month, card.exp_year) = (expiry.month(), expiry.year());
    }
    if let Some(closed) = node.boolean("closed")? {
        card.closed = closed;
    }
    let view = method.view();
    tx.put(Change::PaymentMethod(method));
    tx.emit("payment_method.automatically_updated", &view);
    Ok(view)
}

fn authenticate(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["outcome"])?;
    let succeeded = node.choice("outcome", &["succeed", "fail"])?.unwrap_or("succeed") == "succeed";
    if call.id().starts_with("seti_") {
        let intent = find::setup_intent(tx, call)?;
        return setup_intents::finish_authentication(tx, intent, succeeded);
    }
    let intent = find::payment_intent(tx, call)?;
    payment_intents::finish_authentication(tx, intent, succeeded)
}
