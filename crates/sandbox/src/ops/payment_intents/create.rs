//! Makes an intent, and confirms it at once where that is asked.

use serde_json::Value;

use super::confirm::{Confirmation, confirm};
use super::{amount_of, currency_of, future_usage, kinds_of_new};
use crate::error::ApiError;
use crate::form::Node;
use crate::model::{DebitTerms, IntentStatus, PaymentIntent};
use crate::ops::consent::merge_options;
use crate::ops::method_input::method_of_node;
use crate::ops::{Access, Call, Verb, find};
use crate::store::{Change, Tx};

/// Makes an intent.
pub const CREATE: Verb =
    Verb { name: "payment_intents.create", access: Access::Secret, moves_money: true, run: create };

const PARAMS: [&str; 25] = [
    "amount",
    "currency",
    "automatic_payment_methods",
    "capture_method",
    "confirm",
    "confirmation_method",
    "customer",
    "description",
    "error_on_requires_action",
    "expand",
    "mandate",
    "mandate_data",
    "metadata",
    "off_session",
    "payment_method",
    "payment_method_data",
    "payment_method_options",
    "payment_method_types",
    "receipt_email",
    "return_url",
    "setup_future_usage",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "use_stripe_sdk",
    "radar_options",
];

fn create(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&PARAMS)?;
    let confirms = node.boolean("confirm")? == Some(true);
    for name in ["off_session", "error_on_requires_action", "mandate", "mandate_data", "return_url"] {
        if node.has(name) && !confirms {
            let message = format!("You cannot provide `{name}` when `confirm` is not true.");
            return Err(ApiError::invalid(message).param(name));
        }
    }
    node.choice("confirmation_method", &["automatic"])?;
    let capture = node.choice("capture_method", &["automatic", "automatic_async", "manual"])?;
    if !node.has("amount") {
        return Err(ApiError::missing("amount"));
    }
    let currency = currency_of(&node)?.ok_or_else(|| ApiError::missing("currency"))?;
    let amount = amount_of(&node, &currency)?.ok_or_else(|| ApiError::missing("amount"))?;
    let customer = match node.text("customer")? {
        Some(id) => Some(find::customer_param(tx, id)?.id),
        None => None,
    };
    let kinds = kinds_of_new(&node, &currency)?;
    let confirmation = Confirmation::of_node(tx, call, &node)?;
    let mut terms = DebitTerms::default();
    merge_options(&node, &mut terms, confirmation.off_session)?;
    let mut metadata = Default::default();
    node.merge_metadata(&mut metadata)?;
    let setup_future_usage = future_usage(&node)?;
    let payment_method = method_of(tx, &node)?;
    let id = tx.id("pi");
    let intent = PaymentIntent {
        client_secret: format!("{id}_secret_{}", tx.context.ids.letters(25)),
        id,
        created: tx.now_s(),
        amount,
        currency,
        customer,
        status: match payment_method {
            Some(_) => IntentStatus::RequiresConfirmation,
            None => IntentStatus::RequiresPaymentMethod,
        },
        payment_method,
        kinds,
        terms,
        mandate: None,
        latest_charge: None,
        failure: None,
        manual_capture: capture == Some("manual"),
        off_session: false,
        setup_future_usage,
        return_url: None,
        challenge: None,
        description: node.owned("description")?,
        receipt_email: node.owned("receipt_email")?,
        statement_descriptor: node.owned("statement_descriptor")?,
        metadata,
    };
    let view = intent.view();
    // Put before it is confirmed: an error on the way must leave an intent that can be found.
    tx.put(Change::PaymentIntent(intent.clone()));
    tx.emit("payment_intent.created", &view);
    if confirms { confirm(tx, intent, &confirmation) } else { Ok(view) }
}

/// The method that is to be charged: named, or made of `payment_method_data[…]`.
pub fn method_of(tx: &mut Tx<'_>, node: &Node<'_>) -> Result<Option<String>, ApiError> {
    match (node.text("payment_method")?, node.group("payment_method_data")?) {
        (Some(id), _) => Ok(Some(find::payment_method_param(tx, id)?.id)),
        (None, Some(data)) => {
            let method = method_of_node(tx, &data)?;
            tx.put(Change::PaymentMethod(method.clone()));
            Ok(Some(method.id))
        }
        (None, None) => Ok(None),
    }
}
