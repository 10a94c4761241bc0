//! Puts whole objects in the place of ids: `expand[]=latest_charge`, `expand[]=data.customer`.

use serde_json::Value;

use crate::error::{ApiError, printable};
use crate::model::{Charge, Customer, Dispute, Mandate, PaymentIntent, PaymentMethod, Refund, SetupIntent};
use crate::store::Book;

const DEPTH_MAX: usize = 4;
const PATHS_MAX: usize = 20;

/// What may be expanded: fields that hold an id.
const FIELDS: [&str; 9] = [
    "customer",
    "payment_method",
    "latest_charge",
    "payment_intent",
    "charge",
    "default_source",
    "default_payment_method",
    "setup_intent",
    "mandate",
];

/// Refuses paths that nothing has, before any work is done.
///
/// # Errors
/// 400 for the first of them.
pub fn check(paths: &[&str]) -> Result<(), ApiError> {
    if paths.len() > PATHS_MAX {
        return Err(ApiError::invalid("You cannot expand more than 20 properties.").param("expand"));
    }
    for path in paths {
        if path.split('.').count() > DEPTH_MAX {
            return Err(
                ApiError::invalid("You cannot expand more than 4 levels of a property.").param("expand")
            );
        }
        if !path.rsplit('.').next().is_some_and(|last| FIELDS.contains(&last)) {
            return Err(unexpandable(path));
        }
    }
    Ok(())
}

/// Expands an answer in place.
///
/// # Errors
/// 400 for a path that names nothing in this answer.
pub fn expand(book: &Book, answer: &mut Value, paths: &[&str]) -> Result<(), ApiError> {
    paths.iter().try_for_each(|path| {
        let steps: Vec<&str> = path.split('.').collect();
        walk(book, answer, &steps).map_err(|()| unexpandable(path))
    })
}

fn unexpandable(path: &str) -> ApiError {
    let message = format!("This property cannot be expanded ({}).", printable(path));
    ApiError::invalid(message).param("expand")
}

fn walk(book: &Book, value: &mut Value, steps: &[&str]) -> Result<(), ()> {
    let Some((step, deeper)) = steps.split_first() else {
        return Ok(());
    };
    if let Value::Array(items) = value {
        return items.iter_mut().try_for_each(|item| walk(book, item, steps));
    }
    let field = value.get_mut(*step).ok_or(())?;
    if let (Value::String(id), true) = (&*field, FIELDS.contains(step)) {
        let id = id.clone();
        *field = lookup(book, &id).ok_or(())?;
    }
    match (field.is_null(), deeper.is_empty()) {
        (true, _) => Ok(()),
        (false, true) if !FIELDS.contains(step) => Err(()),
        (false, true) => Ok(()),
        (false, false) => walk(book, field, deeper),
    }
}

fn lookup(book: &Book, id: &str) -> Option<Value> {
    match id.split('_').next()? {
        "cus" => book.customers.row(id).map(Customer::view),
        "pm" | "card" => book.payment_methods.row(id).map(PaymentMethod::view),
        "pi" => book.payment_intents.row(id).map(PaymentIntent::view),
        "seti" => book.setup_intents.row(id).map(SetupIntent::view),
        "ch" | "py" => book.charges.row(id).map(Charge::view),
        "mandate" => book.mandates.row(id).map(Mandate::view),
        "du" => book.disputes.row(id).map(Dispute::view),
        "re" => book.refunds.row(id).map(Refund::view),
        _ => None,
    }
}
