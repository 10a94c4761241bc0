//! Verbs of the sandbox's own, for tests: what time or a payer would do.

use serde_json::Value;

use super::{Access, Call, Verb, find, payment_intents, setup_intents};
use crate::cards::check::check_expiry;
use crate::error::ApiError;
use crate::store::{Change, Tx};

/// Ages a stored card: any expiry is allowed, also one that is over.
pub const SET_EXPIRY: Verb =
    Verb { name: "sandbox.set_expiry", access: Access::Secret, moves_money: false, run: set_expiry };
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
