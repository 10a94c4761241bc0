//! Payment intents: made, confirmed, captured, canceled, read, listed, searched.

mod cancel;
mod capture;
mod confirm;
mod create;
mod read;
mod search;
mod update;

pub use cancel::CANCEL;
pub use capture::CAPTURE;
pub use confirm::{CONFIRM, finish_authentication};
pub use create::{CREATE, method_of};
pub use read::{LIST, RETRIEVE};
pub use search::SEARCH;
pub use update::UPDATE;

use serde_json::Value;

use crate::error::ApiError;
use crate::form::Node;
use crate::model::PaymentIntent;

/// The refusal of a step that does not fit how far the intent is.
fn unexpected_state(intent: &PaymentIntent, what: &str) -> ApiError {
    let status = intent.status.as_str();
    let message = format!("You cannot {what} this PaymentIntent because it has a status of {status}.");
    ApiError::invalid(message).code("payment_intent_unexpected_state").with("payment_intent", intent.view())
}

/// Cards are the only type so far; any other is refused rather than ignored.
fn check_types(node: &Node<'_>) -> Result<(), ApiError> {
    match node.list("payment_method_types")?.iter().find(|kind| **kind != "card") {
        None => Ok(()),
        Some(kind) => {
            let kind = crate::error::printable(kind);
            let message =
                format!("The payment method type \"{kind}\" is invalid. This processor takes: card.");
            Err(ApiError::invalid(message).param("payment_method_types"))
        }
    }
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
