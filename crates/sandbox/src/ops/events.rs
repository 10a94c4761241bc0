//! What happened, for those who ask instead of being told.

use serde_json::Value;

use super::paging::{LIST_PARAMS, list};
use super::{Access, Call, Verb};
use crate::error::ApiError;
use crate::model::Event;
use crate::store::Tx;

/// Reads one.
pub const RETRIEVE: Verb =
    Verb { name: "events.retrieve", access: Access::Secret, moves_money: false, run: retrieve };
/// Lists all, or those of a kind or of some kinds.
pub const LIST: Verb =
    Verb { name: "events.list", access: Access::Secret, moves_money: false, run: list_all };

fn retrieve(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    call.node().allow(&["expand"])?;
    let event = tx.book().events.row(call.id());
    event.map(Event::view).ok_or_else(|| ApiError::not_found("event", call.id(), "id"))
}

fn list_all(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    let mut params = LIST_PARAMS.to_vec();
    params.extend(["type", "types", "delivery_success"]);
    node.allow(&params)?;
    let key = node.text("type")?.map(|kind| format!("type={kind}"));
    let kinds = node.list("types")?;
    let keep = |event: &Event| kinds.is_empty() || kinds.contains(&event.kind.as_str());
    list(&tx.book().events, &node, "/v1/events", key.as_deref(), keep, Event::view)
}
