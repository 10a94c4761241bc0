//! Reads refunds, and changes their notes.

use serde_json::Value;

use crate::error::ApiError;
use crate::model::Refund;
use crate::ops::paging::{LIST_PARAMS, list};
use crate::ops::{Access, Call, Verb};
use crate::store::{Change, Tx};

/// Reads one.
pub const RETRIEVE: Verb =
    Verb { name: "refunds.retrieve", access: Access::Secret, moves_money: false, run: retrieve };
/// Changes the notes.
pub const UPDATE: Verb =
    Verb { name: "refunds.update", access: Access::Secret, moves_money: false, run: update };
/// Lists all, a charge's or an intent's.
pub const LIST: Verb =
    Verb { name: "refunds.list", access: Access::Secret, moves_money: false, run: list_all };

fn find(tx: &Tx<'_>, id: &str) -> Result<Refund, ApiError> {
    tx.book().refunds.row(id).cloned().ok_or_else(|| ApiError::not_found("refund", id, "refund"))
}

fn retrieve(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    call.node().allow(&["expand"])?;
    Ok(find(tx, call.id())?.view())
}

fn update(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["metadata", "expand"])?;
    let mut refund = find(tx, call.id())?;
    node.merge_metadata(&mut refund.metadata)?;
    let view = refund.view();
    tx.put(Change::Refund(refund));
    tx.emit("refund.updated", &view);
    Ok(view)
}

fn list_all(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    let mut params = LIST_PARAMS.to_vec();
    params.extend(["charge", "payment_intent"]);
    node.allow(&params)?;
    let by_charge = node.text("charge")?.map(|id| format!("charge={id}"));
    let by_intent = node.text("payment_intent")?.map(|id| format!("payment_intent={id}"));
    list(&tx.book().refunds, &node, "/v1/refunds", by_charge.or(by_intent).as_deref(), |_| true, Refund::view)
}
