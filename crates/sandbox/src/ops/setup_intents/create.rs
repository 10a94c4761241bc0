//! Makes a setup intent, and confirms it at once where that is asked.

use serde_json::Value;

use super::confirm::confirm;
use crate::error::ApiError;
use crate::model::{DebitTerms, SetupIntent, SetupStatus, cards_only};
use crate::ops::consent::{Consent, merge_options};
use crate::ops::payment_intents::{kinds_of, method_of};
use crate::ops::{Access, Call, Verb, find};
use crate::store::{Change, Tx};

/// Makes a setup intent.
pub const CREATE: Verb =
    Verb { name: "setup_intents.create", access: Access::Secret, moves_money: false, run };

const PARAMS: [&str; 14] = [
    "automatic_payment_methods",
    "confirm",
    "customer",
    "description",
    "expand",
    "mandate_data",
    "metadata",
    "payment_method",
    "payment_method_data",
    "payment_method_options",
    "payment_method_types",
    "return_url",
    "usage",
    "use_stripe_sdk",
];

fn run(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&PARAMS)?;
    let kinds = kinds_of(&node)?.unwrap_or_else(cards_only);
    let confirms = node.boolean("confirm")? == Some(true);
    if node.has("mandate_data") && !confirms {
        let message = "You cannot provide `mandate_data` when `confirm` is not true.";
        return Err(ApiError::invalid(message).param("mandate_data"));
    }
    let consent = Consent::of_node(tx, &node, call.key.power)?;
    let mut terms = DebitTerms::default();
    merge_options(&node, &mut terms, false)?;
    let customer = match node.text("customer")? {
        Some(id) => Some(find::customer_param(tx, id)?.id),
        None => None,
    };
    let usage = node.choice("usage", &["off_session", "on_session"])?.unwrap_or("off_session").to_owned();
    let mut metadata = Default::default();
    node.merge_metadata(&mut metadata)?;
    let payment_method = method_of(tx, &node)?;
    let id = tx.id("seti");
    let intent = SetupIntent {
        client_secret: format!("{id}_secret_{}", tx.context.ids.letters(25)),
        id,
        created: tx.now_s(),
        customer,
        status: match payment_method {
            Some(_) => SetupStatus::RequiresConfirmation,
            None => SetupStatus::RequiresPaymentMethod,
        },
        payment_method,
        kinds,
        terms,
        mandate: None,
        failure: None,
        usage,
        return_url: node.owned("return_url")?,
        challenge: None,
        description: node.owned("description")?,
        metadata,
    };
    let view = intent.view();
    tx.put(Change::SetupIntent(intent.clone()));
    tx.emit("setup_intent.created", &view);
    if confirms { confirm(tx, intent, &consent) } else { Ok(view) }
}
