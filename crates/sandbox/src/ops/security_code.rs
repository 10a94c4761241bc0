//! Security codes typed again for a saved card: taken in as a token, and asked of the bank with a charge.

use serde_json::Value;

use crate::cards::decline::Decline;
use crate::error::ApiError;
use crate::form::Node;
use crate::model::{Card, CheckResult, CvcToken};
use crate::store::{Change, Tx};

/// Makes a token of `cvc_update[cvc]`. The security code ends here.
pub fn token_of_node(tx: &mut Tx<'_>, node: &Node<'_>) -> Result<Value, ApiError> {
    node.allow(&["cvc"])?;
    let code = node.required("cvc")?;
    let digits = code.len();
    if !(3..=4).contains(&digits) || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ApiError::card(&Decline::INVALID_CVC));
    }
    let matches = code.bytes().any(|byte| byte != b'0');
    let token = CvcToken { id: tx.id("cvctok"), created: tx.now_s(), used: false, digits, matches };
    let view = token.view();
    tx.put(Change::CvcToken(token));
    Ok(view)
}

/// The name of the token in `payment_method_options[card][cvc_token]`.
pub fn of_options<'a>(node: &Node<'a>) -> Result<Option<&'a str>, ApiError> {
    let Some(options) = node.group("payment_method_options")? else {
        return Ok(None);
    };
    match options.group("card")? {
        Some(card) => card.text("cvc_token"),
        None => Ok(None),
    }
}

/// Uses a token up, and asks the bank whether its code is the card's. Notes on the card that it was given.
///
/// # Errors
/// 400 when there is no such token, or it was used.
pub fn check(tx: &mut Tx<'_>, id: &str, card: &mut Card) -> Result<Option<Decline>, ApiError> {
    let param = "payment_method_options[card][cvc_token]";
    let mut token =
        tx.book().cvc_tokens.row(id).cloned().ok_or_else(|| ApiError::no_such("token", id, param))?;
    if token.used {
        let message = format!("You cannot use a Stripe token more than once: {id}.");
        return Err(ApiError::invalid(message).code("token_already_used").param(param));
    }
    token.used = true;
    let (digits, matches) = (token.digits, token.matches);
    tx.put(Change::CvcToken(token));
    if digits != card.brand.cvc_length() {
        return Ok(Some(Decline::INVALID_CVC));
    }
    card.checks.cvc = Some(CheckResult::Unchecked);
    let wrong = !(matches && card.script.cvc_matches());
    Ok(wrong.then(|| Decline::by_code("incorrect_cvc")))
}
