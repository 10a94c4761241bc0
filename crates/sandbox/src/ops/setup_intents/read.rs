//! Reads setup intents, and gives them up.

use serde_json::Value;

use super::unexpected_state;
use crate::error::ApiError;
use crate::model::{MandateStatus, SetupIntent, SetupStatus};
use crate::ops::consent::set_mandate_status;
use crate::ops::paging::{LIST_PARAMS, list};
use crate::ops::{Access, Call, Verb, find};
use crate::store::{Change, Tx};

/// Reads one.
pub const RETRIEVE: Verb =
    Verb { name: "setup_intents.retrieve", access: Access::ClientSecret, moves_money: false, run: retrieve };
/// Lists all, or a customer's.
pub const LIST: Verb =
    Verb { name: "setup_intents.list", access: Access::Secret, moves_money: false, run: list_all };
/// Gives one up.
pub const CANCEL: Verb =
    Verb { name: "setup_intents.cancel", access: Access::Secret, moves_money: false, run: cancel };

fn retrieve(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    call.node().allow(&["client_secret", "expand"])?;
    Ok(find::setup_intent(tx, call)?.view())
}

fn list_all(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    let mut params = LIST_PARAMS.to_vec();
    params.extend(["customer", "payment_method"]);
    node.allow(&params)?;
    let key = node.text("customer")?.map(|customer| format!("customer={customer}"));
    let method = node.text("payment_method")?;
    let keep = |intent: &SetupIntent| method.is_none() || intent.payment_method.as_deref() == method;
    list(&tx.book().setup_intents, &node, "/v1/setup_intents", key.as_deref(), keep, SetupIntent::view)
}

fn cancel(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["cancellation_reason", "expand"])?;
    let reason = node.choice("cancellation_reason", &["duplicate", "requested_by_customer", "abandoned"])?;
    let mut intent = find::setup_intent(tx, call)?;
    if !intent.status.is_open() {
        return Err(unexpected_state(&intent, "cancel"));
    }
    tx.never(&intent.id);
    if matches!(intent.status, SetupStatus::Verifying(_)) {
        set_mandate_status(tx, intent.mandate.as_deref(), MandateStatus::Inactive);
    }
    intent.status = SetupStatus::Canceled { reason: reason.map(str::to_owned) };
    let view = intent.view();
    tx.put(Change::SetupIntent(intent));
    tx.emit("setup_intent.canceled", &view);
    Ok(view)
}
