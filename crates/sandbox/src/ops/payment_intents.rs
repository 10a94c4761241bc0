//! Payment intents: made, confirmed, captured, canceled, read, listed, searched.

mod cancel;
mod capture;
mod confirm;
mod create;
mod debit;
mod read;
mod search;
mod update;
mod verify;

pub use cancel::CANCEL;
pub use capture::CAPTURE;
pub use confirm::{CONFIRM, finish_authentication};
pub use create::{CREATE, method_of};
pub use read::{LIST, RETRIEVE};
pub use search::SEARCH;
pub use update::UPDATE;
pub use verify::{VERIFY_MICRODEPOSITS, give_up};

use serde_json::Value;

use crate::banks::Rail;
use crate::error::ApiError;
use crate::form::Node;
use crate::model::{PaymentIntent, cards_only};
use crate::ops::method_input::KINDS;

/// The refusal of a step that does not fit how far the intent is.
fn unexpected_state(intent: &PaymentIntent, what: &str) -> ApiError {
    let status = intent.status.as_str();
    let message = format!("You cannot {what} this PaymentIntent because it has a status of {status}.");
    ApiError::invalid(message).code("payment_intent_unexpected_state").with("payment_intent", intent.view())
}

/// Reads the types of method that an intent takes: those that are named, or with `automatic_payment_methods` all.
/// Without either it takes cards.
pub fn kinds_of(node: &Node<'_>) -> Result<Option<Vec<String>>, ApiError> {
    let kinds = node.list("payment_method_types")?;
    if let Some(kind) = kinds.iter().find(|kind| !KINDS.contains(kind)) {
        let kind = crate::error::printable(kind);
        let takes = KINDS.join(", ");
        let message =
            format!("The payment method type \"{kind}\" is invalid. This processor takes: {takes}.");
        return Err(ApiError::invalid(message).param("payment_method_types"));
    }
    if !kinds.is_empty() {
        return Ok(Some(kinds.into_iter().map(str::to_owned).collect()));
    }
    let automatic = node.group("automatic_payment_methods")?;
    let is_automatic = match automatic {
        Some(automatic) => automatic.boolean("enabled")? == Some(true),
        None => false,
    };
    Ok(is_automatic.then(|| KINDS.map(str::to_owned).to_vec()))
}

/// Refuses named types that cannot pay in this currency.
fn check_currency(kinds: &[String], currency: &str) -> Result<(), ApiError> {
    let cannot =
        |kind: &&String| Rail::of_kind(kind).is_some_and(|rail| !rail.currencies().contains(&currency));
    let Some(kind) = kinds.iter().find(cannot) else {
        return Ok(());
    };
    let message = format!(
        "The currency provided ({currency}) is invalid for one or more payment method types: {kind}."
    );
    Err(ApiError::invalid(message).code("payment_intent_invalid_parameter").param("payment_method_types"))
}

/// The types of a new intent, and whether they can pay in its currency.
fn kinds_of_new(node: &Node<'_>, currency: &str) -> Result<Vec<String>, ApiError> {
    let mut kinds = kinds_of(node)?.unwrap_or_else(cards_only);
    if node.has("payment_method_types") {
        check_currency(&kinds, currency)?;
    } else {
        kinds.retain(|kind| check_currency(std::slice::from_ref(kind), currency).is_ok());
    }
    Ok(kinds)
}

/// The refusal of a method whose type an intent does not take.
pub fn wrong_kind(what: &str, kind: &str, kinds: &[String]) -> ApiError {
    let message = format!(
        "The PaymentMethod provided ({kind}) is not allowed for this {what}. Please attach a PaymentMethod of one of the \
         following types: {}",
        kinds.join(", ")
    );
    ApiError::invalid(message).code("payment_intent_incompatible_payment_method").param("payment_method")
}

/// Reads an amount in minor units.
fn amount_of(node: &Node<'_>, currency: &str) -> Result<Option<i64>, ApiError> {
    let Some(amount) = node.integer("amount")? else {
        return Ok(None);
    };
    let refuse = |message: String, code: &str| Err(ApiError::invalid(message).code(code).param("amount"));
    match amount {
        ..=0 => {
            refuse("This value must be greater than or equal to 1.".to_owned(), "parameter_invalid_integer")
        }
        1..=49 => {
            refuse(format!("Amount must be at least 50 minor units of {currency}."), "amount_too_small")
        }
        50..=99_999_999 => Ok(Some(amount)),
        _ => refuse(
            format!("Amount must be no more than 99999999 minor units of {currency}."),
            "amount_too_large",
        ),
    }
}

const CURRENCIES: [&str; 40] = [
    "aed", "ars", "aud", "bgn", "bhd", "brl", "cad", "chf", "clp", "cny", "cop", "czk", "dkk", "eur", "gbp",
    "hkd", "huf", "idr", "ils", "inr", "isk", "jpy", "krw", "kwd", "mxn", "myr", "nok", "nzd", "pen", "php",
    "pln", "ron", "sar", "sek", "sgd", "thb", "try", "usd", "vnd", "zar",
];

/// Reads a currency.
fn currency_of(node: &Node<'_>) -> Result<Option<String>, ApiError> {
    let Some(text) = node.text("currency")? else {
        return Ok(None);
    };
    let currency = text.to_ascii_lowercase();
    if CURRENCIES.contains(&currency.as_str()) {
        return Ok(Some(currency));
    }
    let message = format!(
        "Invalid currency: {}. This processor takes: {}",
        crate::error::printable(text),
        CURRENCIES.join(", ")
    );
    Err(ApiError::invalid(message).param("currency"))
}

/// Reads `setup_future_usage`.
fn future_usage(node: &Node<'_>) -> Result<Option<String>, ApiError> {
    Ok(node.choice("setup_future_usage", &["on_session", "off_session"])?.map(str::to_owned))
}

/// Where a list or a view lies.
const URL: &str = "/v1/payment_intents";

fn view(intent: &PaymentIntent) -> Value {
    intent.view()
}
