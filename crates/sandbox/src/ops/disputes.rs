//! Disputes are made by banks; here they are read.

use serde_json::Value;

use super::paging::{LIST_PARAMS, list};
use super::{Access, Call, Verb};
use crate::error::ApiError;
use crate::model::Dispute;
use crate::store::Tx;

/// Reads one.
pub const RETRIEVE: Verb =
    Verb { name: "disputes.retrieve", access: Access::Secret, moves_money: false, run: retrieve };
/// Lists all, a charge's or an intent's.
pub const LIST: Verb =
    Verb { name: "disputes.list", access: Access::Secret, moves_money: false, run: list_all };

fn retrieve(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    call.node().allow(&["expand"])?;
    let dispute = tx.book().disputes.row(call.id());
    dispute.map(Dispute::view).ok_or_else(|| ApiError::not_found("dispute", call.id(), "dispute"))
}

fn list_all(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    let mut params = LIST_PARAMS.to_vec();
    params.extend(["charge", "payment_intent"]);
    node.allow(&params)?;
    let by_charge = node.text("charge")?.map(|id| format!("charge={id}"));
    let by_intent = node.text("payment_intent")?.map(|id| format!("payment_intent={id}"));
    list(
        &tx.book().disputes,
        &node,
        "/v1/disputes",
        by_charge.or(by_intent).as_deref(),
        |_| true,
        Dispute::view,
    )
}
